// SPDX-License-Identifier: Apache-2.0
// Grid search: trains every combination of a space on the same rows and scores it on others; for
// spaces too large for that, successive halving (Jamieson & Talwalkar 2016): all of them on few
// rows, the best quarter on four times as many, and so on. The same result whatever the number of
// workers.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <vector>

#include "nn/simd.h"
#include "train/confusion.h"
#include "train/grid_space.h"
#include "train/trainer.h"

namespace kanaria::train {

// How one combination did on the rows put aside for choosing.
struct GridScore {
  uint32_t rung = 0;  // of the halving, from 0
  uint64_t combination = 0;
  uint64_t rows_trained = 0;
  double loss = 0;  // mean cross-entropy; NaN: training diverged
  Confusion counts;
};

// What combinations are ranked by: higher is better.
enum class Rank : uint8_t { kF1, kMcc, kAccuracy, kLoss };
std::string_view name(Rank rank);
std::optional<Rank> rank_named(std::string_view name);
// Below every other value when training diverged.
double value_of(const GridScore& score, Rank rank);

// One pass over the combinations that are left.
struct Rung {
  uint64_t combinations;
  uint64_t rows;  // that each is trained on
};

struct GridPlan {
  uint64_t least_rows = 0;  // rows of the first rung; 0: no halving, all on every epoch
  static constexpr uint64_t kEta = 4;
};
// The last rung trains on `all_rows` (rows times epochs).
std::vector<Rung> rungs(uint64_t combinations, uint64_t all_rows, const GridPlan& plan);

struct GridOptions {
  TrainOptions training;  // what the space does not decide
  GridPlan plan;
  Rank rank = Rank::kF1;
  unsigned workers = 1;
};

// Scores of earlier runs, by rung and combination; empty when there is none.
using KnownScores = std::function<std::optional<GridScore>(uint32_t rung, uint64_t combination)>;
// Called for each finished combination, by one thread at a time, in the order of their ends. False
// ends the search.
using TakeScore = std::function<bool(const GridScore&)>;

// Trains on `rows`, scores on `validation`. False when it was stopped before its end.
bool search_grid(const GridSpace& space, const TrainingRows& rows,
                 std::span<const uint32_t> validation, const GridOptions& options, nn::Simd simd,
                 const std::atomic<bool>& stop, const KnownScores& known, const TakeScore& take);

}  // namespace kanaria::train
