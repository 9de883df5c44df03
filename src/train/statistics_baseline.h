// SPDX-License-Identifier: Apache-2.0
// The 12 flow statistics with the same MLP: what is found by them where a lens is judged.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "base/result.h"
#include "nn/simd.h"
#include "train/data_set.h"
#include "train/split.h"
#include "train/trainer.h"

namespace kanaria::train {

// Connections of the data set ([DataSet::connections]) of which DeCrypto's threshold is exceeded by
// one of their flow records: a score of 0.99 of a network that learnt from the records of each
// split's training connections. Nothing where a training part has records of one class only.
Result<std::optional<std::vector<bool>>> found_by_statistics(const DataSet& data,
                                                             const std::vector<Split>& splits,
                                                             const TrainOptions& options,
                                                             nn::Simd simd,
                                                             const std::atomic<bool>& stop);

}  // namespace kanaria::train
