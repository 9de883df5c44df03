// SPDX-License-Identifier: Apache-2.0
// Which way a packet of a connection goes. The values are those of the lenses (docs/features.md).
#pragma once

#include <cstdint>

namespace kanaria::flow {

enum class Direction : uint8_t { kToServer = 0, kToClient = 1 };

constexpr Direction opposite(Direction direction) {
  return direction == Direction::kToServer ? Direction::kToClient : Direction::kToServer;
}
constexpr uint8_t index_of(Direction direction) { return static_cast<uint8_t>(direction); }

}  // namespace kanaria::flow
