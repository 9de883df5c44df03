// SPDX-License-Identifier: Apache-2.0
// Which rows of a connection stand for all of them: the first half of `most` as they come, then
// ever fewer, so that a connection of weeks does not outweigh a thousand short ones. Row by row,
// and the same for the same rows.
#pragma once

#include <cstdint>

namespace kanaria::train {

class Thinning {
 public:
  // Requires: most > 0.
  explicit Thinning(uint32_t most) : whole_(most - most / 2), left_(most / 2) {}

  // Whether the next row is one of them. Behind the first ones, half of those left are taken with a
  // stride of 4, half of the rest with one of 16, and so on: 16 of 32 reach over 1,500 rows.
  bool takes_next() {
    const uint64_t row = seen_++;
    if (row < whole_) return true;
    if (left_ == 0 || ++skipped_ < stride_) return false;
    skipped_ = 0;
    --left_;
    if (of_stride_ == 0) of_stride_ = left_ / 2 + 1;
    if (--of_stride_ == 0) stride_ *= kGrowth;
    return true;
  }

 private:
  static constexpr uint64_t kGrowth = 4;

  uint64_t whole_;
  uint64_t left_;
  uint64_t seen_ = 0;
  uint64_t stride_ = kGrowth;
  uint64_t skipped_ = 0;
  uint64_t of_stride_ = 0;  // still to be taken with it; 0: to be counted
};

}  // namespace kanaria::train
