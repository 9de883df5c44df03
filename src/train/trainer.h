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

namespace kanaria::train {

enum class RowWeights : uint8_t {
  kEqual,     // each row alike: the thesis
  kBalanced,  // both classes alike; within a class each connection by the square root of its rows
};

enum class LearningRate : uint8_t {
  kConstant,  // the thesis
  kLinear,    // falls to 0 over the epochs: the last ones settle instead of wandering
};

struct TrainOptions {
  std::vector<size_t> hidden{40, 40};  // the thesis's best (Table 4.2)
  nn::Activation activation = nn::Activation::kRelu;
  size_t batch = 128;
  size_t epochs = 50;
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

// Trains on the rows given. `stop` ends it after the epoch at hand and keeps the best so far.
// The same data, options and instruction set give the same model.
Result<model::Model> train_model(const DataSet& data, std::span<const uint32_t> rows,
                                 const TrainOptions& options, nn::Simd simd,
                                 const std::atomic<bool>& stop,
                                 const std::function<void(const EpochResult&)>& progress);

}  // namespace kanaria::train
