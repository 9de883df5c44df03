// SPDX-License-Identifier: Apache-2.0
#include "decode/decoder.h"

#include "decode/layer.h"

namespace kanaria::decode {

namespace {

// Requires: `packet` is fresh.
Walk begin_walk(const capture::Frame& frame, Packet& packet) noexcept {
  packet.time = frame.time;
  packet.number = frame.number;
  packet.frame_bytes = frame.original;
  return {ByteCursor(frame.captured_bytes()), frame.original, packet};
}

DecodeStatus decode_into(const capture::Frame& frame, Packet& packet) noexcept {
  Walk walk = begin_walk(frame, packet);
  return decode_link(walk, frame.link_type);
}

}  // namespace

DecodeStatus decode(const capture::Frame& frame, Packet& packet) noexcept {
  packet = Packet{};
  return decode_into(frame, packet);
}

DecodeStatus decode_traced(const capture::Frame& frame, Packet& packet,
                           HeaderTrace& trace) noexcept {
  packet = Packet{};
  trace.clear();
  Walk walk = begin_walk(frame, packet);
  walk.trace = &trace;
  const DecodeStatus status = decode_link(walk, frame.link_type);
  trace.headers_end = walk.at.position();
  return trace.overflowed() ? DecodeStatus::kTooDeep : status;
}

void decode_burst(const capture::FrameBurst& burst, std::vector<Packet>& packets,
                  StatusCounts& counts) {
  constexpr size_t kHeadersAhead = 8;
  for (size_t i = 0; i < burst.size; ++i) {
    if (i + kHeadersAhead < burst.size) {
      __builtin_prefetch(burst.frames[i + kHeadersAhead].bytes);
      __builtin_prefetch(burst.frames[i + kHeadersAhead].bytes + 64);
    }
    const DecodeStatus status = decode_into(burst.frames[i], packets.emplace_back());
    counts.add(status);
    if (status != DecodeStatus::kTcp) packets.pop_back();
  }
}

}  // namespace kanaria::decode
