// SPDX-License-Identifier: Apache-2.0
// The sizes of one kind of message in one connection.
#pragma once

#include <vector>

#include "train/dialect.h"

namespace kanaria::train {

inline constexpr double kLargestMessage = 1 << 24;  // bytes

class MessageSize {
 public:
  // Draws what is the connection's own. `said`: messages of this kind before the first one seen.
  MessageSize(const SizeRule& rule, uint64_t said, Random& random);

  // 1 … kLargestMessage.
  uint32_t next(Random& random);

 private:
  Range each_;
  double drawn_ = 0;
  double sigma_ = 0;
  uint64_t counts_ = 0;
  uint64_t said_ = 0;
  std::vector<MessageSize> one_of_;
  std::vector<double> shares_;
};

}  // namespace kanaria::train
