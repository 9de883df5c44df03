// SPDX-License-Identifier: Apache-2.0
// Values of docs/features.md, "rhythm 1", of messages told by hand.
#include "feature/rhythm_values.h"

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "feature/message_window.h"

namespace kanaria::feature {
namespace {

using flow::Direction;

// Times in milliseconds.
class Told {
 public:
  Told& client(int64_t start, uint32_t bytes, int64_t lasts = 0) {
    return add(Direction::kToServer, start * kMillisecond, bytes, lasts * kMillisecond);
  }
  Told& server(int64_t start, uint32_t bytes, int64_t lasts = 0) {
    return add(Direction::kToClient, start * kMillisecond, bytes, lasts * kMillisecond);
  }
  Told& add(Direction direction, Nanoseconds start, uint32_t bytes, Nanoseconds lasts = 0) {
    messages_.push_back({{start}, {start + lasts}, bytes, 1, direction});
    return *this;
  }
  // 0: unknown.
  Told& round_trip(int64_t milliseconds) {
    round_trip_ = milliseconds * kMillisecond;
    return *this;
  }

  std::array<float, kRhythmWidth> values() const {
    std::array<float, kRhythmWidth> all;
    all.fill(std::numeric_limits<float>::quiet_NaN());  // so that what is not written shows
    rhythm_values(messages_, round_trip_, all);
    return all;
  }
  double operator[](std::string_view name) const {
    const auto names = rhythm_value_names();
    for (size_t i = 0; i < names.size(); ++i)
      if (names[i] == name) return static_cast<double>(values()[i]);
    ADD_FAILURE() << "no value is named " << name;
    return 0;
  }

