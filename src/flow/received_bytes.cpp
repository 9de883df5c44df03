// SPDX-License-Identifier: Apache-2.0
#include "flow/received_bytes.h"

#include <algorithm>

#include "flow/sequence_number.h"

namespace kanaria::flow {
namespace {

void remove(Holes& holes, size_t index) {
  std::move(holes.ranges.begin() + static_cast<std::ptrdiff_t>(index) + 1,
            holes.ranges.begin() + static_cast<std::ptrdiff_t>(holes.size),
            holes.ranges.begin() + static_cast<std::ptrdiff_t>(index));
  --holes.size;
}

// Keeps the ranges ordered by position; `next` is after all of them.
void insert(Holes& holes, Holes::Range range, uint32_t next) {
  if (holes.size == kMostHoles) remove(holes, 0);
  size_t place = holes.size;
  while (place > 0 && sequence_distance(next, holes.ranges[place - 1].begin) >
                          sequence_distance(next, range.begin)) {
    holes.ranges[place] = holes.ranges[place - 1];
    --place;
  }
  holes.ranges[place] = range;
  ++holes.size;
}

// Half the sequence space below `next` a hole would come to lie above it.
void forget_far_behind(Holes& holes, uint32_t next) {
  for (size_t i = holes.size; i-- > 0;)
    if (sequence_distance(next, holes.ranges[i].begin) >= 0) remove(holes, i);
}

// Bytes of [from, to) - offsets relative to `next`, both <= 0 - that lie in holes, which close
// there.
int64_t fill_holes(Holes& holes, uint32_t next, int64_t from, int64_t to) {
  int64_t filled = 0;
  for (size_t i = 0; i < holes.size;) {
    const Holes::Range range = holes.ranges[i];
    const int64_t begin = sequence_distance(next, range.begin);
    const int64_t end = sequence_distance(next, range.end);
    const int64_t overlap_begin = std::max(begin, from);
    const int64_t overlap_end = std::min(end, to);
    if (overlap_begin >= overlap_end) {
      ++i;
      continue;
    }
    filled += overlap_end - overlap_begin;
    const auto at = [next](int64_t offset) { return next + static_cast<uint32_t>(offset); };
    const bool left = begin < overlap_begin;
    const bool right = overlap_end < end;
    if (!left && !right) {
      remove(holes, i);
      continue;
    }
    holes.ranges[i] = left ? Holes::Range{range.begin, at(overlap_begin)}
                           : Holes::Range{at(overlap_end), range.end};
    if (left && right) {
      insert(holes, {at(overlap_end), range.end}, next);
      break;  // the range covered lies within this hole alone
    }
    ++i;
  }
  return filled;
}

}  // namespace

uint32_t receive(uint32_t& next, Holes& holes, uint32_t seq, uint32_t bytes, bool fin) {
  const int64_t from = sequence_distance(next, seq);
  const int64_t to = from + bytes;
  int64_t fresh = 0;
  if (holes.size > 0 && from < 0) fresh += fill_holes(holes, next, from, std::min<int64_t>(to, 0));
  const int64_t occupied_to = to + (fin ? 1 : 0);
  if (occupied_to > 0) {
    fresh += std::max<int64_t>(0, to - std::max<int64_t>(from, 0));
    const uint32_t old_next = next;
    next += static_cast<uint32_t>(occupied_to);
    if (holes.size > 0) forget_far_behind(holes, next);
    if (from > 0) insert(holes, {old_next, seq}, next);
  }
  return static_cast<uint32_t>(fresh);
}

}  // namespace kanaria::flow
