// SPDX-License-Identifier: Apache-2.0
#include "lab/path/link_table.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include <fmt/format.h>

namespace kanaria::lab {
namespace {

constexpr size_t kWords = 6;
// Choices: far beyond any path on earth, far below an overflow of nanoseconds.
constexpr int64_t kMostDelayUs = 60'000'000;
constexpr int64_t kMostHops = 254;
constexpr int64_t kMostRateKbit = 1'000'000'000;

struct Prefix {
  IpAddress address;
  unsigned bits;  // of IpAddress::bytes
};

IpVersion version_of(const IpAddress& address) {
  return address.is_v4() ? IpVersion::kV4 : IpVersion::kV6;
}

IpAddress cut(IpAddress address, unsigned bits) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept = std::clamp(bits, 8 * i, 8 * i + 8) - 8 * i;
    address.bytes[i] &= static_cast<uint8_t>(0xff00 >> kept);
  }
  return address;
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text, Number most) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  // Written so that "nan" fails too.
  if (fault != std::errc{} || stop != end || !(number >= 0 && number <= most)) return std::nullopt;
  return number;
}

std::optional<Prefix> parse_prefix(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned width = address->is_v4() ? 32 : 128;
  const auto bits =
      slash == text.npos ? width : parse_number<unsigned>(text.substr(slash + 1), width);
  if (!bits) return std::nullopt;
  const Prefix prefix{*address, 128 - width + *bits};
  // Bits behind the length are a slip of the pen: one does not know which of both was meant.
  if (cut(prefix.address, prefix.bits) != prefix.address) return std::nullopt;
  return prefix;
}

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream stream{std::string(line.substr(0, line.find('#')))};
  return {std::istream_iterator<std::string>(stream), {}};
}

Error bad_word(std::string_view word, std::string_view expected) {
  return Error{fmt::format("'{}' is not {}", word, expected)};
}

// Of the words behind the prefix.
Result<Link> parse_link(const std::vector<std::string>& words) {
  const auto delay_us = parse_number(words[1], kMostDelayUs);
  if (!delay_us) return bad_word(words[1], "a delay in whole microseconds of at most a minute");
  const auto jitter_us = parse_number(words[2], kMostDelayUs);
  if (!jitter_us) return bad_word(words[2], "a jitter in whole microseconds of at most a minute");
  const auto hops = parse_number(words[3], kMostHops);
  if (!hops) return bad_word(words[3], "a number of hops from 0 to 254");
  const auto loss = parse_number(words[4], 1.0);
  if (!loss) return bad_word(words[4], "a share of lost packets from 0 to 1");
  const auto rate_kbit = parse_number(words[5], kMostRateKbit);
  if (!rate_kbit) return bad_word(words[5], "a rate in whole kbit/s of at most 1000000000");
  return Link{.delay_ns = *delay_us * 1000,
              .jitter_ns = *jitter_us * 1000,
              .hops = static_cast<unsigned>(*hops),
              .loss = *loss,
              .rate_kbit = *rate_kbit};
}

}  // namespace

Result<LinkTable> LinkTable::read(const std::string& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf()))
    return Error{fmt::format("{}: cannot be read, or is empty", file)};
  return parse(text.str(), file);
}

Result<LinkTable> LinkTable::parse(std::string_view text, const std::string& name) {
  LinkTable table;
  for (size_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const Status added = table.add(text.substr(0, end));
    if (!added) return Error{fmt::format("{}:{}: {}", name, line, added.error().sentence)};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return table;
}

Status LinkTable::add(std::string_view line) {
  const std::vector<std::string> words = words_of(line);
  if (words.empty()) return Done{};
  if (words.size() != kWords)
    return Error{
        fmt::format("has {} words instead of PREFIX ONE_WAY_DELAY_US JITTER_US HOPS LOSS RATE_KBIT",
                    words.size())};
  const auto prefix = parse_prefix(words[0]);
  if (!prefix) return bad_word(words[0], "a prefix such as 10.20.0.0/24 or 2001:db8::/32");
  Result<Link> link = parse_link(words);
  if (!link) return link.error();
  link->number = size_ + 1;

  const IpVersion version = version_of(prefix->address);
  auto length = std::find_if(lengths_.begin(), lengths_.end(), [&](const Prefixes& prefixes) {
    return prefixes.bits < prefix->bits ||
           (prefixes.bits == prefix->bits && prefixes.version == version);
  });
  if (length == lengths_.end() || length->bits < prefix->bits)
    length = lengths_.insert(length, {version, prefix->bits, {}});
  if (!length->links.emplace(prefix->address, *link).second)
    return Error{fmt::format("'{}' stands there twice", words[0])};
  ++size_;
  return Done{};
}

const Link& LinkTable::find(const IpAddress& address) const {
  static const Link kNone;
  const IpVersion version = version_of(address);
  for (const Prefixes& prefixes : lengths_) {
    if (prefixes.version != version) continue;
    const auto found = prefixes.links.find(cut(address, prefixes.bits));
    if (found != prefixes.links.end()) return found->second;
  }
  return kNone;
}

}  // namespace kanaria::lab
