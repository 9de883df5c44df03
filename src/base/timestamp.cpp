// SPDX-License-Identifier: Apache-2.0
#include "base/timestamp.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>

namespace kanaria {
namespace {

struct Split {
  std::tm utc{};
  Nanoseconds fraction = 0;  // 0 … 999'999'999, also before 1970
};

Split split(Timestamp time) {
  Split parts;
  std::time_t whole = time.ns / kSecond;
  parts.fraction = time.ns % kSecond;
  if (parts.fraction < 0) {
    whole -= 1;
    parts.fraction += kSecond;
  }
  gmtime_r(&whole, &parts.utc);
  return parts;
}

}  // namespace

std::string eve_time(Timestamp time) {
  const auto [utc, fraction] = split(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+0000", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     fraction / 1000);
}

std::string display_time(Timestamp time) {
  const auto [utc, fraction] = split(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string epoch_time(Timestamp time) {
  const Nanoseconds fraction = time.ns % kSecond;  // negative before 1970
  return fmt::format("{}{}.{:09}", time.ns < 0 ? "-" : "", std::abs(time.ns / kSecond),
                     std::abs(fraction));
}

std::optional<Timestamp> parse_epoch_time(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string fraction(text.substr(std::min(point + 1, text.size())));
  if (whole.empty() || whole.size() > 10 || fraction.size() > 9) return std::nullopt;
  if (point < text.size() && fraction.empty()) return std::nullopt;
  fraction.resize(9, '0');
  uint64_t ns = 0;  // 19 digits at the most: below 2^64
  for (const char digit : std::string(whole) + fraction) {
    if (digit < '0' || digit > '9') return std::nullopt;
    ns = ns * 10 + static_cast<uint64_t>(digit - '0');
  }
  const uint64_t limit = (uint64_t{1} << 63) - (negative ? 0 : 1);
  if (ns > limit) return std::nullopt;
  return Timestamp{static_cast<Nanoseconds>(negative ? -ns : ns)};
}

std::string display_duration(Nanoseconds duration) {
  const double s = seconds(duration);
  if (s < 100) return fmt::format("{:.0f} s", s);
  if (s < 6000) return fmt::format("{:.0f} min", s / 60);
  if (s < 48 * 3600) return fmt::format("{:.1f} h", s / 3600);
  return fmt::format("{:.1f} d", s / 86400);
}

}  // namespace kanaria
