// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace kanaria::train {
namespace {

// Points of a DET curve nearer than this are one on a page: of either rate, relative.
constexpr double kPointDistance = 0.02;

bool is_apart(double a, double b) {
  return std::fabs(a - b) > kPointDistance * std::min(std::max(a, b), 1 - std::min(a, b));
}

// Those that can be told apart where rates are near 0 or near 1. The last, (1, 1), is among them:
// it is apart from every other.
std::vector<CurvePoint> thinned(const std::vector<CurvePoint>& points) {
  std::vector<CurvePoint> kept{points.front()};
  for (const CurvePoint& point : points)
    if (is_apart(point.false_positive_rate, kept.back().false_positive_rate) ||
        is_apart(point.recall, kept.back().recall))
      kept.push_back(point);
  return kept;
}

std::vector<CurvePoint> curve_of(std::span<const Case> cases) {
  std::vector<float> scores;
  for (const Case& one : cases) scores.push_back(one.score);
  const ScoreCells cells = score_cells(scores, std::max<size_t>(scores.size(), 1));
  ScoreCurve curve(cells.count);
  for (size_t i = 0; i < cases.size(); ++i) curve.add(cells.of_score[i], cases[i].mining);
  return thinned(curve.points());
}

ScopeResult scope_of(std::string scope, std::span<const Case> cases, ScoreKind kind,
                     uint64_t seed) {
  return {std::move(scope), summarise(cases, kind, seed), curve_of(cases)};
}

std::vector<SourceResult> by_source(const DataSet& data, const Evaluation& evaluation,
                                    uint32_t least_messages) {
  std::map<std::pair<std::string, bool>, SourceResult> sources;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    if (outcome.messages < least_messages) continue;
    const LabelledConnection& connection = data.connections[outcome.connection];
    const bool mining = connection.label == Label::kMining;
    SourceResult& source = sources[{connection.source, mining}];
    source.source = connection.source;
    source.mining = mining;
    ++source.connections;
    source.found += outcome.verdict == detect::Verdict::kMining ? 1U : 0U;
  }
  std::vector<SourceResult> result;
  result.reserve(sources.size());
  for (const auto& [key, source] : sources) result.push_back(source);
  std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
    return std::tuple(!a.mining, b.connections) < std::tuple(!b.mining, a.connections);
  });
  return result;
}

size_t captures_beside_background(const DataSet& data) {
  std::set<uint32_t> captures;
  for (const LabelledConnection& connection : data.connections)
    if (!connection.background) captures.insert(connection.capture);
  return captures.size();
}

std::vector<Split> tested_folds(const DataSet& data, const EvaluationPlan& plan) {
  if (plan.model) return {{all_rows(data), dealt_rows(data, all_rows(data))}};
  return folds(data, all_rows(data), plan.by, plan.folds, plan.training.seed);
}

}  // namespace

EvaluationReport summarise(const DataSet& data, const EvaluationPlan& plan,
                           const Evaluation& evaluation, uint32_t least_messages) {
  EvaluationReport report;
  report.folds = evaluation.folds;
  report.lens = data.lens;
  report.rows = evaluation.rows.size();
  report.captures = captures_beside_background(data);
  report.least_messages = least_messages;
  std::set<uint32_t> connections;
  for (const uint32_t row : evaluation.rows) connections.insert(data.connection[row]);
  report.connections = connections.size();
  const float threshold = plan.model ? plan.model->thresholds.alarming_logit : 0.0F;
  report.scopes.push_back(scope_of("rows", row_cases(data, evaluation, threshold),
                                   ScoreKind::kLogOdds, plan.training.seed));
  if (!evaluation.connections.empty()) {
    report.scopes.push_back(scope_of("connections",
                                     connection_cases(data, evaluation, least_messages),
                                     ScoreKind::kOrder, plan.training.seed));
    report.scopes.push_back(scope_of("hosts", host_cases(data, evaluation, least_messages),
                                     ScoreKind::kOrder, plan.training.seed));
  }
  report.sources = by_source(data, evaluation, least_messages);
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    const bool mining = data.connections[outcome.connection].label == Label::kMining;
    if (outcome.verdict == detect::Verdict::kUndecided)
      ++(mining ? report.undecided_mining : report.undecided_benign);
    if (mining && outcome.seconds_to_alarm)
      report.seconds_to_alarm.push_back(*outcome.seconds_to_alarm);
  }
  std::sort(report.seconds_to_alarm.begin(), report.seconds_to_alarm.end());
  report.area_of_knowing_the_source = area_of_knowing_the_source(data, tested_folds(data, plan));
  return report;
}

Result<std::vector<BaselineResult>> baselines(const DataSet& data, const Evaluation& evaluation,
                                              uint32_t least_messages) {
  std::map<uint32_t, bool> judged;  // connection -> mining
  std::set<uint32_t> captures;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    if (outcome.messages < least_messages) continue;
    const LabelledConnection& connection = data.connections[outcome.connection];
    judged[outcome.connection] = connection.label == Label::kMining;
    captures.insert(connection.capture);
  }
  Confusion never, ttl, fixed;
  for (const auto& [connection, mining] : judged) never.add(mining, false);
  for (const uint32_t capture : captures) {
    const auto hits = header_rules(data, capture);
    if (!hits) return hits.error();
    for (const HeaderRuleHit& hit : *hits) {
      const auto found = judged.find(hit.connection);
      if (found == judged.end()) continue;
      ttl.add(found->second, hit.abnormal_ttl);
      fixed.add(found->second, hit.fixed_values);
    }
  }
  return std::vector<BaselineResult>{{"never mining", never},
                                     {std::string(name(HeaderRule::kAbnormalTtl)), ttl},
                                     {std::string(name(HeaderRule::kFixedValues)), fixed}};
}

std::string found_after(const EvaluationReport& report) {
  const auto& waits = report.seconds_to_alarm;
  return fmt::format(
      "Found after {:.0f} s in the median and {:.0f} s for 95 %, of {} connections found.",
      waits[waits.size() / 2], waits[waits.size() * 95 / 100], waits.size());
}

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
  return csv;
}

}  // namespace kanaria::train
