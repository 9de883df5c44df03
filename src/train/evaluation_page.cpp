// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation_page.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/bar_chart.h"
#include "report/html_page.h"
#include "report/line_chart.h"

namespace kanaria::train {
namespace {

using report::Alignment;

report::HtmlTable scope_table(const EvaluationReport& report, std::string caption) {
  report::HtmlTable table{.columns = {{""}}, .rows = {}, .caption = std::move(caption)};
  for (const ScopeResult& scope : report.scopes)
    table.columns.push_back({scope.scope, Alignment::kRight});
  return table;
}

void add_figures(report::HtmlPage& page, const EvaluationReport& report) {
  // What an operator meets: connections where there are verdicts, else rows.
  const auto connections = std::ranges::find(report.scopes, "connections", &ScopeResult::scope);
  const ScopeResult& scope =
      connections == report.scopes.end() ? report.scopes.front() : *connections;
  const Confusion& c = scope.summary.counts;
  const auto value = [](const std::optional<Estimate>& estimate) {
    return estimate ? fmt::format("{:.4g}", estimate->value) : std::string("–");
  };
  const std::vector<report::Figure> figures{
      {"Recall", value(scope.summary.of(Measure::kRecall)),
       fmt::format("{} of {} mining {}", c.true_positives, c.mining(), scope.scope)},
      {"False-positive rate", value(scope.summary.of(Measure::kFalsePositiveRate)),
       fmt::format("{} of {} benign {}", c.false_positives, c.benign(), scope.scope)},
      {"Precision", value(scope.summary.of(Measure::kPrecision)), "on these captures"},
      {"Precision, 1 in 1,000 mines", value(scope.summary.precision_at[1]), "at the same rates"}};
  page.figures(figures);
}

report::HtmlTable confusion_table(const EvaluationReport& report) {
  auto table = scope_table(report, "Confusion matrix.");
  const auto add = [&](std::string label, uint64_t Confusion::*count) {
    std::vector<std::string> row{std::move(label)};
    for (const ScopeResult& scope : report.scopes)
      row.push_back(fmt::format("{}", scope.summary.counts.*count));
    table.rows.push_back(std::move(row));
  };
  add("mining, found", &Confusion::true_positives);
  add("mining, missed", &Confusion::false_negatives);
  add("benign, accused", &Confusion::false_positives);
  add("benign, left alone", &Confusion::true_negatives);
  return table;
}

report::HtmlTable measure_table(const EvaluationReport& report) {
  auto table = scope_table(
      report,
      "In brackets the 95 % interval, bootstrapped over whole captures and never narrower "
      "than Wilson's.");
  for (size_t m = 0; m < kMeasures; ++m) {
    const auto measure = static_cast<Measure>(m);
    std::vector<std::string> row{std::string(name(measure))};
    for (const ScopeResult& scope : report.scopes)
      row.push_back(measure == Measure::kCalibrationError && scope.scope != "rows"
                        ? "–"
                        : estimate_text(scope.summary.of(measure)));
    table.rows.push_back(std::move(row));
  }
  for (size_t i = 0; i < kBaseRates.size(); ++i) {
    std::vector<std::string> row{
        fmt::format("precision where 1 in {:.0f} mines", 1 / kBaseRates[i])};
    for (const ScopeResult& scope : report.scopes)
      row.push_back(small_estimate_text(scope.summary.precision_at[i]));
    table.rows.push_back(std::move(row));
  }
  return table;
}

report::LineChart det_chart(const EvaluationReport& report) {
  report::LineChart chart{
      .x = {.title = "false-positive rate", .scale = report::AxisScale::kProbit},
      .y = {.title = "miss rate (1 − recall)", .scale = report::AxisScale::kProbit}};
  for (const ScopeResult& scope : report.scopes) {
    report::Series series{.name = scope.scope, .shape = report::LineShape::kStep};
    for (const CurvePoint& point : scope.curve)
      series.points.push_back({point.false_positive_rate, 1 - point.recall});
    chart.series.push_back(std::move(series));
    const Confusion& c = scope.summary.counts;
    chart.marks.push_back({.at = {c.false_positive_rate(), 1 - c.recall()}});
  }
  return chart;
}

report::BarChart source_chart(const EvaluationReport& report, bool mining) {
  report::BarChart chart{.value_title = mining ? "found" : "accused", .format = ".1%", .high = 1.0};
  for (const SourceResult& source : report.sources) {
    if (source.mining != mining || source.connections < kLeastCases) continue;
    if (!mining && source.found == 0) continue;
    const Estimate rate = wilson(source.found, source.connections);
    chart.bars.push_back(
        {fmt::format("{} ({} of {})", source.source, source.found, source.connections), rate.value,
         report::Interval{rate.low, rate.high}});
  }
  return chart;
}

// Too few for a rate.
report::HtmlTable small_sources(const EvaluationReport& report) {
  report::HtmlTable table{.columns = {{"source"},
                                      {"miners found", Alignment::kRight},
                                      {"others accused", Alignment::kRight}},
                          .rows = {},
                          .caption = "Sources with fewer than 10 connections: no rate is told."};
  for (const SourceResult& source : report.sources) {
    if (source.connections >= kLeastCases || (!source.mining && source.found == 0)) continue;
    const std::string cases = fmt::format("{} of {}", source.found, source.connections);
    table.rows.push_back({source.source, source.mining ? cases : "", source.mining ? "" : cases});
  }
  return table;
}

void add_sources(report::HtmlPage& page, const EvaluationReport& report) {
  if (report.sources.empty()) return;
  page.heading("By source");
  const auto miners = source_chart(report, true), accused = source_chart(report, false);
  if (!miners.bars.empty())
    page.chart(report::to_chart(
        miners, "Connections that mine: the share found. Wilson's 95 % interval: wide means few."));
  if (!accused.bars.empty())
    page.chart(report::to_chart(accused, "Others: the share accused, where any was."));
  if (const auto small = small_sources(report); !small.rows.empty()) page.table(small);
  page.paragraph(fmt::format(
      "Counted are connections with at least {} messages; of the sources that are not named none "
      "was accused. Too little to judge were {} connections of miners and {} of others.",
      report.least_messages, report.undecided_mining, report.undecided_benign));
}

// Miners of every kind, and what others were taken for.
report::HtmlTable kind_table(const EvaluationReport& report) {
  report::HtmlTable table{.columns = {{"kind"},
                                      {"miners found", Alignment::kRight},
                                      {"others accused", Alignment::kRight},
                                      {"hours", Alignment::kRight},
                                      {"seconds to alarm", Alignment::kRight},
                                      {"messages", Alignment::kRight}},
                          .rows = {},
                          .caption =
                              "Connections by kind, those of others where any was accused. "
                              "Until the alarm: of half the channels, from first payload."};
  const auto number = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.0f}", *value) : std::string();
  };
  for (const KindResult& kind : report.kinds) {
    if (!kind.mining && kind.found == 0) continue;
    const std::string cases = fmt::format("{} of {}", kind.found, kind.connections);
    table.rows.push_back({kind.kind, kind.mining ? cases : "", kind.mining ? "" : cases,
                          fmt::format("{:.1f}", kind.hours), number(kind.seconds_to_alarm),
                          number(kind.messages_to_alarm)});
  }
  return table;
}

