// SPDX-License-Identifier: Apache-2.0
// What TLS, WebSocket and other framing make of messages: bytes on each of them, and what is said
// before the first.
#pragma once

#include <array>
#include <vector>

#include "train/dialect.h"

namespace kanaria::train {

struct HandshakeMessage {
  flow::Direction direction;
  uint32_t bytes;  // on the wire
};

class Wrapping {
 public:
  // Draws which a connection of the dialect has.
  Wrapping(const Dialect& dialect, Random& random);

  uint32_t wrapped(flow::Direction direction, uint32_t bytes) const;
  std::vector<HandshakeMessage> handshake(Random& random) const;

 private:
  uint32_t in_records(uint32_t bytes) const;

  uint32_t record_ = 0;  // bytes that TLS adds to a record; 0: no TLS
  bool websocket_ = false;
  std::array<uint32_t, 2> overhead_{};
};

}  // namespace kanaria::train
