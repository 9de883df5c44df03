// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation_report.h"

#include <algorithm>
#include <cmath>
#include <set>

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
  if (cases.empty()) return {};
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

size_t captures_beside_background(const DataSet& data) {
  std::set<uint32_t> captures;
  for (const LabelledConnection& connection : data.connections)
    if (!connection.background) captures.insert(connection.capture);
  return captures.size();
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
  const auto add_scope = [&](const char* name, std::span<const Case> cases, ScoreKind kind) {
    report.scopes.push_back(scope_of(name, cases, kind, plan.training.seed));
  };
  if (plan.perturbations.empty())  // its rows are of traffic as it was
    add_scope("rows", row_cases(data, evaluation, threshold), ScoreKind::kLogOdds);
  const auto channels = channels_of(data, evaluation, least_messages);
  if (!evaluation.connections.empty() || report.scopes.empty()) {
    add_scope("connections", connection_cases(data, evaluation, least_messages), ScoreKind::kOrder);
    add_scope("channels", channel_cases(channels), ScoreKind::kOrder);
    add_scope("hosts", host_cases(data, channels), ScoreKind::kOrder);
  }
  report.sources = by_source(data, evaluation, least_messages);
  report.kinds = by_kind(data, evaluation, channels, least_messages);
  report.wrong = wrong_verdicts(data, evaluation, least_messages);
  report.detection_times = detection_times(channels);
  report.per_connection_hour = connection_alarms(data, evaluation);
  report.per_host_day = host_alarms(data, evaluation);
  report.cost = evaluation.cost;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    const bool mining = data.connections[outcome.connection].label == Label::kMining;
    if (outcome.verdict == detect::Verdict::kUndecided)
      ++(mining ? report.undecided_mining : report.undecided_benign);
  }
  report.area_of_knowing_the_source = area_of_knowing_the_source(data, tested_folds(data, plan));
  return report;
}

}  // namespace kanaria::train
