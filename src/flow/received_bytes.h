// SPDX-License-Identifier: Apache-2.0
// Which bytes of one direction's stream were seen: everything below `next` except the holes.
// Tells new bytes from retransmitted ones (docs/definitions.md, "Segment").
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace kanaria::flow {

// More holes at once than a receiver's SACK blocks (RFC 2018: 4) tell, twice over.
inline constexpr size_t kMostHoles = 8;

// Ranges [begin, end) below `next` not yet seen, oldest first. A ninth forgets the lowest-lying
// one.
struct Holes {
  struct Range {
    uint32_t begin;
    uint32_t end;
  };
  std::array<Range, kMostHoles> ranges{};
  size_t size = 0;
};

// Counts the bytes of [seq, seq + bytes) not seen before and marks them as seen; a FIN occupies one
// further number that counts as no byte. Moves `next` and the holes.
uint32_t receive(uint32_t& next, Holes& holes, uint32_t seq, uint32_t bytes, bool fin);

}  // namespace kanaria::flow
