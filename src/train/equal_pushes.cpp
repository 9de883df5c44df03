// SPDX-License-Identifier: Apache-2.0
#include "train/equal_pushes.h"

#include <algorithm>

namespace kanaria::train {
namespace {

constexpr Nanoseconds kReplyTime = kSecond;
constexpr size_t kLeastPushes = 8;
constexpr size_t kMostPushes = 256;
constexpr uint32_t kTolerance = 4;  // bytes

// Most of the sizes, which ascend, that lie within the tolerance of one of them.
size_t most_alike(const std::vector<uint32_t>& sizes) {
  size_t most = 0;
  auto low = sizes.begin(), high = sizes.begin();
  for (const uint32_t size : sizes) {
    while (size - *low > kTolerance) ++low;
    while (high != sizes.end() && *high <= size + kTolerance) ++high;
    most = std::max(most, static_cast<size_t>(high - low));
  }
  return most;
}

}  // namespace

void EqualPushes::add(const flow::Message& message) {
  const bool reply = before_ && before_->direction == flow::Direction::kToServer &&
                     message.start - before_->end <= kReplyTime;
  if (message.direction == flow::Direction::kToClient && !reply && sizes_.size() < kMostPushes)
    sizes_.push_back(message.bytes);
  before_ = message;
}

bool EqualPushes::are_equal() const {
  if (sizes_.size() < kLeastPushes) return false;
  std::vector<uint32_t> sizes = sizes_;
  std::ranges::sort(sizes);
  return 4 * most_alike(sizes) >= 3 * sizes.size();
}

}  // namespace kanaria::train
