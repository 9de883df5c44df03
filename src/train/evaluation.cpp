// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "train/capture_verdicts.h"
#include "train/row_scores.h"

namespace kanaria::train {
namespace {

// Verdicts on the connections that these rows belong to.
Result<Done> add_verdicts(const DataSet& data, std::span<const uint32_t> rows,
                          const model::Model& model, const std::atomic<bool>& stop,
                          std::vector<ConnectionOutcome>& outcomes) {
  std::vector<bool> tested(data.connections.size(), false);
  std::set<uint32_t> captures;
  for (const uint32_t row : rows) {
    const uint32_t connection = data.connection[row];
    if (!data.connections[connection].from_capture) continue;
    tested[connection] = true;
    captures.insert(data.connections[connection].capture);
  }
  for (const uint32_t capture : captures) {
    if (stop.load(std::memory_order_relaxed))
      return Error{"stopped among the captures; nothing is told of a part"};
    const auto of_capture = capture_verdicts(data, capture, model);
    if (!of_capture) return of_capture.error();
    for (const ConnectionOutcome& outcome : *of_capture)
      if (tested[outcome.connection]) outcomes.push_back(outcome);
  }
  return Done{};
}

class Evaluator {
 public:
  Evaluator(const DataSet& data, const EvaluationPlan& plan, Verdicts verdicts, nn::Simd simd)
      : data_(data), plan_(plan), verdicts_(verdicts), simd_(simd) {}

  Result<Done> test(const model::Model& model, const std::vector<uint32_t>& rows,
                    const std::atomic<bool>& stop) {
    const auto logits = logits_of(model, data_, rows, simd_);
    result_.rows.insert(result_.rows.end(), rows.begin(), rows.end());
    result_.logits.insert(result_.logits.end(), logits.begin(), logits.end());
    ++result_.folds;
    if (verdicts_ == Verdicts::kNone) return Done{};
    return add_verdicts(data_, rows, model, stop, result_.connections);
  }

  Result<Done> cross_validate(const EvaluationSteps& steps) {
    const auto parts = folds(data_, all_rows(data_), plan_.by, plan_.folds, plan_.training.seed);
    if (parts.size() < 2 && plan_.by != SplitBy::kTime)
      return Error{
          "all rows are of one unit of the split, so that none is left to learn from; add "
          "captures, or take another --split"};
    for (size_t fold = 0; fold < parts.size(); ++fold) {
      const auto model = train_model(data_, parts[fold].train, plan_.training, simd_, steps.stop,
                                     [](const EpochResult&) {});
      if (!model)
        return Error{
            fmt::format("fold {} of {}: {}", fold + 1, parts.size(), model.error().sentence)};
      if (steps.stop.load(std::memory_order_relaxed))
        return Error{fmt::format("stopped in fold {} of {}; nothing is told of a part", fold + 1,
                                 parts.size())};
      if (auto tested = test(*model, parts[fold].test, steps.stop); !tested) return tested;
      steps.progress(fold);
    }
    return Done{};
  }

  Evaluation take() { return std::move(result_); }

 private:
  const DataSet& data_;
  const EvaluationPlan& plan_;
  Verdicts verdicts_;
  nn::Simd simd_;
  Evaluation result_;
};

}  // namespace

Result<Evaluation> evaluate(const DataSet& data, const EvaluationPlan& plan, Verdicts verdicts,
                            nn::Simd simd, const EvaluationSteps& steps) {
  Evaluator evaluator(data, plan, verdicts, simd);
  auto done = plan.model ? evaluator.test(*plan.model, dealt_rows(data, all_rows(data)), steps.stop)
                         : evaluator.cross_validate(steps);
  if (!done) return done.error();
  return evaluator.take();
}

std::vector<Case> row_cases(const DataSet& data, const Evaluation& evaluation, float threshold) {
  std::vector<Case> cases;
  cases.reserve(evaluation.rows.size());
  for (size_t i = 0; i < evaluation.rows.size(); ++i) {
    const uint32_t row = evaluation.rows[i];
    const float logit = evaluation.logits[i];
    cases.push_back({data.connections[data.connection[row]].capture, data.labels[row] > 0.5F,
                     logit > threshold, logit});
  }
  return cases;
}

std::vector<Case> connection_cases(const DataSet& data, const Evaluation& evaluation,
                                   uint32_t least_messages) {
  std::vector<Case> cases;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    if (outcome.messages < least_messages) continue;
    const LabelledConnection& connection = data.connections[outcome.connection];
    cases.push_back({connection.capture, connection.label == Label::kMining,
                     outcome.verdict == detect::Verdict::kMining,
                     static_cast<float>(outcome.evidence)});
  }
  return cases;
}

std::vector<Case> host_cases(const DataSet& data, const Evaluation& evaluation,
                             uint32_t least_messages) {
  std::map<std::pair<uint32_t, IpAddress>, Case> hosts;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    if (outcome.messages < least_messages) continue;
    const LabelledConnection& connection = data.connections[outcome.connection];
    const auto [host, is_new] =
        hosts.emplace(std::pair(connection.capture, connection.ends.client),
                      Case{connection.capture, false, false, static_cast<float>(outcome.evidence)});
    host->second.mining |= connection.label == Label::kMining;
    host->second.found |= outcome.verdict == detect::Verdict::kMining;
    host->second.score = std::max(host->second.score, static_cast<float>(outcome.evidence));
  }
  std::vector<Case> cases;
  cases.reserve(hosts.size());
  for (const auto& [key, host] : hosts) cases.push_back(host);
  return cases;
}

}  // namespace kanaria::train
