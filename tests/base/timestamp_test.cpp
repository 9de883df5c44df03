// SPDX-License-Identifier: Apache-2.0
#include "base/timestamp.h"

#include <limits>

#include <gtest/gtest.h>

namespace kanaria {
namespace {

constexpr Timestamp kEarliest{std::numeric_limits<Nanoseconds>::min()};
constexpr Timestamp kLatest{std::numeric_limits<Nanoseconds>::max()};
// date -u -d @1795424400 → Mon Nov 23 09:00:00 UTC 2026
constexpr Timestamp kMorning{1'795'424'400'123'456'789};

TEST(Timestamp, EveTimeIsUtcWithMicroseconds) {
  EXPECT_EQ(eve_time(kMorning), "2026-11-23T09:00:00.123456+0000");
}

TEST(Timestamp, DisplayTimeStopsAtSeconds) {
  EXPECT_EQ(display_time(kMorning), "2026-11-23 09:00:00");
}

TEST(Timestamp, EpochTimeHasNineDecimals) {
  EXPECT_EQ(epoch_time(kMorning), "1795424400.123456789");
  EXPECT_EQ(epoch_time(Timestamp{1}), "0.000000001");
}

TEST(Timestamp, TheEpochItselfIsPrinted) {
  EXPECT_EQ(eve_time(Timestamp{0}), "1970-01-01T00:00:00.000000+0000");
  EXPECT_EQ(epoch_time(Timestamp{0}), "0.000000000");
}

TEST(Timestamp, CalendarTimesBefore1970CountFractionsForward) {
  EXPECT_EQ(eve_time(Timestamp{-1}), "1969-12-31T23:59:59.999999+0000");
  EXPECT_EQ(display_time(Timestamp{-kSecond}), "1969-12-31 23:59:59");
}

TEST(Timestamp, EpochTimeBefore1970IsANegativeDecimal) {
  EXPECT_EQ(epoch_time(Timestamp{-kSecond / 2}), "-0.500000000");
  EXPECT_EQ(epoch_time(Timestamp{-3 * kSecond / 2}), "-1.500000000");
  EXPECT_EQ(epoch_time(Timestamp{-2 * kSecond}), "-2.000000000");
}

// Captures claim any time they like: 2^63 ns are 292 years on either side of 1970.
TEST(Timestamp, TheExtremesArePrintedWithoutOverflow) {
  EXPECT_EQ(eve_time(kEarliest), "1677-09-21T00:12:43.145224+0000");
  EXPECT_EQ(eve_time(kLatest), "2262-04-11T23:47:16.854775+0000");
  EXPECT_EQ(display_time(kEarliest), "1677-09-21 00:12:43");
  EXPECT_EQ(epoch_time(kEarliest), "-9223372036.854775808");
  EXPECT_EQ(epoch_time(kLatest), "9223372036.854775807");
}

TEST(Timestamp, EpochTimeIsReadBackToTheNanosecond) {
  for (const Timestamp time : {kEarliest, kLatest, Timestamp{0}, Timestamp{-1}, Timestamp{1},
                               Timestamp{1'700'000'000'123'456'789}})
    EXPECT_EQ(parse_epoch_time(epoch_time(time)), time) << epoch_time(time);
  EXPECT_EQ(parse_epoch_time("12"), Timestamp{12 * kSecond});
  EXPECT_EQ(parse_epoch_time("-1.5"), Timestamp{-3 * kSecond / 2});
}

TEST(Timestamp, WhatIsNoEpochTimeIsNotRead) {
  for (const char* text :
       {"", "-", ".", "1.", ".5", "1e9", "+1", " 1", "1 ", "1.0000000000", "1.2.3", "--1", "1.-5",
        "nan", "9223372036.854775808", "-9223372036.854775809", "10000000000", "99999999999"})
    EXPECT_EQ(parse_epoch_time(text), std::nullopt) << text;
}

TEST(Timestamp, DifferencesWrapInsteadOfOverflowing) {
  EXPECT_EQ(kEarliest - kLatest, 1);
  EXPECT_EQ(kLatest + 1, kEarliest);
  EXPECT_EQ(Timestamp{5} - Timestamp{7}, -2);
}

TEST(Duration, UnitGrowsWithTheLength) {
  EXPECT_EQ(display_duration(0), "0 s");
  EXPECT_EQ(display_duration(45 * kSecond), "45 s");
  EXPECT_EQ(display_duration(12 * kMinute), "12 min");
  EXPECT_EQ(display_duration(210 * kMinute), "3.5 h");
  EXPECT_EQ(display_duration(50 * 60 * kMinute + 24 * kMinute), "2.1 d");
}

}  // namespace
}  // namespace kanaria
