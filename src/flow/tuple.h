// SPDX-License-Identifier: Apache-2.0
// The unordered pair of ends that names a connection, and its hash.
#pragma once

#include <cstdint>

#include "base/ip_address.h"
#include "decode/packet.h"

namespace kanaria::flow {

// Lower end first, so that both directions give the same tuple.
struct Tuple {
  IpAddress low;
  IpAddress high;
  uint16_t low_port = 0;
  uint16_t high_port = 0;
  uint32_t vlan = 0;  // both ids; 0 unless they are part of the key

  friend bool operator==(const Tuple&, const Tuple&) = default;
};

// Connections live in 64 logical shards however many workers there are, so that results do not
// depend on their number.
inline constexpr unsigned kShardBits = 6;
inline constexpr unsigned kShards = 1U << kShardBits;

struct KeyedPacket {
  Tuple tuple;
  bool from_low = false;  // sent by the lower end
  uint8_t shard = 0;      // the same in every run
  uint32_t hash = 0;      // keyed: crafted tuples must not collide
};

// `secret` is drawn once a process; it decides where in memory things lie, never what comes out.
KeyedPacket key_of(const decode::Packet& packet, bool with_vlan, uint64_t secret);

}  // namespace kanaria::flow
