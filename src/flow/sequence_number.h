// SPDX-License-Identifier: Apache-2.0
// Sequence-number arithmetic modulo 2^32 (RFC 9293 §3.4); the only place that does it.
#pragma once

#include <cstdint>

namespace kanaria::flow {

// How far `to` lies after `from`: negative when before.
constexpr int32_t sequence_distance(uint32_t from, uint32_t to) {
  return static_cast<int32_t>(to - from);
}
constexpr bool is_after(uint32_t a, uint32_t b) { return sequence_distance(b, a) > 0; }

}  // namespace kanaria::flow
