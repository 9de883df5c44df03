// SPDX-License-Identifier: Apache-2.0
// Divides rows into those to learn from and those to test on. What is kept together, the unit,
// decides what a result means: docs/evaluation.md.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "train/data_set.h"

namespace kanaria::train {

enum class SplitBy : uint8_t {
  kRandom,      // rows: the thesis's; rows of one connection stand on both sides, which flatters
  kConnection,  // connections; used where there are too few captures
  kCapture,     // captures
  kKind,        // the labels' `kind`: what was never seen at all
  kSource,      // the labels' `group`: another laboratory, another network
  kTime,        // captures, the latest ones for testing
};
// Names that split_named takes: random, capture, kind, source, time.
std::span<const std::string_view> split_names();
std::optional<SplitBy> split_named(std::string_view name);

// Said wherever a result of a random split is told.
inline constexpr std::string_view kRandomSplitFlatters =
    "Rows of one connection stand on both sides of a random split: this flatters, and tells "
    "nothing "
    "of other networks.";

struct Split {
  std::vector<uint32_t> train;  // row indices, ascending
  std::vector<uint32_t> test;
};

// Those of the rows that are dealt to the sides of a split, and so may be tested. The others are
// learnt from beside them: changed copies where their connection is not tested, background where
// neither its unit of the split nor its capture is.
std::vector<uint32_t> dealt_rows(const DataSet& data, std::span<const uint32_t> rows);

// Puts about `test_share` of the units aside: of those that hold mining and of the others alike, so
// that both classes stand on both sides where they can. The same seed gives the same split.
Split split(const DataSet& data, std::span<const uint32_t> rows, SplitBy by, double test_share,
            uint64_t seed);

// Cross-validation: each unit is in the test part of one fold. Folds without a row are left out. By
// time there is one fold, whose test part is the latest 1/count of the captures.
std::vector<Split> folds(const DataSet& data, std::span<const uint32_t> rows, SplitBy by,
                         size_t count, uint64_t seed);

// What validation rows are drawn by: captures, or connections when fewer than 2 captures hold
// mining or fewer than 2 hold benign rows.
SplitBy validation_split(const DataSet& data, std::span<const uint32_t> rows);

// 0 … rows − 1.
std::vector<uint32_t> all_rows(const DataSet& data);

}  // namespace kanaria::train
