// SPDX-License-Identifier: Apache-2.0
// Controls that ask how much of a result is the laboratory instead of the mining.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "nn/simd.h"
#include "train/data_set.h"
#include "train/split.h"
#include "train/trainer.h"

namespace kanaria::train {

// ROC area of rows scored by nothing but the share of mining among the training rows of their
// source, each fold's rows among themselves. 0.5 under a split by source; near 1 where miners and
// others come from other places.
double area_of_knowing_the_source(const DataSet& data, std::span<const Split> folds);

// How well the same network, trained to, tells the benign rows of one source from those of all
// others, on captures it did not learn from.
struct SourceGuess {
  std::string source;
  uint64_t rows = 0;  // of that source
  double roc_area = 0.5;
};
// The `most` largest sources that have at least 2 captures, if captures of others are left to test
// on; on at most 20,000 rows. Fails when it is stopped.
Result<std::vector<SourceGuess>> guess_sources(const DataSet& data, const TrainOptions& options,
                                               size_t most, nn::Simd simd,
                                               const std::atomic<bool>& stop);

}  // namespace kanaria::train