 private:
  static constexpr Nanoseconds kMillisecond = 1'000'000;
  std::vector<flow::Message> messages_;
  Nanoseconds round_trip_ = 0;
};

constexpr double kRounding = 1e-6;  // of float32

// A pool pushes a job, the miner submits a share, the pool accepts it, and so on; r = 0.1 s.
Told mining() {
  Told told;
  told.round_trip(100);
  told.server(0, 300).client(10'000, 180).server(10'100, 60);  // push, spontaneous, reply
  told.server(30'000, 310).client(44'000, 180).server(44'120, 60);
  told.server(60'000, 305).client(61'000, 182).server(61'140, 62);
  return told;
}

TEST(RhythmValues, SharesOfSides) {
  const Told told = mining();
  EXPECT_NEAR(told["up_share"], 3.0 / 9, kRounding);
  EXPECT_NEAR(told["up_bytes_share"], 542.0 / (542 + 915 + 182), kRounding);
  EXPECT_NEAR(told["messages"], 9.0 / 16, kRounding);
}

TEST(RhythmValues, SizesAreMediansOfEachRole) {
  const Told told = mining();
  EXPECT_NEAR(told["up_size"], std::log2(181), kRounding);
  EXPECT_NEAR(told["push_size"], std::log2(306), kRounding);
  EXPECT_NEAR(told["reply_size"], std::log2(61), kRounding);
  // 60, 60, 62, 300, 305, 310
  EXPECT_NEAR(told["down_size"], std::log2(1 + (62 + 300) / 2.0), kRounding);
  EXPECT_NEAR(told["mean_size"], std::log2(1 + 1639 / 9.0), kRounding);
  EXPECT_NEAR(told["largest_size"], std::log2(330.0 / 200), kRounding);
  EXPECT_NEAR(told["up_small"], 1, kRounding);
}

TEST(RhythmValues, RatiosOfSizesAreLogarithmsOfTwentyBytesMore) {
  const Told told = mining();
  EXPECT_NEAR(told["down_to_up"], std::log2(201.0 / 200), kRounding);
  EXPECT_NEAR(told["push_to_reply"], std::log2(325.0 / 80), kRounding);
  EXPECT_NEAR(told["push_to_up"], std::log2(325.0 / 200), kRounding);
  EXPECT_NEAR(told["up_to_reply"], std::log2(200.0 / 80), kRounding);
  EXPECT_NEAR(told["replies_below_push"], 1, kRounding);
}

TEST(RhythmValues, RepliesBelowPushAreThoseOfAtMostSixTenthsOfIt) {
  Told told;
  told.server(0, 300).client(5000, 50).server(5100, 180).client(9000, 50).server(9100, 181);
  EXPECT_EQ(told["replies_below_push"], 0.5);
}

TEST(RhythmValues, RatiosEndAtSixAndAreNothingWhereASideSaysNothing) {
  Told huge;
  huge.client(0, 1).server(10'000, 1'000'000).client(20'000, 1).server(30'000, 1'000'000);
  EXPECT_EQ(huge["down_to_up"], 6);
  EXPECT_EQ(huge["push_to_up"], 6);
  EXPECT_EQ(huge["up_to_reply"], 0) << "10 s later is no reply";
  EXPECT_EQ(huge["push_to_reply"], 0);
}

TEST(RhythmValues, RolesAreCounted) {
  const Told told = mining();
  EXPECT_NEAR(told["push_of_down"], 3.0 / 6, kRounding);
  EXPECT_NEAR(told["answered"], 3.0 / 3, kRounding);
  EXPECT_NEAR(told["push_share"], 3.0 / 9, kRounding);
  EXPECT_NEAR(told["spontaneous_of_up"], 3.0 / 3, kRounding);
}

// Limits by r = 0.1 s: a reply within 0.25 + 0.3 s, spontaneous beyond 0.2 + 0.1 s.
TEST(RhythmValues, AReplyComesRightBehindTheClientWithinAQuarterSecondAndThreeRoundTrips) {
  const auto replies = [](Nanoseconds gap) {
    Told told;
    told.round_trip(100).client(0, 100).add(Direction::kToClient, gap, 50);
    return told["answered"];
  };
  EXPECT_EQ(replies(550'000'000), 1);
  EXPECT_EQ(replies(550'000'001), 0);
  Told second;
  second.round_trip(100).client(0, 100).server(10, 50).server(20, 50);
  EXPECT_EQ(second["answered"], 1) << "the one right behind alone";
  EXPECT_EQ(second["push_of_down"], 0.5);
}

TEST(RhythmValues, ALongMessageOfTheClientIsAnsweredFromItsEnd) {
  Told told;
  told.round_trip(100).client(0, 9000, 3000).server(3500, 50);
  EXPECT_EQ(told["answered"], 1);
  EXPECT_NEAR(told["reply_latency"], std::log2(0.502 / 0.102), kRounding);
}

TEST(RhythmValues, SpontaneousIsWhatComesLongAfterTheServersLastMessageOrBeforeItsFirst) {
  const auto share = [](Nanoseconds after) {
    Told told;
    told.round_trip(100).server(0, 100, 500).add(Direction::kToServer, 500'000'000 + after, 50);
    return told["spontaneous_of_up"];
  };
  EXPECT_EQ(share(300'000'000), 0);
  EXPECT_EQ(share(300'000'001), 1);
  Told first;
  first.client(0, 10).client(1, 10).server(10, 10).client(11, 10);
  EXPECT_NEAR(first["spontaneous_of_up"], 2.0 / 3, kRounding);
}

TEST(RhythmValues, RoundTripIsFiftyMillisecondsWhereUnknownAndBetweenOneAndAThousand) {
  const auto latency = [](int64_t round_trip) {
    Told told;
    told.round_trip(round_trip).client(0, 100).server(248, 50);
    return told["reply_latency"];
  };
  EXPECT_NEAR(latency(0), std::log2(0.25 / 0.052), kRounding);
  EXPECT_NEAR(latency(50), std::log2(0.25 / 0.052), kRounding);
  EXPECT_NEAR(latency(1000), std::log2(0.25 / 1.002), kRounding);
  EXPECT_NEAR(latency(60'000), std::log2(0.25 / 1.002), kRounding);
  EXPECT_EQ(latency(1), 6) << "log2(0.25 / 0.003) is 6.4";
}

TEST(RhythmValues, TurnsAndRuns) {
  Told told;  // up up up down down up
  told.client(0, 9).client(100, 9).client(200, 9).server(300, 9).server(400, 9).client(500, 9);
  EXPECT_NEAR(told["up_up"], 2.0 / 5, kRounding);
  EXPECT_NEAR(told["down_down"], 1.0 / 5, kRounding);
  EXPECT_NEAR(told["turns"], 2.0 / 5, kRounding);
  EXPECT_NEAR(told["longest_run"], 3.0 / 6, kRounding);
}

// Sizes 100, 104, 109, 100, 500 of the client: median 104, deviations 4, 0, 5, 4, 396.
TEST(RhythmValues, DispersionOfSizes) {
  Told told;
  told.client(0, 100).client(1000, 104).client(2000, 109).client(3000, 100).client(4000, 500);
  EXPECT_NEAR(told["up_mad"], 4.0 / 104, kRounding);
  EXPECT_NEAR(told["up_equal"], 3.0 / 5, kRounding) << "100, 104 and 100";
  EXPECT_NEAR(told["up_near"], 4.0 / 5, kRounding) << "within 16 of each other";
  // 10th percentile: rank 0.4 between 100 and 100; 90th: rank 3.6 between 109 and 500: 343.6.
  EXPECT_NEAR(told["up_spread"], (343.6 - 100) / 104 / 3, kRounding);
  EXPECT_NEAR(told["up_distinct"], 4.0 / 5, kRounding);
  EXPECT_EQ(told["up_repeat"], 0) << "none of 4, 5, 9, 400 is at most 3";
}

TEST(RhythmValues, LargeSizesAreNearWithinFourPercent) {
  Told told;
  told.client(0, 1000).client(1000, 1040).client(2000, 1081);
  EXPECT_NEAR(told["up_near"], 1, kRounding) << "41.6 and 41 of 1040";
  EXPECT_NEAR(told["up_equal"], 1.0 / 3, kRounding);
}

// Gaps 1, 2, 3, 4 s; the middle message lasts 0.5 s.
TEST(RhythmValues, GapsAndDuration) {
  Told told;
  told.client(0, 9).client(1000, 9).client(3000, 9, 500).client(6500, 9).client(10'500, 9);
  EXPECT_NEAR(told["gap_p10"], std::log10(1.3), kRounding);
  EXPECT_NEAR(told["gap_p25"], std::log10(1.75), kRounding);
  EXPECT_NEAR(told["gap_p50"], std::log10(2.5), kRounding);
  EXPECT_NEAR(told["gap_p75"], std::log10(3.25), kRounding);
  EXPECT_NEAR(told["gap_p90"], std::log10(3.7), kRounding);
  EXPECT_NEAR(told["duration"], std::log10(10.5), kRounding);
  EXPECT_NEAR(told["longest_gap"], 4 / 10.5, kRounding);
  EXPECT_NEAR(told["pauses"], 3.0 / 4, kRounding) << "exactly 1 s is none";
  const double deviation = std::sqrt(1.25);  // of 1 … 4 over n
  EXPECT_NEAR(told["gap_burstiness"], (deviation - 2.5) / (deviation + 2.5), kRounding);
}

// Pushes at 0, 30 and 60 s, shares at 10, 44 and 61 s: 34 and 17 s apart.
TEST(RhythmValues, TimesBetweenStartsOfEachRole) {
  const Told told = mining();
  EXPECT_NEAR(told["push_interval"], std::log10(30), kRounding);
  EXPECT_NEAR(told["push_burstiness"], -1, kRounding);
  EXPECT_NEAR(told["push_exponential"], 1 - std::exp(-1), kRounding);
  EXPECT_NEAR(told["push_regular"], 1, kRounding);
  for (const std::string role : {"up", "spontaneous"}) {
    EXPECT_NEAR(told[role + "_interval"], std::log10(25.5), kRounding);
    EXPECT_NEAR(told[role + "_burstiness"], (8.5 - 25.5) / (8.5 + 25.5), kRounding);
    // In means 2/3 and 4/3: the first step is 1 − e^−2/3 = 0.487 high, the second begins at 1/2.
    EXPECT_NEAR(told[role + "_exponential"], 1 - std::exp(-2.0 / 3), kRounding);
    EXPECT_EQ(told[role + "_regular"], 0) << "neither is within 10 % of 25.5";
  }
}

TEST(RhythmValues, RegularIncludesTimesExactlyATenthFromTheMedian) {
  Told told;  // 10, 11, 9 and 12 s apart: median 10.5
  told.client(0, 9).client(10'000, 9).client(21'000, 9).client(30'000, 9).client(42'000, 9);
  EXPECT_EQ(told["up_regular"], 0.5) << "10 and 11";
  Told edge;  // 9, 10 and 11 s
  edge.client(0, 9).client(9000, 9).client(19'000, 9).client(30'000, 9);
  EXPECT_EQ(edge["up_regular"], 1);
}

// Replies after 100, 120 and 140 ms at a round trip of 100 ms.
TEST(RhythmValues, LatenciesOfReplies) {
  const Told told = mining();
  EXPECT_NEAR(told["reply_latency"], std::log2(0.122 / 0.102), kRounding);
  EXPECT_NEAR(told["reply_latency_mad"], 20.0 / 120, kRounding);
  EXPECT_EQ(told["reply_locked"], 1) << "all within 220 ms";
  Told slow;
  slow.round_trip(100).client(0, 9).server(220, 9).client(5000, 9).server(5221, 9);
  EXPECT_EQ(slow["reply_locked"], 0.5);
}

TEST(RhythmValues, OfAnEmptySetAreZero) {
  Told one_sided;
  for (int i = 0; i < 8; ++i) one_sided.client(i * 5000, 100);
  for (const std::string name :
       {"down_size",         "push_size",        "reply_size",   "down_to_up",
        "push_to_reply",     "push_to_up",       "up_to_reply",  "replies_below_push",
        "push_mad",          "push_equal",       "push_near",    "push_spread",
        "push_distinct",     "push_repeat",      "push_of_down", "answered",
        "push_share",        "down_down",        "turns",        "push_interval",
        "push_burstiness",   "push_exponential", "push_regular", "reply_latency",
        "reply_latency_mad", "reply_locked"})
    EXPECT_EQ(one_sided[name], 0) << name;
  Told pushed;
  for (int i = 0; i < 8; ++i) pushed.server(i * 5000, 100);
  for (const std::string name :
       {"up_share", "up_bytes_share", "up_size", "up_small", "up_mad", "up_equal", "up_near",
        "up_spread", "up_distinct", "up_repeat", "spontaneous_equal", "spontaneous_near",
        "answered", "spontaneous_of_up", "up_up", "spontaneous_interval", "up_interval",
        "up_regular"})
    EXPECT_EQ(pushed[name], 0) << name;
  EXPECT_EQ(pushed["push_share"], 1);
}

TEST(RhythmValues, ASingleOneOfARoleHasNoTimesBetween) {
  Told told;
  told.server(0, 100).client(5000, 50).client(6000, 50);
  for (const std::string name :
       {"push_interval", "push_burstiness", "push_exponential", "push_regular", "push_repeat"})
    EXPECT_EQ(told[name], 0) << name;
}

// Captures claim any time and size they like.
TEST(RhythmValues, AreFiniteWhateverCaptureClaim) {
  std::vector<Told> odd(6);
  for (int i = 0; i < 16; ++i) {
    const auto side = i % 2 == 0 ? Direction::kToServer : Direction::kToClient;
    odd[0].add(side, 0, 100);                // all at once
    odd[1].add(Direction::kToServer, 0, 1);  // one direction alone, at once
    odd[2].add(Direction::kToClient, 0, UINT32_MAX);
    odd[3].add(side, -i * 1'000'000'000LL, 0);  // backwards, of no bytes
    odd[4].add(side, i % 3 == 0 ? INT64_MAX / 4 : INT64_MIN / 4, UINT32_MAX - 1);
    odd[5].add(side, i, 1, i % 2 == 0 ? 1'000'000 : 0);  // overlapping
  }
  for (size_t which = 0; which < odd.size(); ++which)
    for (const int64_t round_trip : {0, 1, 100'000}) {
      const auto values = odd[which].round_trip(round_trip).values();
      for (size_t i = 0; i < values.size(); ++i)
        EXPECT_TRUE(std::isfinite(values[i])) << rhythm_value_names()[i] << " of " << which;
    }
}

TEST(RhythmValues, TwoMessagesAreEnough) {
  Told told;
  told.client(0, 10).server(10, 10);
  for (const float value : told.values()) EXPECT_TRUE(std::isfinite(value));
}

TEST(RhythmValues, OfMessagesThatComeAtOnceAreTheLeastTimes) {
  Told told;
  for (int i = 0; i < 8; ++i) told.client(5, 100);
  EXPECT_EQ(told["gap_p50"], -4);
  EXPECT_EQ(told["up_interval"], -4);
  EXPECT_EQ(told["duration"], -3);
  EXPECT_EQ(told["longest_gap"], 0);
  EXPECT_EQ(told["up_regular"], 1) << "0 is within 10 % of 0";
}

// Neither when it was recorded nor how long ago is in a row.
TEST(RhythmValues, DoNotChangeWithTheClock) {
  Random random(3);
  Told now, later;
  for (int i = 0; i < 16; ++i) {
    const auto side = random.below(2) == 0 ? Direction::kToServer : Direction::kToClient;
    const auto time = static_cast<Nanoseconds>(random.below(1'000'000'000)) + i * kSecond;
    const auto bytes = static_cast<uint32_t>(1 + random.below(900));
    now.add(side, time, bytes);
    later.add(side, time + 20 * 365 * 86'400 * kSecond, bytes);
  }
  EXPECT_EQ(now.values(), later.values());
}

}  // namespace
}  // namespace kanaria::feature
