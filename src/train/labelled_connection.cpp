// SPDX-License-Identifier: Apache-2.0
#include "train/labelled_connection.h"

#include <charconv>

#include <fmt/format.h>

namespace kanaria::train {
namespace {

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc{} && end == text.data() + text.size();
}

bool parse_endpoint(std::string_view text, IpAddress& address, uint16_t& port) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos || !parse_number(text.substr(colon + 1), port)) return false;
  text = text.substr(0, colon);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const auto parsed = parse_ip_address(text);
  if (parsed) address = *parsed;
  return parsed.has_value();
}

}  // namespace

std::string connection_name(const flow::Ends& ends, uint64_t number) {
  return fmt::format("{}-{}#{}", endpoint_text(ends.client, ends.client_port),
                     endpoint_text(ends.server, ends.server_port), number);
}

std::optional<NamedConnection> parse_connection_name(std::string_view name) {
  const size_t dash = name.find('-');
  const size_t hash = name.rfind('#');
  if (dash == name.npos || hash == name.npos || hash < dash) return std::nullopt;
  NamedConnection named;
  const bool parsed =
      parse_endpoint(name.substr(0, dash), named.ends.client, named.ends.client_port) &&
      parse_endpoint(name.substr(dash + 1, hash - dash - 1), named.ends.server,
                     named.ends.server_port) &&
      parse_number(name.substr(hash + 1), named.number);
  return parsed ? std::optional(named) : std::nullopt;
}

}  // namespace kanaria::train
