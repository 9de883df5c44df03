// SPDX-License-Identifier: Apache-2.0
// What a model says of rows of a data set.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/model.h"
#include "nn/simd.h"
#include "train/confusion.h"
#include "train/data_set.h"

namespace kanaria::train {

// Log-odds of mining of the given rows, in their order: logits, calibrated.
std::vector<float> logits_of(const model::Model& model, const DataSet& data,
                             std::span<const uint32_t> rows, nn::Simd simd);
Confusion confusion(std::span<const float> logits, const DataSet& data,
                    std::span<const uint32_t> rows, float threshold);
// Mean cross-entropy of the rows, each alike.
double mean_loss(std::span<const float> logits, const DataSet& data,
                 std::span<const uint32_t> rows);

}  // namespace kanaria::train
