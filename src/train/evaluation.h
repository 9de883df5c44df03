// SPDX-License-Identifier: Apache-2.0
// How well does a way of training, or a model, find miners it has not learnt from? Row by row, and
// by what `kanaria detect` says of whole connections and hosts. docs/evaluation.md tells what each
// split means.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "model/model.h"
#include "nn/simd.h"
#include "train/connection_outcome.h"
#include "train/data_set.h"
#include "train/evidence_fit.h"
#include "train/perturbation.h"
#include "train/perturbation_cost.h"
#include "train/split.h"
#include "train/trainer.h"

namespace kanaria::train {

struct EvaluationPlan {
  SplitBy by = SplitBy::kCapture;
  size_t folds = 5;
  TrainOptions training;
  std::optional<model::Model> model;  // given: it is evaluated as it is, on every row
  // How rows of folds' models become evidence, fitted once, out of fold, on all rows; none: by
  // share.
  std::optional<EvidenceOptions> evidence;
  // Verdicts are of traffic changed like this; what is learnt from is not.
  std::vector<Perturbation> perturbations;
};

struct Evaluation {
  std::vector<uint32_t> rows;                  // those that were tested, each once
  std::vector<float> logits;                   // of them, by a model that did not learn from them
  std::vector<ConnectionOutcome> connections;  // of the folds' test parts, those with rows
  PerturbationCost cost;                       // of the plan's perturbations, to those that mine
  size_t folds = 0;
};

struct EvaluationSteps {
  const std::atomic<bool>& stop;
  // A fold, from 0, has been trained and tested.
  std::function<void(size_t fold)> progress;
};

// Tests rows by fold. `kOfConnections`: captures are read again for verdicts on those connections
// that are from captures; not for a random split, which has none. Fails when a fold's training part
// lacks a class.
enum class Verdicts : uint8_t { kNone, kOfConnections };
Result<Evaluation> evaluate(const DataSet& data, const EvaluationPlan& plan, Verdicts verdicts,
                            nn::Simd simd, const EvaluationSteps& steps);

// What each fold learns from and tests; of a model that is given, all rows.
std::vector<Split> tested_folds(const DataSet& data, const EvaluationPlan& plan);

}  // namespace kanaria::train
