// SPDX-License-Identifier: Apache-2.0
// A policy from its TOML file (docs/policy.md).
#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "detect/policy.h"

namespace kanaria::detect {
namespace {

constexpr std::string_view kEntries = "authorised";
constexpr std::array<std::string_view, 5> kKeys{"cidr", "server", "server_port", "until", "note"};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// Reads one key after the other; the first fault is kept, without file and entry.
class EntryReader {
 public:
  explicit EntryReader(const toml::table& entry) : entry_(entry) {
    for (const auto& [key, node] : entry)
      if (std::find(kKeys.begin(), kKeys.end(), key.str()) == kKeys.end())
        fail(key.str(), fmt::format("is not known; it is one of {}", fmt::join(kKeys, ", ")));
  }

  Authorisation read() {
    Authorisation authorisation;
    const auto clients = block("cidr");
    if (!entry_.contains("cidr")) fail("cidr", "is missing: it names the hosts that may mine");
    if (clients) authorisation.clients = *clients;
    authorisation.servers = block("server");
    authorisation.server_port = port("server_port");
    authorisation.until = date("until");
    authorisation.note = text("note");
    return authorisation;
  }

  const std::optional<std::string>& fault() const { return fault_; }

 private:
  std::optional<CidrBlock> block(std::string_view key) {
    const auto* node = entry_.get(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::string_view>();
    auto block = parse_cidr_block(value.value_or(""));
    if (block) return *block;
    fail(key,
         value ? fmt::format("'{}' {}", *value, block.error().sentence) : block.error().sentence);
    return std::nullopt;
  }

  std::optional<uint16_t> port(std::string_view key) {
    const auto* node = entry_.get(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<int64_t>();
    if (value && *value >= 1 && *value <= 65535) return static_cast<uint16_t>(*value);
    fail(key, "is no port from 1 to 65535");
    return std::nullopt;
  }

  std::optional<std::chrono::sys_days> date(std::string_view key) {
    const auto* node = entry_.get(key);
    if (node == nullptr) return std::nullopt;
    if (const auto value = node->value_exact<toml::date>())
      return std::chrono::year(value->year) / value->month / value->day;
    fail(key, "is no date such as 2026-12-31, without quotes and time");
    return std::nullopt;
  }

  std::string text(std::string_view key) {
    const auto* node = entry_.get(key);
    if (node == nullptr) return "";
    const auto value = node->value_exact<std::string>();
    if (value && std::none_of(value->begin(), value->end(), is_control)) return *value;
    fail(key, "is no line of text");
    return "";
  }

  void fail(std::string_view key, std::string_view what) {
    if (!fault_) fault_ = fmt::format("'{}' {}", key, what);
  }

  const toml::table& entry_;
  std::optional<std::string> fault_;
};

Error at_line(const std::string& path, const toml::node& node, std::string_view what) {
  return {fmt::format("{}: line {}: {}; see docs/policy.md", path, node.source().begin.line, what)};
}

bool is_list_of_tables(const toml::node& node) {
  const auto* list = node.as_array();
  return list != nullptr && std::all_of(list->begin(), list->end(),
                                        [](const toml::node& item) { return item.is_table(); });
}

Result<Policy> read_policy(const std::string& path, const toml::table& table) {
  for (const auto& [key, node] : table) {
    if (key.str() != kEntries)
      return at_line(path, node,
                     fmt::format("'{}' is not known; entries are [[{}]]", key.str(), kEntries));
    if (!is_list_of_tables(node))
      return at_line(path, node,
                     fmt::format("'{}' is no list of entries; write [[{}]]", kEntries, kEntries));
  }
  Policy policy;
  const auto* entries = table.get_as<toml::array>(kEntries);
  for (size_t i = 0; entries != nullptr && i < entries->size(); ++i) {
    const toml::table& entry = *entries->get(i)->as_table();
    EntryReader reader(entry);
    policy.authorised.push_back(reader.read());
    if (const auto& fault = reader.fault())
      return at_line(path, entry, fmt::format("entry {}: {}", i + 1, *fault));
  }
  return policy;
}

}  // namespace

Result<Policy> load_policy(const std::string& path) {
  const Error unreadable{fmt::format("{}: the policy cannot be read; check the path", path)};
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) return unreadable;  // would read as empty
  try {
    return read_policy(path, toml::parse_file(path));
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    if (line == 0) return unreadable;
    return Error{fmt::format("{}: line {}: {}; correct it", path, line, error.description())};
  }
}

}  // namespace kanaria::detect
