// SPDX-License-Identifier: Apache-2.0
#include "flow/tuple.h"

namespace kanaria::flow {
namespace {

// Folded 64 x 64 -> 128 bit multiplication, the mixing step of wyhash (Wang Yi, 2019).
uint64_t mix(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Odd 64-bit constants with about half of their bits set; any such do.
constexpr uint64_t kA = 0x9e3779b97f4a7c15, kB = 0xbf58476d1ce4e5b9, kC = 0x94d049bb133111eb;

}  // namespace

KeyedPacket key_of(const decode::Packet& packet, bool with_vlan, uint64_t secret) {
  KeyedPacket keyed;
  const auto order = packet.src <=> packet.dst;
  keyed.from_low = order < 0 || (order == 0 && packet.src_port <= packet.dst_port);
  Tuple& tuple = keyed.tuple;
  tuple.low = keyed.from_low ? packet.src : packet.dst;
  tuple.high = keyed.from_low ? packet.dst : packet.src;
  tuple.low_port = keyed.from_low ? packet.src_port : packet.dst_port;
  tuple.high_port = keyed.from_low ? packet.dst_port : packet.src_port;
  // An id is 12 bits; the bit above tells that there was a tag, even of id 0.
  if (with_vlan)
    for (unsigned i = 0; i < packet.vlan_count; ++i)
      tuple.vlan = tuple.vlan << 16 | 0x1000U | packet.vlan[i];

  const uint64_t low0 = tuple.low.half(0), low1 = tuple.low.half(1);
  const uint64_t high0 = tuple.high.half(0), high1 = tuple.high.half(1);
  const uint64_t ports =
      (uint64_t{tuple.low_port} << 48 | uint64_t{tuple.high_port} << 32) ^ tuple.vlan;
  keyed.shard =
      static_cast<uint8_t>(mix(low0 ^ low1 ^ kA, high0 + high1 + ports + kB) >> (64 - kShardBits));
  keyed.hash = static_cast<uint32_t>(
      mix(mix(low0 ^ secret, low1 ^ kA) ^ mix(high0 ^ kB, high1 ^ secret), ports ^ secret ^ kC));
  return keyed;
}

}  // namespace kanaria::flow
