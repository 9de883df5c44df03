// SPDX-License-Identifier: Apache-2.0
#include "train/segment_sequence.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "decode/packet.h"

namespace kanaria::train {

std::vector<MessageRange> messages_of(std::span<const flow::TimedSegment> sequence) {
  std::vector<MessageRange> messages;
  flow::MessageBuilder builder;
  size_t first = 0;
  for (size_t i = 0; i < sequence.size(); ++i) {
    const flow::TimedSegment& s = sequence[i];
    const auto [before, own] = builder.add(s.time, s.segment.direction, s.segment.bytes, s.full);
    if (before) messages.push_back({std::exchange(first, i), i});
    if (own) messages.push_back({std::exchange(first, i + 1), i + 1});
  }
  if (first < sequence.size()) messages.push_back({first, sequence.size()});
  return messages;
}

uint64_t bytes_of(std::span<const flow::TimedSegment> segments) {
  uint64_t bytes = 0;
  for (const flow::TimedSegment& s : segments) bytes += s.segment.bytes;
  return bytes;
}

void put_in_order(SegmentSequence& sequence) {
  std::stable_sort(sequence.begin(), sequence.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
}

flow::TimedSegment resized(const flow::TimedSegment& like, uint32_t bytes) {
  flow::TimedSegment segment = like;
  segment.segment.bytes = bytes;
  segment.full = flow::is_full(bytes, like.largest);
  return segment;
}

void append_write(SegmentSequence& sequence, const flow::TimedSegment& like, uint64_t bytes) {
  assert(bytes > 0 && like.largest > 0 && "a write has bytes and a largest segment");
  constexpr uint64_t kMostPieces = 64;
  bytes = std::min<uint64_t>(bytes, std::numeric_limits<uint32_t>::max());
  const uint64_t most_in_pieces = kMostPieces * like.largest;
  const uint64_t piece = like.largest * ((bytes + most_in_pieces - 1) / most_in_pieces);
  for (; bytes > piece; bytes -= piece) {
    sequence.push_back(resized(like, static_cast<uint32_t>(piece)));
    sequence.back().segment.flags &= static_cast<uint8_t>(~(decode::kFin | decode::kPsh));
  }
  sequence.push_back(resized(like, static_cast<uint32_t>(bytes)));
}

}  // namespace kanaria::train
