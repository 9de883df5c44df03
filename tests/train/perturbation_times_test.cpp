// SPDX-License-Identifier: Apache-2.0
// Perturbations of docs/dataset.md that change when messages come, and in how many pieces, against
// their definitions on random sequences.
#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/perturbed.h"

namespace kanaria::train {
namespace {

using flow::Direction;
using testing::ElementsAre;
using testing::ElementsAreArray;

TEST(Jitter, DelaysEachMessageByUpToItsAmountAndKeepsEachSidesOrder) {
  const auto sequence = in_turn(3000);  // 2 s apart: nobody overtakes
  const auto after = perturbed(sequence, "jitter:0.5");
  ASSERT_EQ(after.size(), sequence.size());
  double sum = 0;
  for (size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].segment.bytes, sequence[i].segment.bytes);
    const Nanoseconds delay = after[i].time - sequence[i].time;
    ASSERT_GE(delay, 0);
    ASSERT_LE(delay, kSecond / 2);
    sum += seconds(delay);
  }
  EXPECT_NEAR(sum / static_cast<double>(after.size()), 0.25, 0.02);
  for (const auto& crowded : sequences())
    for (const Direction side : {Direction::kToServer, Direction::kToClient}) {
      const auto bytes = [&](const SegmentSequence& of) {
        std::vector<uint32_t> all;
        for (const auto& s : of_side(of, side)) all.push_back(std::get<2>(s));
        return all;
      };
      EXPECT_THAT(bytes(perturbed(crowded, "jitter:30")), ElementsAreArray(bytes(crowded)));
    }
}

TEST(Delay, MovesTheServersSegmentsAlone) {
  for (const auto& sequence : sequences()) {
    const auto after = perturbed(sequence, "delay:0.25");
    EXPECT_EQ(of_side(after, Direction::kToServer), of_side(sequence, Direction::kToServer));
    Plain later = of_side(sequence, Direction::kToClient);
    for (auto& [time, side, bytes] : later) time += kSecond / 4;
    EXPECT_EQ(of_side(after, Direction::kToClient), later);
  }
}

std::vector<Nanoseconds> round_trips(const SegmentSequence& sequence) {
  std::vector<Nanoseconds> all;
  for (const auto& s : sequence) all.push_back(s.round_trip);
  return all;
}

// A longer path is in the round trip, and slower is slower; an unknown one stays unknown.
TEST(RoundTrip, FollowsDelayAndSpeedWhereItIsKnown) {
  SegmentSequence sequence = SequenceBuilder().client(0, 5).server(50, 5).client(90, 5).sequence();
  sequence[1].round_trip = 50'000'000;
  sequence[2].round_trip = 40'000'000;
  EXPECT_THAT(round_trips(perturbed(sequence, "delay:0.01")),
              ElementsAre(0, 60'000'000, 50'000'000));
  EXPECT_THAT(round_trips(perturbed(sequence, "speed:2")), ElementsAre(0, 25'000'000, 20'000'000));
  sequence[2].round_trip = 1;
  EXPECT_THAT(round_trips(perturbed(sequence, "speed:100")), ElementsAre(0, 500'000, 1));
  EXPECT_THAT(round_trips(perturbed(sequence, "offset:9")), ElementsAre(0, 50'000'000, 1));
}

TEST(Splitting, CutsAShareOfTheMessagesInTwoAndKeepsTheirBytes) {
  SequenceBuilder builder;  // no part is ever full: each cut shows
  for (int i = 0; i < 2000; ++i)
    i % 2 == 0 ? builder.client(i * 2000, 900) : builder.server(i * 2000, 900);
  const auto sequence = builder.sequence();
  const auto after = perturbed(sequence, "splitting:0.3");
  const auto sizes = message_sizes(after);
  // Standard deviation: sqrt(2000 · .3 · .7) = 20.
  EXPECT_NEAR(static_cast<double>(sizes.size()), 2600, 100);
  EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), uint64_t{0}), 2000U * 900);
  double first_parts = 0;
  for (size_t m = 0; m < sizes.size(); ++m) {
    if (sizes[m] == 900) continue;
    EXPECT_EQ(sizes[m] + sizes[m + 1], 900U);
    first_parts += static_cast<double>(sizes[m++]);
  }
  EXPECT_NEAR(first_parts / static_cast<double>(sizes.size() - 2000), 450, 55);
}

