// SPDX-License-Identifier: Apache-2.0
#include "cli/evaluation_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kanaria::cli {
namespace {

using train::Confusion;
using train::EvaluationReport;

constexpr size_t kScopeWidth = 26;

std::string disguise(const EvaluationReport& report) {
  if (report.perturbations.empty()) return {};
  return fmt::format(
      "Verdicts are of traffic changed by {}: {:+.1f} % bytes and {:+.1f} % messages of miners, "
      "whose "
      "bytes come {:.2f} s later in the mean.\n",
      fmt::join(report.perturbations, ", "), 100 * report.cost.share_of_bytes(),
      100 * report.cost.share_of_messages(), report.cost.delay());
}

std::string heading(const EvaluationReport& report) {
  const std::string how = report.split.empty()
                              ? "One model on all data"
                              : fmt::format("Split by {}, {} {}", report.split, report.folds,
                                            report.folds == 1 ? "fold" : "folds");
  return fmt::format(
      "{}; lens {}: {} rows of {} connections in {} captures.\n{}{}", how, report.lens, report.rows,
      report.connections, report.captures,
      report.split == "random" ? fmt::format("{}\n", train::kRandomSplitFlatters) : "",
      disguise(report));
}

std::string confusions(const EvaluationReport& report) {
  std::string text = fmt::format("\n{:<26}", "");
  for (const auto& scope : report.scopes) text += fmt::format(" {:>{}}", scope.scope, kScopeWidth);
  const auto line = [&](std::string_view label, auto pick) {
    text += fmt::format("\n{:<26}", label);
    for (const auto& scope : report.scopes)
      text += fmt::format(" {:>{}}", pick(scope.summary.counts), kScopeWidth);
  };
  line("mining, found", [](const Confusion& c) { return c.true_positives; });
  line("mining, missed", [](const Confusion& c) { return c.false_negatives; });
  line("benign, accused", [](const Confusion& c) { return c.false_positives; });
  line("benign, left alone", [](const Confusion& c) { return c.true_negatives; });
  return text + "\n";
}

std::string measures(const EvaluationReport& report) {
  std::string text;
  for (size_t m = 0; m < train::kMeasures; ++m) {
    const auto measure = static_cast<train::Measure>(m);
    text += fmt::format("\n{:<26}", train::name(measure));
    for (const auto& scope : report.scopes) {
      const bool told = measure != train::Measure::kCalibrationError || scope.scope == "rows";
      text += fmt::format(" {:>{}}", told ? estimate_text(scope.summary.of(measure)) : "–",
                          kScopeWidth);
    }
  }
  for (size_t i = 0; i < train::kBaseRates.size(); ++i) {
    text +=
        fmt::format("\n{:<26}", fmt::format("precision, 1 in {:.0f}", 1 / train::kBaseRates[i]));
    for (const auto& scope : report.scopes)
      text +=
          fmt::format(" {:>{}}", small_estimate_text(scope.summary.precision_at[i]), kScopeWidth);
  }
  return text +
         "\nIn brackets: 95 % interval, over whole captures. Precision is told for networks where "
         "1 in 100 … 100,000 mines.\n";
}

std::string source_table(const EvaluationReport& report) {
  if (report.sources.empty()) return {};
  std::string text =
      fmt::format("\nConnections with at least {} messages, by source:\n", report.least_messages);
  uint64_t quiet = 0, quiet_connections = 0;
  for (const auto& source : report.sources) {
    if (!source.mining && source.found == 0) {
      ++quiet;
      quiet_connections += source.connections;
      continue;
    }
    text += fmt::format("  {:<34} {:>5} of {:>5} {}\n", source.source, source.found,
                        source.connections, source.mining ? "miners found" : "others accused");
  }
  if (quiet > 0)
    text += fmt::format("  {:<34} {:>5} of {:>5} others accused\n",
                        fmt::format("{} further sources", quiet), 0, quiet_connections);
  text += fmt::format("Too little to judge: {} connections of miners, {} of others.\n",
                      report.undecided_mining, report.undecided_benign);
  return text;
}

std::string kind_table(const EvaluationReport& report) {
  std::string text;
  for (const auto& kind : report.kinds) {
    if (!kind.mining && kind.found == 0) continue;
    if (text.empty()) text = "\nThe same by kind:\n";
    text +=
        fmt::format("  {:<34} {:>5} of {:>5} {} in {:.1f} h", kind.kind, kind.found,
                    kind.connections, kind.mining ? "miners found" : "others accused", kind.hours);
    if (kind.seconds_to_alarm && kind.messages_to_alarm)
      text += fmt::format(", after {:.0f} s and {:.0f} messages in the median",
                          *kind.seconds_to_alarm, *kind.messages_to_alarm);
    text += "\n";
  }
  if (const auto macro = macro_recall(report.kinds))
    text += fmt::format("Mean recall of kinds with {} connections or more: {:.4f}.\n",
                        train::kLeastCases, *macro);
  return text;
}

// Many are for a file.
std::string wrong_list(const EvaluationReport& report) {
  constexpr size_t kMostNamed = 10;
  std::string text;
  size_t named = 0;
  for (const auto& wrong : report.wrong) {
    if (named++ == kMostNamed) break;
    text += fmt::format("{}: {} {}, {}, {} messages, evidence {:.2f}, {}\n",
                        wrong.mining ? "Missed" : "Accused", wrong.capture, wrong.connection,
                        wrong.kind, wrong.messages, wrong.evidence, detect::name(wrong.verdict));
  }
  if (report.wrong.size() > kMostNamed)
    text += fmt::format("{} further wrong verdicts: --errors FILE.csv names them all.\n",
                        report.wrong.size() - kMostNamed);
  return text.empty() ? text : "\n" + text;
}

std::string rates(const EvaluationReport& report) {
  std::string text;
  for (const auto& times : report.detection_times)
    text += fmt::format("Channels of miners, {}.\n", text_of(times));
  if (report.per_connection_hour.observed > 0)
    text += fmt::format("False alarms: {}.\n",
                        text_of(report.per_connection_hour, "connection-hours", "an hour"));
  if (report.per_host_day.observed > 0)
    text += fmt::format("False alarms: {}.\n", text_of(report.per_host_day, "host-days", "a day"));
  return text.empty() ? text : "\n" + text;
}

std::string controls(const EvaluationReport& report) {
  std::string text = fmt::format(
      "\nControl: whoever knows only which source a row comes from reaches a ROC area of {:.3f}.\n",
      report.area_of_knowing_the_source);
  for (const auto& guess : report.guesses)
    text += fmt::format(
        "Control: benign rows of {} ({}) are told from those of all others with a ROC area of "
        "{:.3f}.\n",
        guess.source, guess.rows, guess.roc_area);
  for (const auto& baseline : report.baselines) {
    const Confusion& c = baseline.counts;
    text += fmt::format("Baseline, {}: {} of {} miners found, {} of {} others accused.\n",
                        baseline.name, c.true_positives, c.mining(), c.false_positives, c.benign());
  }
  return text;
}

}  // namespace

std::string text_of(const EvaluationReport& report) {
  return heading(report) + confusions(report) + measures(report) + source_table(report) +
         kind_table(report) + rates(report) + wrong_list(report) + controls(report);
}

}  // namespace kanaria::cli
