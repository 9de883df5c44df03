// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "train/csv_reader.h"
#include "train/evaluation_report.h"

namespace kanaria::train {
namespace {

// Lines of a measure without an interval.
class Lines {
 public:
  Lines(std::string& csv, std::string_view scope) : csv_(csv), scope_(csv_field(scope)) {}

  void count(std::string_view measure, uint64_t cases) {
    csv_ += fmt::format("{},{},{},,,{}\n", scope_, csv_field(measure), cases, cases);
  }
  // Empty when there is none.
  void value(std::string_view measure, const std::optional<double>& value, uint64_t cases) {
    csv_ += fmt::format("{},{},{},,,{}\n", scope_, csv_field(measure),
                        value ? fmt::format("{:.6g}", *value) : "", cases);
  }
  void rate(std::string_view measure, const FalseAlarms& alarms) {
    if (alarms.observed <= 0) return;
    csv_ += fmt::format("{},{},{:.6g},,{:.6g},{}\n", scope_, csv_field(measure), alarms.rate(),
                        alarms.upper(), alarms.alarms);
  }

 private:
  std::string& csv_;
  std::string scope_;
};

void add_kind(std::string& csv, const KindResult& kind) {
  Lines lines(csv, "kind " + kind.kind);
  lines.count(kind.mining ? "mining connections" : "benign connections", kind.connections);
  lines.count(kind.mining ? "found" : "accused", kind.found);
  lines.count(kind.mining ? "mining undecided" : "benign undecided", kind.undecided);
  lines.value(kind.mining ? "mining hours" : "benign hours", kind.hours, kind.connections);
  if (!kind.mining) return;
  lines.value("seconds to alarm, median", kind.seconds_to_alarm, kind.connections);
  lines.value("messages to alarm, median", kind.messages_to_alarm, kind.connections);
}

void add_times(std::string& csv, const DetectionTimes& times) {
  Lines lines(csv, "time to detect, " + times.group);
  lines.count("channels", times.channels);
  lines.count("never found", times.never_found);
  for (size_t i = 0; i < kFoundShares.size(); ++i) {
    lines.value(fmt::format("seconds, {:g}", kFoundShares[i]), times.seconds[i], times.channels);
    lines.value(fmt::format("messages, {:g}", kFoundShares[i]), times.messages[i], times.channels);
  }
}

void add_verdict_measures(std::string& csv, const EvaluationReport& report) {
  if (report.kinds.empty()) return;
  Lines undecided(csv, "undecided");
  undecided.count("mining connections", report.undecided_mining);
  undecided.count("benign connections", report.undecided_benign);
  Lines alarms(csv, "false alarms");
  alarms.value("connection-hours", report.per_connection_hour.observed,
               report.per_connection_hour.alarms);
  alarms.rate("per connection-hour", report.per_connection_hour);
  alarms.value("host-days", report.per_host_day.observed, report.per_host_day.alarms);
  alarms.rate("per host-day", report.per_host_day);
  for (const DetectionTimes& times : report.detection_times) add_times(csv, times);
  Lines(csv, "kinds").value("macro recall", macro_recall(report.kinds), report.kinds.size());
  for (const KindResult& kind : report.kinds) add_kind(csv, kind);
  if (!report.perturbations.empty()) {
    Lines cost(csv, "cost");
    cost.value("bytes added, share", report.cost.share_of_bytes(), report.cost.bytes);
    cost.value("messages added, share", report.cost.share_of_messages(), report.cost.messages);
    cost.value("delay of a byte, seconds", report.cost.delay(), report.cost.bytes);
  }
  for (const BaselineResult& baseline : report.baselines) {
    Lines lines(csv, "baseline " + baseline.name);
    lines.count("true positives", baseline.counts.true_positives);
    lines.count("false negatives", baseline.counts.false_negatives);
    lines.count("false positives", baseline.counts.false_positives);
    lines.count("true negatives", baseline.counts.true_negatives);
  }
}

}  // namespace

std::string csv_of(const EvaluationReport& report) {
  std::string csv = "scope,measure,value,low,high,cases\n";
  const auto line = [&](const std::string& scope, std::string_view measure, const Estimate& e) {
    csv += fmt::format("{},{},{:.6g},{:.6g},{:.6g},{}\n", scope, measure, e.value, e.low, e.high,
                       e.cases);
  };
  const auto count = [&](const std::string& scope, std::string_view what, uint64_t cases) {
    csv += fmt::format("{},{},{},,,{}\n", scope, what, cases, cases);
  };
  for (const ScopeResult& scope : report.scopes) {
    const Confusion& c = scope.summary.counts;
    count(scope.scope, "true positives", c.true_positives);
    count(scope.scope, "false negatives", c.false_negatives);
    count(scope.scope, "false positives", c.false_positives);
    count(scope.scope, "true negatives", c.true_negatives);
    for (size_t m = 0; m < kMeasures; ++m)
      if (const auto& measure = scope.summary.measures[m])
        line(scope.scope, name(static_cast<Measure>(m)), *measure);
    for (size_t i = 0; i < kBaseRates.size(); ++i)
      if (const auto& precision = scope.summary.precision_at[i])
        line(scope.scope, fmt::format("precision at base rate {:g}", kBaseRates[i]), *precision);
  }
  add_verdict_measures(csv, report);
  return csv;
}

}  // namespace kanaria::train