TEST(Splitting, KeepsBytesAndTimesOfAnySequence) {
  for (const auto& sequence : sequences()) {
    const auto after = perturbed(sequence, "splitting:1");
    EXPECT_EQ(bytes_of(after), bytes_of(sequence));
    EXPECT_LE(after.size(), sequence.size() + messages_of(sequence).size());
    EXPECT_EQ(after.front().time, sequence.front().time);
    EXPECT_EQ(after.back().time, sequence.back().time);
  }
}

TEST(Splitting, AMessageOfOneByteStaysWhole) {
  EXPECT_EQ(perturbed(SequenceBuilder().client(0, 1).sequence(), "splitting:1").size(), 1U);
}

TEST(Merging, JoinsOneSidesMessagesThatBeginWithinItsTimeOfTheFirst) {
  const auto sequence = SequenceBuilder()
                            .client(0, 10)
                            .client(60, 20)
                            .client(100, 30)  // within 0.1 s of the first
                            .client(101, 40)  // begins the next
                            .server(110, 50)  // the other side ends it
                            .client(120, 1200)
                            .client(130, 900)
                            .sequence();
  const auto after = perturbed(sequence, "merging:0.1");
  EXPECT_THAT(message_sizes(after), ElementsAre(60, 40, 50, 2100));
  EXPECT_EQ(after.front().time, Timestamp{100'000'000});  // when the last of them is written
  EXPECT_EQ(after.back().time, Timestamp{130'000'000});
  EXPECT_EQ(after.size(), 6U);  // 1000 + 1000 + 100
}

TEST(Merging, KeepsTheBytesOfEachSide) {
  for (const auto& sequence : sequences())
    for (const Direction side : {Direction::kToServer, Direction::kToClient}) {
      const auto bytes = [&](const SegmentSequence& of) {
        uint64_t sum = 0;
        for (const auto& s : of_side(of, side)) sum += std::get<2>(s);
        return sum;
      };
      const auto after = perturbed(sequence, "merging:1.5");
      EXPECT_EQ(bytes(after), bytes(sequence));
      EXPECT_LE(message_sizes(after).size(), message_sizes(sequence).size());
    }
}

// The retransmission timeout added to the lost segments of a sequence; 0: none was lost.
Nanoseconds timeout_of(const SegmentSequence& sequence) {
  const auto after = perturbed(sequence, "loss:1");
  return after.front().time - sequence.front().time;
}

TEST(Loss, DelaysByTwiceTheFastestAnswerWithinItsLimits) {
  const auto answered_after = [](Nanoseconds milliseconds) {
    return SequenceBuilder()
        .client(0, 10)
        .server(milliseconds, 20)
        .client(9000, 10)
        .server(9900, 10)
        .sequence();
  };
  EXPECT_EQ(timeout_of(answered_after(20)), kSecond / 5);
  EXPECT_EQ(timeout_of(answered_after(150)), 3 * kSecond / 10);
  EXPECT_EQ(timeout_of(answered_after(800)), kSecond);
  EXPECT_EQ(timeout_of(SequenceBuilder().client(0, 10).sequence()), kSecond);
}

TEST(Loss, HitsAShareOfTheSegmentsAndKeepsThemAll) {
  const auto sequence = in_turn(2000);
  const auto after = perturbed(sequence, "loss:0.1");
  ASSERT_EQ(after.size(), sequence.size());
  EXPECT_EQ(bytes_of(after), bytes_of(sequence));
  Plain kept, old_ones = plain(sequence), new_ones = plain(after);
  std::sort(old_ones.begin(), old_ones.end());
  std::sort(new_ones.begin(), new_ones.end());
  std::set_intersection(old_ones.begin(), old_ones.end(), new_ones.begin(), new_ones.end(),
                        std::back_inserter(kept));
  const auto lost = static_cast<double>(sequence.size() - kept.size());
  const auto expected = 0.1 * static_cast<double>(sequence.size());
  EXPECT_NEAR(lost, expected, expected / 4);
}

TEST(Speed, DividesEveryGap) {
  for (const auto& sequence : sequences()) {
    const auto after = perturbed(sequence, "speed:2");
    ASSERT_EQ(after.size(), sequence.size());
    EXPECT_EQ(after.front().time, sequence.front().time);
    for (size_t i = 0; i < after.size(); ++i)
      EXPECT_NEAR(static_cast<double>(after[i].time - after[0].time),
                  static_cast<double>(sequence[i].time - sequence[0].time) / 2, 1.5);
  }
}

}  // namespace
}  // namespace kanaria::train
