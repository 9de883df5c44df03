// SPDX-License-Identifier: Apache-2.0
// Segments of a connection in, events of segments and messages out: the one way, for segments as
// packets brought them and for sequences that were changed on the way.
#pragma once

#include <cstdint>

#include "flow/flow_batch.h"

namespace kanaria::flow {

struct TimedSegment {
  Timestamp time;
  uint64_t number = 0;  // of its packet in the input
  Segment segment;
  uint32_t largest = 0;  // M′, as in SegmentEvent
  bool full = false;
  Nanoseconds round_trip = 0;  // the least one measured so far; 0: unknown
};

inline TimedSegment timed_segment(const SegmentEvent& event) {
  return {event.time, event.number, event.segment, event.largest, event.full, event.round_trip};
}

// Appends the events of the messages that a segment finished.
inline void append_to_messages(SegmentChain& chain, ConnectionId id, const TimedSegment& added,
                               FlowBatch& out) {
  const auto [before, own] =
      chain.message.add(added.time, added.segment.direction, added.segment.bytes, added.full);
  if (before) out.messages.push_back({id, added.number, added.round_trip, *before});
  if (own) out.messages.push_back({id, added.number, added.round_trip, *own});
}

// Appends the event of a segment, and of the messages that it finished.
inline void append_segment(SegmentChain& chain, ConnectionId id, PacketIndex packet,
                           const TimedSegment& added, FlowBatch& out) {
  out.segments.push_back({id, packet, chain.has_segment, added.full, added.largest, added.number,
                          added.time, added.time - chain.message.last_time(), added.round_trip,
                          chain.last, added.segment});
  chain.last = added.segment;
  chain.has_segment = true;
  append_to_messages(chain, id, added, out);
}

// The connection is over: appends the message left open, if there is one. `number`: of the packet
// that ended it.
inline void append_open_message(SegmentChain& chain, ConnectionId id, uint64_t number,
                                Nanoseconds round_trip, FlowBatch& out) {
  if (const auto open = chain.message.finish())
    out.messages.push_back({id, number, round_trip, *open});
}

}  // namespace kanaria::flow
