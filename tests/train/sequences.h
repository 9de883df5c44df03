// SPDX-License-Identifier: Apache-2.0
// Sequences of segments to perturb, made by hand or at random.
#pragma once

#include <vector>

#include "base/random.h"
#include "train/segment_sequence.h"

namespace kanaria::train {

inline constexpr uint32_t kLargest = 1000;  // payload bytes of a segment, in these sequences

class SequenceBuilder {
 public:
  // A write at so many milliseconds, cut into segments a microsecond apart.
  SequenceBuilder& client(Nanoseconds milliseconds, uint32_t bytes) {
    return write(flow::Direction::kToServer, milliseconds, bytes);
  }
  SequenceBuilder& server(Nanoseconds milliseconds, uint32_t bytes) {
    return write(flow::Direction::kToClient, milliseconds, bytes);
  }
  const SegmentSequence& sequence() const { return sequence_; }

 private:
  SequenceBuilder& write(flow::Direction direction, Nanoseconds milliseconds, uint32_t bytes) {
    for (Nanoseconds time = milliseconds * 1'000'000; bytes > 0; time += 1000) {
      const uint32_t part = bytes < kLargest ? bytes : kLargest;
      flow::TimedSegment segment{.time = {time},
                                 .number = sequence_.size() + 1,
                                 .segment = {},
                                 .largest = kLargest,
                                 .full = flow::is_full(part, kLargest)};
      segment.segment.bytes = part;
      segment.segment.direction = direction;
      segment.segment.ttl = direction == flow::Direction::kToServer ? 64 : 52;
      segment.segment.flags = 0x18;
      sequence_.push_back(segment);
      bytes -= part;
    }
    return *this;
  }

  SegmentSequence sequence_;
};

// Both sides say messages of 1 … 3500 bytes, 20 ms … 3 s apart.
inline SegmentSequence random_sequence(uint64_t seed, size_t messages) {
  Random random(seed);
  SequenceBuilder builder;
  Nanoseconds now = 0;
  for (; messages > 0; --messages) {
    now += static_cast<Nanoseconds>(20 + random.below(2980));
    const auto bytes = static_cast<uint32_t>(1 + random.below(random.below(4) == 0 ? 3500 : 300));
    random.below(2) == 0 ? builder.client(now, bytes) : builder.server(now, bytes);
  }
  return builder.sequence();
}

inline std::vector<uint64_t> message_sizes(const SegmentSequence& sequence) {
  std::vector<uint64_t> sizes;
  for (const MessageRange& m : messages_of(sequence))
    sizes.push_back(bytes_of(std::span(sequence).subspan(m.first, m.end - m.first)));
  return sizes;
}

}  // namespace kanaria::train
