// SPDX-License-Identifier: Apache-2.0
#include "train/wrapping.h"

namespace kanaria::train {
namespace {

using flow::Direction;

constexpr uint32_t kLargestRecord = 1 << 14;  // RFC 8446 §5.1

// RFC 8446 §5.2 (head 5, type 1, tag 16), RFC 5288 (head 5, nonce 8, tag 16), RFC 7905 (head 5,
// tag 16). The shares are a choice.
uint32_t draw_record(Random& random) {
  const double u = random.uniform();
  return u < 0.6 ? 22 : u < 0.85 ? 29 : 21;
}

// RFC 6455 §5.2: the client's frames carry a mask of 4 bytes.
uint32_t frame_head(Direction direction, uint32_t bytes) {
  const uint32_t length = bytes < 126 ? 0 : bytes < 1 << 16 ? 2 : 8;
  return 2 + length + (direction == Direction::kToServer ? 4 : 0);
}

uint32_t whole(Range range, Random& random) {
  return static_cast<uint32_t>(range.draw_whole(random));
}

}  // namespace

Wrapping::Wrapping(const Dialect& dialect, Random& random) {
  const uint32_t record = draw_record(random);
  if (happens(dialect.tls, random)) record_ = record;
  websocket_ = happens(dialect.websocket, random);
  for (size_t side = 0; side < 2; ++side) overhead_[side] = whole(dialect.overhead[side], random);
}

uint32_t Wrapping::wrapped(Direction direction, uint32_t bytes) const {
  bytes += overhead_[static_cast<size_t>(direction)];
  if (websocket_) bytes += frame_head(direction, bytes);
  return in_records(bytes);
}

uint32_t Wrapping::in_records(uint32_t bytes) const {
  return bytes + record_ * ((bytes + kLargestRecord - 1) / kLargestRecord);
}

// TLS sizes: hello padded to 517 by browsers or not, certificates or a resumption, the client's
// Finished, tickets (as in public captures of both versions). WebSocket: the upgrade of the public
// Coinhive capture has 529 and 129.
std::vector<HandshakeMessage> Wrapping::handshake(Random& random) const {
  std::vector<HandshakeMessage> messages;
  const auto add = [&](Direction direction, uint32_t bytes) {
    messages.push_back({direction, bytes});
  };
  if (record_ > 0) {
    add(Direction::kToServer, happens(0.4, random) ? 517 : whole({180, 700}, random));
    add(Direction::kToClient,
        happens(0.25, random) ? whole({130, 400}, random) : whole({1200, 5500}, random));
    add(Direction::kToServer, whole({51, 200}, random));
    if (happens(0.7, random)) add(Direction::kToClient, whole({51, 600}, random));
  }
  if (websocket_) {
    add(Direction::kToServer, in_records(whole({200, 900}, random)));
    add(Direction::kToClient, in_records(whole({129, 400}, random)));
  }
  return messages;
}

}  // namespace kanaria::train