void add_kinds(report::HtmlPage& page, const EvaluationReport& report) {
  if (report.kinds.empty()) return;
  page.heading("By kind, and in time");
  if (const auto kinds = kind_table(report); !kinds.rows.empty()) page.table(kinds);
  for (const DetectionTimes& times : report.detection_times)
    page.paragraph(fmt::format("Channels of miners, {}.", text_of(times)));
  if (report.per_connection_hour.observed > 0)
    page.paragraph(fmt::format("False alarms: {}.",
                               text_of(report.per_connection_hour, "connection-hours", "an hour")));
  if (report.per_host_day.observed > 0)
    page.paragraph(
        fmt::format("False alarms: {}.", text_of(report.per_host_day, "host-days", "a day")));
}

void add_controls(report::HtmlPage& page, const EvaluationReport& report) {
  page.heading("Controls and baselines");
  page.paragraph(fmt::format(
      "Whoever knows only which source a row comes from reaches a ROC area of {:.3f}: so much of "
      "the result above could be the laboratory instead of the mining.",
      report.area_of_knowing_the_source));
  if (!report.guesses.empty()) {
    report::HtmlTable table{
        .columns = {{"source"}, {"rows", Alignment::kRight}, {"ROC area", Alignment::kRight}},
        .rows = {},
        .caption =
            "The same network, trained to tell the benign rows of one source from those of "
            "all others (0.5: it cannot)."};
    for (const SourceGuess& guess : report.guesses)
      table.rows.push_back(
          {guess.source, fmt::format("{}", guess.rows), fmt::format("{:.3f}", guess.roc_area)});
    page.table(table);
  }
  if (report.baselines.empty()) return;
  report::HtmlTable table{.columns = {{"baseline"},
                                      {"miners found", Alignment::kRight},
                                      {"others accused", Alignment::kRight}},
                          .rows = {},
                          .caption = "Simpler ways of finding miners, on the same connections."};
  for (const BaselineResult& baseline : report.baselines)
    table.rows.push_back(
        {baseline.name,
         fmt::format("{} of {}", baseline.counts.true_positives, baseline.counts.mining()),
         fmt::format("{} of {}", baseline.counts.false_positives, baseline.counts.benign())});
  page.table(table);
}

}  // namespace

std::string html_of(const EvaluationReport& report) {
  report::HtmlPage page("Evaluation",
                        fmt::format("{}; lens {}; {} rows of {} connections in {} captures",
                                    report.split.empty() ? "one model on all data"
                                                         : fmt::format("split by {}, {} folds",
                                                                       report.split, report.folds),
                                    report.lens, report.rows, report.connections, report.captures));
  if (report.split == "random") page.paragraph(kRandomSplitFlatters);
  add_figures(page, report);
  page.heading("Rates");
  page.table(confusion_table(report));
  page.table(measure_table(report));
  page.heading("Detection error tradeoff");
  page.chart(report::to_chart(
      det_chart(report),
      "Every threshold: the lower and the more to the left, the better. The circles are the "
      "thresholds in use."));
  add_sources(page, report);
  add_kinds(page, report);
  add_controls(page, report);
  return page.to_html();
}

}  // namespace kanaria::train
