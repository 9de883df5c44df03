// SPDX-License-Identifier: Apache-2.0
// Logits of rows by models that have not learnt from them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "nn/simd.h"
#include "train/data_set.h"
#include "train/trainer.h"

namespace kanaria::train {

// Whether rows of benign, of mining connections are all of one unit: what one group says in one
// kind. Then no model is there that learnt that class from others.
std::array<bool, 2> classes_of_one_unit(const DataSet& data, std::span<const uint32_t> rows);

// Logits of rows by models that learnt from none of the same unit; where a class has but one unit,
// from none of the same connection, which flatters. In the order of `rows`. Copies and background
// are learnt from and scored like any other row. Fails when a class has but one connection.
// Requires: folds >= 2.
Result<std::vector<float>> logits_out_of_fold(const DataSet& data, std::span<const uint32_t> rows,
                                              const TrainOptions& training, size_t folds,
                                              nn::Simd simd, const std::atomic<bool>& stop,
                                              const std::function<void(size_t fold)>& progress);

}  // namespace kanaria::train
