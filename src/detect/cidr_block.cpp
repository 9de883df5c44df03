// SPDX-License-Identifier: Apache-2.0
#include "detect/cidr_block.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace kanaria::detect {
namespace {

constexpr unsigned kBitsBeforeV4 = 96;  // of ::ffff:0:0/96

IpAddress with_prefix_only(IpAddress address, unsigned bits) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept = bits > 8 * i ? std::min(8U, bits - 8 * i) : 0;
    address.bytes[i] &= static_cast<uint8_t>(0xff00U >> kept);
  }
  return address;
}

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) {
  unsigned bits = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, bits);
  if (error != std::errc() || stop != end || bits > most) return std::nullopt;
  return bits;
}

}  // namespace

bool CidrBlock::contains(const IpAddress& address) const {
  return address.is_v4() == first.is_v4() && with_prefix_only(address, prefix_bits) == first;
}

Result<CidrBlock> parse_cidr_block(std::string_view text) {
  const Error no_block{"is no block of addresses such as 192.0.2.0/24 or 2001:db8::/32"};
  const size_t slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return no_block;
  const unsigned before = text.find(':') == text.npos ? kBitsBeforeV4 : 0;
  std::optional<unsigned> bits = 128 - before;
  if (slash != text.npos) bits = parse_bits(text.substr(slash + 1), *bits);
  if (!bits) return no_block;
  const CidrBlock block{with_prefix_only(*address, before + *bits),
                        static_cast<uint8_t>(before + *bits)};
  if (block.first != *address)
    return Error{
        fmt::format("has bits set behind its prefix; write {}/{}", to_string(block.first), *bits)};
  return block;
}

}  // namespace kanaria::detect
