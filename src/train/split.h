// SPDX-License-Identifier: Apache-2.0
// Divides rows into those to learn from and those to test on.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "train/data_set.h"

namespace kanaria::train {

enum class SplitBy : uint8_t {
  kRandom,   // the thesis's: rows of one connection stand on both sides, which flatters
  kCapture,  // no capture on both sides
};
std::optional<SplitBy> split_named(std::string_view name);

struct Split {
  std::vector<uint32_t> train;  // row indices, ascending
  std::vector<uint32_t> test;
};

// Puts about `test_share` of the rows (kRandom) or of each class's captures (kCapture) aside; the
// same seed gives the same split.
Split split(const DataSet& data, std::span<const uint32_t> rows, SplitBy by, double test_share,
            uint64_t seed);
// 0 … rows − 1.
std::vector<uint32_t> all_rows(const DataSet& data);

}  // namespace kanaria::train
