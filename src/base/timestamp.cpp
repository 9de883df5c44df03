// SPDX-License-Identifier: Apache-2.0
#include "base/timestamp.h"

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

std::string display_duration(Nanoseconds duration) {
  const double s = seconds(duration);
  if (s < 100) return fmt::format("{:.0f} s", s);
  if (s < 6000) return fmt::format("{:.0f} min", s / 60);
  if (s < 48 * 3600) return fmt::format("{:.1f} h", s / 3600);
  return fmt::format("{:.1f} d", s / 86400);
}

}  // namespace kanaria
