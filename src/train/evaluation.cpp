// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "train/capture_verdicts.h"
#include "train/out_of_fold.h"
#include "train/perturbed_verdicts.h"
#include "train/row_scores.h"

namespace kanaria::train {
namespace {

// Of those connections of the capture that are tested.
Result<Done> add_capture_verdicts(const DataSet& data, uint32_t capture,
                                  const std::vector<bool>& tested, const model::Model& model,
                                  const EvaluationPlan& plan, Evaluation& result) {
  if (!plan.perturbations.empty()) {
    auto perturbed =
        perturbed_verdicts(data, capture, tested, model, plan.perturbations, plan.training.seed);
    if (!perturbed) return perturbed.error();
    result.connections.insert(result.connections.end(), perturbed->outcomes.begin(),
                              perturbed->outcomes.end());
    result.cost += perturbed->cost;
    return Done{};
  }
  const auto of_capture = capture_verdicts(data, capture, model);
  if (!of_capture) return of_capture.error();
  for (const ConnectionOutcome& outcome : *of_capture)
    if (tested[outcome.connection]) result.connections.push_back(outcome);
  return Done{};
}

// Verdicts on the connections that these rows belong to.
Result<Done> add_verdicts(const DataSet& data, std::span<const uint32_t> rows,
                          const model::Model& model, const EvaluationPlan& plan,
                          const std::atomic<bool>& stop, Evaluation& result) {
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
    if (auto added = add_capture_verdicts(data, capture, tested, model, plan, result); !added)
      return added;
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
    return add_verdicts(data_, rows, model, plan_, stop, result_);
  }

  Result<Done> cross_validate(const EvaluationSteps& steps) {
    const auto parts = tested_folds(data_, plan_);
    if (parts.size() < 2 && plan_.by != SplitBy::kTime)
      return Error{
          "all rows are of one unit of the split, so that none is left to learn from; add "
          "captures, or take another --split"};
    const auto evidence = fit(steps.stop);
    if (!evidence) return evidence.error();
    for (size_t fold = 0; fold < parts.size(); ++fold) {
      auto model = train_model(data_, parts[fold].train, plan_.training, simd_, steps.stop,
                               [](const EpochResult&) {});
      if (!model)
        return Error{
            fmt::format("fold {} of {}: {}", fold + 1, parts.size(), model.error().sentence)};
      if (steps.stop.load(std::memory_order_relaxed))
        return Error{fmt::format("stopped in fold {} of {}; nothing is told of a part", fold + 1,
                                 parts.size())};
      if (const auto& fitted = *evidence) {
        model->calibration = fitted->calibration;
        model->thresholds.evidence_threshold = fitted->threshold;
      }
      if (auto tested = test(*model, parts[fold].test, steps.stop); !tested) return tested;
      steps.progress(fold);
    }
    return Done{};
  }

  Evaluation take() { return std::move(result_); }

 private:
  Result<std::optional<EvidenceFit>> fit(const std::atomic<bool>& stop) const {
    if (!plan_.evidence) return std::optional<EvidenceFit>();
    const auto rows = all_rows(data_);
    const auto logits = logits_out_of_fold(data_, rows, plan_.training, plan_.evidence->folds,
                                           simd_, stop, [](size_t) {});
    if (!logits) return logits.error();
    return std::optional(fit_evidence(data_, rows, *logits, *plan_.evidence));
  }

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

std::vector<Split> tested_folds(const DataSet& data, const EvaluationPlan& plan) {
  if (plan.model) return {{all_rows(data), dealt_rows(data, all_rows(data))}};
  return folds(data, all_rows(data), plan.by, plan.folds, plan.training.seed);
}

}  // namespace kanaria::train
