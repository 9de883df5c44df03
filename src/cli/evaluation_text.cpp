// SPDX-License-Identifier: Apache-2.0
#include "cli/evaluation_text.h"

#include <fmt/format.h>

namespace kanaria::cli {
namespace {

using train::Confusion;
using train::EvaluationReport;

constexpr size_t kScopeWidth = 26;

std::string heading(const EvaluationReport& report) {
  const std::string how = report.split.empty()
                              ? "One model on all data"
                              : fmt::format("Split by {}, {} {}", report.split, report.folds,
                                            report.folds == 1 ? "fold" : "folds");
  return fmt::format(
      "{}; lens {}: {} rows of {} connections in {} captures.\n{}", how, report.lens, report.rows,
      report.connections, report.captures,
      report.split == "random" ? fmt::format("{}\n", train::kRandomSplitFlatters) : "");
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
  if (!report.seconds_to_alarm.empty()) text += found_after(report) + "\n";
  return text;
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
         controls(report);
}

}  // namespace kanaria::cli
