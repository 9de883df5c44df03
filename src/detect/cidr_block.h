// SPDX-License-Identifier: Apache-2.0
// A block of addresses with a common prefix (RFC 4632, RFC 4291 §2.3).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ip_address.h"
#include "base/result.h"

namespace kanaria::detect {

struct CidrBlock {
  IpAddress first;
  uint8_t prefix_bits = 128;  // of the 16 bytes: an IPv4 /24 has 120

  // No IPv6 block holds an IPv4 address.
  bool contains(const IpAddress& address) const;
};

// "192.0.2.0/24", "2001:db8::/32", or one address. Fails with what is wrong with the text, to be
// put behind it.
Result<CidrBlock> parse_cidr_block(std::string_view text);

}  // namespace kanaria::detect
