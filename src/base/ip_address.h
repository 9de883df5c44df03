// SPDX-License-Identifier: Apache-2.0
// An IPv4 or IPv6 address as one value type of 16 bytes.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace kanaria {

enum class IpVersion : uint8_t { kV4 = 4, kV6 = 6 };

// IPv4 addresses stand as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). A real IPv6 packet never carries such
// an address on the wire (RFC 6890), so the version need not be part of the value.
struct IpAddress {
  std::array<uint8_t, 16> bytes{};

  static IpAddress v4(const uint8_t* octets) noexcept {
    IpAddress address;
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(&address.bytes[12], octets, 4);
    return address;
  }
  static IpAddress v6(const uint8_t* octets) noexcept {
    IpAddress address;
    std::memcpy(address.bytes.data(), octets, 16);
    return address;
  }

  bool is_v4() const noexcept {
    static constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::memcmp(bytes.data(), kMapped.data(), kMapped.size()) == 0;
  }

  // Bytes 0-7 or 8-15 in network order.
  uint64_t half(size_t index) const noexcept {
    uint64_t value;
    std::memcpy(&value, &bytes[index * 8], 8);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(value) : value;
  }

  // Two words each instead of a call to memcmp: addresses are compared for every packet.
  friend bool operator==(const IpAddress& a, const IpAddress& b) noexcept {
    return a.half(0) == b.half(0) && a.half(1) == b.half(1);
  }
  friend std::strong_ordering operator<=>(const IpAddress& a, const IpAddress& b) noexcept {
    const auto upper = a.half(0) <=> b.half(0);
    return upper != 0 ? upper : a.half(1) <=> b.half(1);
  }
};

// Dotted quad, or RFC 5952 text.
std::string to_string(const IpAddress& address);
// "192.0.2.1:443", "[2001:db8::1]:443".
std::string endpoint_text(const IpAddress& address, uint16_t port);
std::optional<IpAddress> parse_ip_address(std::string_view text);

}  // namespace kanaria
