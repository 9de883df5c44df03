// SPDX-License-Identifier: Apache-2.0
// The segments of one connection as a sequence: what messages they make, and new writes in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "flow/segment_events.h"

namespace kanaria::train {

using SegmentSequence = std::vector<flow::TimedSegment>;

// Segments [first, end) of a sequence that are one message (docs/definitions.md).
struct MessageRange {
  size_t first = 0;
  size_t end = 0;
};
std::vector<MessageRange> messages_of(std::span<const flow::TimedSegment> sequence);

uint64_t bytes_of(std::span<const flow::TimedSegment> segments);

// Stable, by time.
void put_in_order(SegmentSequence& sequence);

// A copy of `like` with so many bytes.
flow::TimedSegment resized(const flow::TimedSegment& like, uint32_t bytes);

// Appends what one write of so many bytes is on the wire: full segments and the remainder, all with
// the time and header values of `like`, and FIN and PSH on the last only. More than 64 full
// segments stand as offloaded ones of several times that size: no length in a capture may exhaust
// memory. Requires: bytes > 0 and like.largest > 0.
void append_write(SegmentSequence& sequence, const flow::TimedSegment& like, uint64_t bytes);

}  // namespace kanaria::train
