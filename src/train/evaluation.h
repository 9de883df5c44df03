// SPDX-License-Identifier: Apache-2.0
// How well does a way of training, or a model, find miners it has not learnt from? Row by row, and
// by what `kanaria detect` says of whole connections and hosts. docs/evaluation.md tells what each
// split means.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "detect/verdict.h"
#include "model/model.h"
#include "nn/simd.h"
#include "train/data_set.h"
#include "train/split.h"
#include "train/summary.h"
#include "train/trainer.h"

namespace kanaria::train {

struct EvaluationPlan {
  SplitBy by = SplitBy::kCapture;
  size_t folds = 5;
  TrainOptions training;
  std::optional<model::Model> model;  // given: it is evaluated as it is, on every row
};

// What `detect` said of a connection of the data set.
struct ConnectionOutcome {
  uint32_t connection;  // index into DataSet::connections
  uint32_t messages;
  detect::Verdict verdict;
  double evidence;
  std::optional<double> seconds_to_alarm;  // since its first packet
};

struct Evaluation {
  std::vector<uint32_t> rows;                  // those that were tested, each once
  std::vector<float> logits;                   // of them, by a model that did not learn from them
  std::vector<ConnectionOutcome> connections;  // of the folds' test parts, those with rows
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

std::vector<Case> row_cases(const DataSet& data, const Evaluation& evaluation, float threshold);
// Connections with at least that many messages; an undecided one is not found.
std::vector<Case> connection_cases(const DataSet& data, const Evaluation& evaluation,
                                   uint32_t least_messages);
// Client addresses of a capture with such a connection: mining when one of them is, found when one
// of them is.
std::vector<Case> host_cases(const DataSet& data, const Evaluation& evaluation,
                             uint32_t least_messages);

}  // namespace kanaria::train
