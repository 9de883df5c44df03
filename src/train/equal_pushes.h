// SPDX-License-Identifier: Apache-2.0
// The rule of the first look at a miner: its pool pushes jobs, all of one size.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "flow/message.h"

namespace kanaria::train {

// A push is a message of the server that is not the first one behind a message of the client's
// within a second. A connection mines when it has 8 or more of them, and 3 in 4 lie within 4 bytes
// of one of their sizes; of more than 256 pushes the first count.
class EqualPushes {
 public:
  void add(const flow::Message& message);
  bool are_equal() const;

 private:
  std::optional<flow::Message> before_;
  std::vector<uint32_t> sizes_;
};

}  // namespace kanaria::train
