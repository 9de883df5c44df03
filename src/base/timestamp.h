// SPDX-License-Identifier: Apache-2.0
// Points in time and durations in nanoseconds. Packet time only: nothing here reads a clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kanaria {

using Nanoseconds = int64_t;
inline constexpr Nanoseconds kSecond = 1'000'000'000;
inline constexpr Nanoseconds kMinute = 60 * kSecond;

constexpr double seconds(Nanoseconds duration) { return static_cast<double>(duration) * 1e-9; }

// Nanoseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  Nanoseconds ns = 0;

  friend constexpr bool operator==(Timestamp, Timestamp) = default;
  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
  friend constexpr Nanoseconds operator-(Timestamp a, Timestamp b) {
    // Wraps instead of overflowing: hostile captures may claim any two times.
    return static_cast<Nanoseconds>(static_cast<uint64_t>(a.ns) - static_cast<uint64_t>(b.ns));
  }
  friend constexpr Timestamp operator+(Timestamp a, Nanoseconds d) {
    return {static_cast<Nanoseconds>(static_cast<uint64_t>(a.ns) + static_cast<uint64_t>(d))};
  }
};

// "2026-11-23T09:00:00.123456+0000": the form of Suricata's EVE, always UTC.
std::string eve_time(Timestamp time);
// "2026-11-23 09:00:00": for people, UTC.
std::string display_time(Timestamp time);
// "1795424400.123456789": epoch seconds with nine decimals.
std::string epoch_time(Timestamp time);
// The time that epoch_time printed; up to nine decimals, no exponent. nullopt: no such text, or a
// time beyond 292 years from 1970.
std::optional<Timestamp> parse_epoch_time(std::string_view text);
// "45 s", "12 min", "3.5 h", "2.1 d".
std::string display_duration(Nanoseconds duration);

}  // namespace kanaria
