// SPDX-License-Identifier: Apache-2.0
// IP packets as the wire has them, for tests of the path.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include "base/ip_address.h"

namespace kanaria::lab::test {

inline IpAddress address(std::string_view text) {
  const auto parsed = parse_ip_address(text);
  if (!parsed) std::abort();
  return *parsed;
}

// RFC 1071 §1 as it says: all words added, carries folded back, complement; 0 for a sound header.
inline uint16_t internet_checksum(std::span<const uint8_t> header) {
  uint64_t sum = 0;
  for (size_t i = 0; i + 1 < header.size(); i += 2) sum += header[i] * 256U + header[i + 1];
  while (sum > 0xffff) sum = sum % 0x10000 + sum / 0x10000;
  return static_cast<uint16_t>(0xffff - sum);
}

// Of an IPv4 header without options.
inline void write_checksum(std::vector<uint8_t>& packet) {
  packet[10] = packet[11] = 0;
  const uint16_t checksum = internet_checksum({packet.data(), 20});
  packet[10] = static_cast<uint8_t>(checksum / 256);
  packet[11] = static_cast<uint8_t>(checksum % 256);
}

inline std::vector<uint8_t> ipv4_packet(std::string_view source, std::string_view destination,
                                        uint8_t ttl = 64, size_t bytes = 40) {
  std::vector<uint8_t> packet(bytes);
  packet[0] = 0x45;
  packet[2] = static_cast<uint8_t>(bytes / 256);
  packet[3] = static_cast<uint8_t>(bytes % 256);
  packet[8] = ttl;
  packet[9] = 6;
  for (size_t i = 0; i < 4; ++i) {
    packet[12 + i] = address(source).bytes[12 + i];
    packet[16 + i] = address(destination).bytes[12 + i];
  }
  write_checksum(packet);
  return packet;
}

inline std::vector<uint8_t> ipv6_packet(std::string_view source, std::string_view destination,
                                        uint8_t hop_limit = 64) {
  std::vector<uint8_t> packet(60);
  packet[0] = 0x60;
  packet[5] = 20;
  packet[6] = 6;
  packet[7] = hop_limit;
  for (size_t i = 0; i < 16; ++i) {
    packet[8 + i] = address(source).bytes[i];
    packet[24 + i] = address(destination).bytes[i];
  }
  return packet;
}

}  // namespace kanaria::lab::test
