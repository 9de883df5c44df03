// SPDX-License-Identifier: Apache-2.0
#include "lab/path/ip_header.h"

#include <cassert>
#include <cstddef>

namespace kanaria::lab {
namespace {

// RFC 791 §3.1 and RFC 8200 §3.
constexpr size_t kIpv4Bytes = 20;
constexpr size_t kTtlPlace = 8;
constexpr size_t kChecksumPlace = 10;
constexpr size_t kIpv6Bytes = 40;
constexpr size_t kHopLimitPlace = 7;

unsigned version_of(std::span<const uint8_t> packet) { return packet[0] >> 4; }

uint32_t word_at(std::span<const uint8_t> packet, size_t place) {
  return static_cast<uint32_t>(packet[place]) << 8 | packet[place + 1];
}

// RFC 1624 §3, equation 3: HC' = ~(~HC + ~m + m') for a 16-bit word m that became m'.
void mend_checksum(std::span<uint8_t> packet, uint32_t old_word, uint32_t new_word) {
  uint32_t sum = (word_at(packet, kChecksumPlace) ^ 0xffff) + (old_word ^ 0xffff) + new_word;
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  packet[kChecksumPlace] = static_cast<uint8_t>(~sum >> 8);
  packet[kChecksumPlace + 1] = static_cast<uint8_t>(~sum);
}

}  // namespace

std::optional<Ends> ends_of(std::span<const uint8_t> packet) {
  if (packet.size() >= kIpv4Bytes && version_of(packet) == 4)
    return Ends{IpAddress::v4(&packet[12]), IpAddress::v4(&packet[16])};
  if (packet.size() >= kIpv6Bytes && version_of(packet) == 6)
    return Ends{IpAddress::v6(&packet[8]), IpAddress::v6(&packet[24])};
  return std::nullopt;
}

bool take_hops(std::span<uint8_t> packet, unsigned hops) {
  assert(ends_of(packet) && "hops taken from what is no IP packet");
  const bool is_v4 = version_of(packet) == 4;
  uint8_t& left = packet[is_v4 ? kTtlPlace : kHopLimitPlace];
  if (left <= hops) return false;
  const uint32_t old_word = word_at(packet, kTtlPlace);
  left = static_cast<uint8_t>(left - hops);
  if (is_v4) mend_checksum(packet, old_word, word_at(packet, kTtlPlace));
  return true;
}

}  // namespace kanaria::lab
