// SPDX-License-Identifier: Apache-2.0
// What a path reads and changes in the IP header of a packet; nothing behind it is touched.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/ip_address.h"

namespace kanaria::lab {

struct Ends {
  IpAddress source;
  IpAddress destination;

  friend bool operator==(const Ends&, const Ends&) = default;
};

// Nothing when the bytes do not hold the fixed part of an IPv4 or IPv6 header.
std::optional<Ends> ends_of(std::span<const uint8_t> packet);

// Lowers TTL or hop limit as that many routers would, and mends the checksum of IPv4. False, and
// nothing changed, when the packet would not arrive. Requires: ends_of(packet) holds a value.
bool take_hops(std::span<uint8_t> packet, unsigned hops);

}  // namespace kanaria::lab
