// SPDX-License-Identifier: Apache-2.0
#include "base/ip_address.h"

#include <arpa/inet.h>

#include <fmt/format.h>

namespace kanaria {

std::string to_string(const IpAddress& address) {
  char text[INET6_ADDRSTRLEN];
  if (address.is_v4())
    inet_ntop(AF_INET, &address.bytes[12], text, sizeof text);
  else
    inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
  return text;
}

std::string endpoint_text(const IpAddress& address, uint16_t port) {
  return address.is_v4() ? fmt::format("{}:{}", to_string(address), port)
                         : fmt::format("[{}]:{}", to_string(address), port);
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  if (text.find('\0') != text.npos) return std::nullopt;  // inet_pton would stop there
  const std::string terminated(text);
  std::array<uint8_t, 16> octets{};
  if (inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1)
    return IpAddress::v4(octets.data());
  if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1)
    return IpAddress::v6(octets.data());
  return std::nullopt;
}

}  // namespace kanaria
