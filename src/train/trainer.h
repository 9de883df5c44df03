// SPDX-License-Identifier: Apache-2.0
// Rows in, model out: scaling, epochs of shuffled batches, early stopping on captures put aside.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "model/model.h"
#include "nn/optimizer.h"
#include "nn/simd.h"
#include "train/data_set.h"
#include "train/training_rows.h"

namespace kanaria::train {

enum class LearningRate : uint8_t {
  kConstant,  // the thesis
  kLinear,    // falls to 0 over the epochs: the last ones settle instead of wandering
};

struct TrainOptions {
  std::vector<size_t> hidden{40, 40};  // the thesis's best (Table 4.2)
  nn::Activation activation = nn::Activation::kRelu;
  size_t batch = 128;
  size_t epochs = 50;
  size_t most_rows = SIZE_MAX;  // ends training within an epoch once so many rows were learnt from
  nn::OptimizerKind optimizer = nn::OptimizerKind::kAdam;
  std::optional<double> learning_rate;  // none: the optimizer's default
  LearningRate schedule = LearningRate::kConstant;
  double weight_decay = 0.0;
  double validation_share = 0.2;  // of the captures; 0: none, and no early stopping
  size_t patience = 10;           // epochs without a better validation loss
  RowWeights weights = RowWeights::kBalanced;
  uint64_t seed = 1;
};

struct EpochResult {
  size_t epoch;  // from 1
  double loss;
  double validation_loss;  // NaN without validation
};

// Rows that are not learnt from and decide which epoch was the best; none: the last one is.
struct Validation {
  std::vector<uint32_t> rows;
  std::vector<float> weights;  // as TrainingRows has them
};

// `stop` ends training after the epoch at hand and keeps the best so far. The same data, options
// and instruction set give the same model. `options` must outlive the call; several threads may
// train on the same rows.
Result<model::Model> train_on(const TrainingRows& rows, const Validation& validation,
                              const TrainOptions& options, nn::Simd simd,
                              const std::atomic<bool>& stop,
                              const std::function<void(const EpochResult&)>& progress);

// The same, with validation rows drawn from the rows given (validation_split in split.h).
Result<model::Model> train_model(const DataSet& data, std::span<const uint32_t> rows,
                                 const TrainOptions& options, nn::Simd simd,
                                 const std::atomic<bool>& stop,
                                 const std::function<void(const EpochResult&)>& progress);

}  // namespace kanaria::train
