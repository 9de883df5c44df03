// SPDX-License-Identifier: Apache-2.0
// Rows with what every training on them needs, made once: many trainings may share it.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "nn/input_scaling.h"
#include "train/data_set.h"

namespace kanaria::train {

enum class RowWeights : uint8_t {
  kEqual,     // each row alike: the thesis
  kBalanced,  // both classes alike; within a class each connection by the square root of its rows
  // Both classes alike; within a class each unit, the connections of one group and kind, by the
  // square root of their number, of 64 at the most; within a unit each connection alike, within it
  // each row.
  kSources,
};
// Names that weights_named takes: equal, balanced, sources.
std::span<const std::string_view> weights_names();
std::optional<RowWeights> weights_named(std::string_view name);

// Fails when the rows are of one class only.
Result<Done> check_classes(const DataSet& data, std::span<const uint32_t> rows);

// Mean weight 1 over the rows given; those of other rows mean nothing: [data.rows()].
std::vector<float> weights_of(const DataSet& data, std::span<const uint32_t> rows,
                              RowWeights scheme);

struct TrainingRows {
  const DataSet& data;
  std::vector<uint32_t> rows;
  std::vector<float> weights;
  nn::InputScaling scaling;  // of these rows: mean and deviation of each value
};

// Fails when the rows are of one class only. `data` must outlive the result.
Result<TrainingRows> prepare_training(const DataSet& data, std::span<const uint32_t> rows,
                                      RowWeights scheme);

}  // namespace kanaria::train
