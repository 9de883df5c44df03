// SPDX-License-Identifier: Apache-2.0
#include "decode/decoder.h"

#include "decode/layer.h"

namespace kanaria::decode {

DecodeStatus decode(const capture::Frame& frame, Packet& packet) noexcept {
  packet = Packet{};
  packet.time = frame.time;
  packet.number = frame.number;
  packet.frame_bytes = frame.original;
  Walk walk{ByteCursor(frame.captured_bytes()), frame.original, packet};
  return decode_link(walk, frame.link_type);
}

void decode_burst(const capture::FrameBurst& burst, std::vector<Packet>& packets,
                  StatusCounts& counts) {
  constexpr size_t kHeadersAhead = 8;
  for (size_t i = 0; i < burst.size; ++i) {
    if (i + kHeadersAhead < burst.size) {
      __builtin_prefetch(burst.frames[i + kHeadersAhead].bytes);
      __builtin_prefetch(burst.frames[i + kHeadersAhead].bytes + 64);
    }
    const DecodeStatus status = decode(burst.frames[i], packets.emplace_back());
    counts.add(status);
    if (status != DecodeStatus::kTcp) packets.pop_back();
  }
}

}  // namespace kanaria::decode
