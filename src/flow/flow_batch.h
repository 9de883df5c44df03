// SPDX-License-Identifier: Apache-2.0
// What a batch of packets meant to their connections: the input of lenses and detection.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "flow/connection.h"

namespace kanaria::flow {

// Index into the batch of packets the events came from; kNoPacket for sequences that were changed
// on the way (segment_events.h).
using PacketIndex = uint32_t;
inline constexpr PacketIndex kNoPacket = UINT32_MAX;

enum class PacketClass : uint8_t { kControl, kPureAck, kKeepAlive, kRetransmission, kSegment };
inline constexpr size_t kPacketClasses = static_cast<size_t>(PacketClass::kSegment) + 1;

struct PacketEvent {
  ConnectionId connection;
  PacketIndex packet;
  PacketClass packet_class;
  Direction direction;
  bool acked_unseen;  // acknowledges bytes the capture does not hold
  bool closes;        // its FIN or RST closed the connection
};

struct SegmentEvent {
  ConnectionId connection;
  PacketIndex packet;
  bool has_previous;
  bool full;
  uint32_t largest;  // M′ of docs/definitions.md, "Full": payload bytes such a segment could carry
  uint64_t number;   // of its packet in the input
  Timestamp time;
  Nanoseconds gap;         // since the previous segment
  Nanoseconds round_trip;  // the least one measured so far; 0: unknown
  Segment previous;
  Segment segment;

  // Whether (previous, segment) is one, no further apart than `max_gap`, if there is such a limit.
  bool makes_pair(std::optional<Nanoseconds> max_gap) const {
    return has_previous && (!max_gap || gap <= *max_gap);
  }
};

struct MessageEvent {
  ConnectionId connection;
  uint64_t number;         // of the packet that finished it
  Nanoseconds round_trip;  // the least one measured up to that packet; 0: unknown
  Message message;
};

enum class EndReason : uint8_t { kTimeout, kForced, kInputEnd };

struct EndEvent {
  ConnectionId connection;
  uint64_t number;  // of the packet that caused it; kInputEndNumber at the end of the input
  EndReason reason;
};
inline constexpr uint64_t kInputEndNumber = UINT64_MAX;

struct FlowBatch {
  std::vector<PacketEvent> packets;
  std::vector<SegmentEvent> segments;
  std::vector<MessageEvent> messages;
  std::vector<ConnectionId> begun;
  std::vector<EndEvent> ended;

  void clear() {
    packets.clear();
    segments.clear();
    messages.clear();
    begun.clear();
    ended.clear();
  }
};

}  // namespace kanaria::flow
