// SPDX-License-Identifier: Apache-2.0
#include "record/anonymize.h"

#include <algorithm>

namespace kanaria::record {
namespace {

using Bytes = std::span<uint8_t>;
using decode::HeaderPartKind;

constexpr size_t kIpv6AddressBytes = 16;
constexpr uint8_t kNoOperation = 1;  // in IPv4 (RFC 791 §3.1) and TCP (RFC 9293 §3.2)

void blank(Bytes bytes) { std::fill(bytes.begin(), bytes.end(), uint8_t{0}); }
void fill_with_no_operation(Bytes bytes) { std::fill(bytes.begin(), bytes.end(), kNoOperation); }

// RFC 1071. Requires: an even number of bytes, the checksum's own being 0.
uint16_t internet_checksum(Bytes bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); i += 2)
    sum += static_cast<uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

// RFC 791 §3.1.
void anonymize_ipv4(Bytes header, CryptoPan& names) {
  names.rename_v4(header.subspan<12, 4>());
  names.rename_v4(header.subspan<16, 4>());
  fill_with_no_operation(header.subspan(20));
  blank(header.subspan(10, 2));
  const uint16_t checksum = internet_checksum(header);
  header[10] = static_cast<uint8_t>(checksum >> 8);
  header[11] = static_cast<uint8_t>(checksum);
}

// Addresses of a routing header, 8 bytes in: the types that have whole ones (source route, RFC 2460
// §4.4; Mobile IPv6, RFC 6275 §6.4; segment routing, RFC 8754 §2).
size_t routing_addresses(std::span<const uint8_t> header) {
  const size_t room = (header.size() - 8) / kIpv6AddressBytes;
  switch (header[2]) {
    case 0:
    case 2: return room;
    case 4: return std::min<size_t>(header[4] + size_t{1}, room);
    default: return 0;
  }
}

// Keeps type and segments left; of segment routing also the last entry, which counts the addresses.
void anonymize_routing(Bytes header, CryptoPan& names) {
  constexpr uint8_t kSegmentRouting = 4;
  const size_t addresses = routing_addresses(header);
  blank(header.subspan(header[2] == kSegmentRouting ? 5 : 4, header[2] == kSegmentRouting ? 3 : 4));
  for (size_t i = 0; i < addresses; ++i)
    names.rename_v6(header.subspan(8 + i * kIpv6AddressBytes).first<kIpv6AddressBytes>());
  blank(header.subspan(8 + addresses * kIpv6AddressBytes));
}

void anonymize_part(HeaderPartKind kind, Bytes part, CryptoPan& names) {
  switch (kind) {
    case HeaderPartKind::kLinkAddresses:
    case HeaderPartKind::kLinkOptions:
    case HeaderPartKind::kChecksum: return blank(part);
    case HeaderPartKind::kUnknownTcpOption: return fill_with_no_operation(part);
    case HeaderPartKind::kIpv4Header: return anonymize_ipv4(part, names);
    case HeaderPartKind::kIpv6Header:
      names.rename_v6(part.subspan<8, kIpv6AddressBytes>());
      names.rename_v6(part.subspan<24, kIpv6AddressBytes>());
      return;
    case HeaderPartKind::kIpv6Routing: return anonymize_routing(part, names);
    case HeaderPartKind::kIpExtension:  // next header and length stay
      return blank(part.subspan(2));
  }
}

}  // namespace

void anonymize(Bytes headers, const decode::HeaderTrace& trace, CryptoPan& names) {
  for (const decode::HeaderPart& part : trace.parts())
    anonymize_part(part.kind, headers.subspan(part.begin, part.bytes), names);
}

}  // namespace kanaria::record
