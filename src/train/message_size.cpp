// SPDX-License-Identifier: Apache-2.0
#include "train/message_size.h"

namespace kanaria::train {
namespace {

// Digits behind the first.
double more_digits(uint64_t number) {
  double digits = 0;
  for (; number >= 10; number /= 10) ++digits;
  return digits;
}

}  // namespace

MessageSize::MessageSize(const SizeRule& rule, uint64_t said, Random& random)
    : each_(rule.each),
      drawn_(static_cast<double>(rule.drawn.draw_whole(random))),
      sigma_(rule.varies.draw(random)),
      counts_(rule.counts),
      said_(said),
      shares_(rule.shares) {
  for (const SizeRule& one : rule.one_of) one_of_.emplace_back(one, said, random);
}

uint32_t MessageSize::next(Random& random) {
  if (!one_of_.empty()) {
    double u = random.uniform();
    size_t chosen = 0;
    while (chosen + 1 < one_of_.size() && u >= shares_[chosen]) u -= shares_[chosen++];
    return one_of_[chosen].next(random);
  }
  double bytes = drawn_;
  if (sigma_ > 0) bytes *= factor(sigma_, random);
  if (each_.high > 0) bytes += static_cast<double>(each_.draw_whole(random));
  bytes += more_digits(counts_ * ++said_);
  return static_cast<uint32_t>(std::clamp(bytes, 1.0, kLargestMessage));
}

}  // namespace kanaria::train
