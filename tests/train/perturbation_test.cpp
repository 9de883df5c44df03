// SPDX-License-Identifier: Apache-2.0
// Each perturbation of docs/dataset.md against its definition, on random sequences.
#include "train/perturbation.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/sequences.h"

namespace kanaria::train {
namespace {

using flow::Direction;
using testing::ElementsAre;
using testing::ElementsAreArray;

SegmentSequence perturbed(SegmentSequence sequence, std::string_view spec, uint64_t seed = 1) {
  Random random(seed);
  const auto perturbation = parse_perturbation(spec);
  EXPECT_TRUE(perturbation) << spec;
  perturb(sequence, std::array{*perturbation}, random);
  return sequence;
}

// (time, direction, bytes) of each segment.
using Plain = std::vector<std::tuple<Nanoseconds, Direction, uint32_t>>;
Plain plain(const SegmentSequence& sequence) {
  Plain segments;
  for (const auto& s : sequence)
    segments.emplace_back(s.time.ns, s.segment.direction, s.segment.bytes);
  return segments;
}

Plain of_side(const SegmentSequence& sequence, Direction side) {
  Plain segments = plain(sequence);
  std::erase_if(segments, [&](const auto& s) { return std::get<1>(s) != side; });
  return segments;
}

std::vector<SegmentSequence> sequences() {
  std::vector<SegmentSequence> all;
  for (uint64_t seed = 1; seed <= 30; ++seed) all.push_back(random_sequence(seed, 5 * seed));
  return all;
}

// Sides take turns, and no message ends with a full segment: messages stay apart whatever comes.
SegmentSequence in_turn(size_t messages) {
  Random random(1001);  // not the perturbations' seed: sizes and delays are to be independent
  SequenceBuilder builder;
  for (size_t m = 0; m < messages; ++m) {
    const auto time = static_cast<Nanoseconds>(m * 2000);
    const auto bytes =
        static_cast<uint32_t>(1 + random.below(900) + (random.below(3) == 0 ? kLargest : 0));
    m % 2 == 0 ? builder.client(time, bytes) : builder.server(time, bytes);
  }
  return builder.sequence();
}

TEST(Perturbation, IsReadByNameAndAmount) {
  const auto padding = parse_perturbation("padding:256");
  ASSERT_TRUE(padding);
  EXPECT_EQ(padding->kind, PerturbationKind::kPadding);
  EXPECT_EQ(padding->amount, 256);
  EXPECT_EQ(parse_perturbation("jitter:0.05")->amount, 0.05);
  EXPECT_EQ(parse_perturbation("speed:1e1")->amount, 10);
}

TEST(Perturbation, WhatIsNoneIsSaid) {
  const auto sentence = [](std::string_view spec) {
    const auto parsed = parse_perturbation(spec);
    return parsed ? "was taken" : parsed.error().sentence;
  };
  const std::string known =
      ": choose one of padding, buckets, offset, client-offset, server-offset, scale, dummies, "
      "jitter, delay, splitting, merging, loss, speed";
  EXPECT_EQ(sentence("paddin:256"), "unknown perturbation 'paddin'" + known);
  EXPECT_EQ(sentence(""), "unknown perturbation ''" + known);
  for (const char* amount : {"", "x", "-1", "65536", "1.5", "nan", "inf", "5 ", "+5", "1e9"})
    EXPECT_EQ(sentence(std::string("padding:") + amount),
              std::string("perturbation 'padding:") + amount + "': '" + amount +
                  "' is no whole number from 0 to 65535");
  EXPECT_EQ(sentence("padding"), "perturbation 'padding': '' is no whole number from 0 to 65535");
  EXPECT_EQ(sentence("loss:1.01"), "perturbation 'loss:1.01': '1.01' is no number from 0 to 1");
  EXPECT_EQ(sentence("buckets:0"),
            "perturbation 'buckets:0': '0' is no whole number from 1 to 65535");
  EXPECT_EQ(sentence("speed:0"), "perturbation 'speed:0': '0' is no number from 0.01 to 100");
}

TEST(Perturbation, AnAmountThatChangesNothingLeavesEvenTheOrderAlone) {
  SegmentSequence backward = in_turn(5);
  std::reverse(backward.begin(), backward.end());
  for (const char* spec :
       {"padding:0", "buckets:1", "offset:0", "dummies:0", "jitter:0", "delay:0", "splitting:0",
        "merging:0", "loss:0", "speed:1", "client-offset:0", "server-offset:0", "scale:1"})
    EXPECT_EQ(plain(perturbed(backward, spec)), plain(backward)) << spec;
}

TEST(Perturbation, TheSameSeedGivesTheSameAndAnotherAnother) {
  for (const char* spec : {"padding:99", "dummies:0.5", "jitter:1", "splitting:0.5", "loss:0.5"}) {
    const auto sequence = random_sequence(7, 100);
    EXPECT_EQ(plain(perturbed(sequence, spec, 5)), plain(perturbed(sequence, spec, 5))) << spec;
    EXPECT_NE(plain(perturbed(sequence, spec, 5)), plain(perturbed(sequence, spec, 6))) << spec;
  }
}

TEST(Perturbation, TimesAndNumbersRiseAfterwards) {
  for (const auto& sequence : sequences())
    for (const char* spec : {"padding:2000", "dummies:0.9", "jitter:9", "delay:0.7",
                             "splitting:0.5", "merging:1", "loss:0.3", "speed:0.5"}) {
      const auto after = perturbed(sequence, spec);
      EXPECT_TRUE(std::is_sorted(after.begin(), after.end(), [](const auto& a, const auto& b) {
        return a.time < b.time;
      })) << spec;
      EXPECT_TRUE(std::is_sorted(after.begin(), after.end(), [](const auto& a, const auto& b) {
        return a.number < b.number;
      })) << spec;
    }
}

TEST(Perturbation, OneFollowsTheOther) {
  SegmentSequence sequence = in_turn(50);
  Random random(1);
  perturb(sequence, std::array{*parse_perturbation("offset:10"), *parse_perturbation("buckets:64")},
          random);
  const auto before = message_sizes(in_turn(50));
  const auto after = message_sizes(sequence);
  ASSERT_EQ(after.size(), before.size());
  for (size_t m = 0; m < after.size(); ++m) EXPECT_EQ(after[m], (before[m] + 10 + 63) / 64 * 64);
}

TEST(Perturbation, AnEmptySequenceStaysEmpty) {
  for (const char* spec : {"padding:9", "dummies:1", "jitter:9", "delay:1", "splitting:1",
                           "merging:1", "loss:1", "speed:2", "buckets:9", "offset:9",
                           "client-offset:9", "server-offset:9", "scale:2", "scale:0.5"})
    EXPECT_TRUE(perturbed({}, spec).empty()) << spec;
}

// Captures claim any time they like.
TEST(Perturbation, ExtremeTimesAndLengthsOverflowNothing) {
  for (const char* spec : {"padding:9", "dummies:1", "jitter:9", "delay:1", "splitting:1",
                           "merging:1", "loss:1", "speed:0.01", "buckets:9", "offset:9",
                           "client-offset:9", "server-offset:9", "scale:10", "scale:0.1"}) {
    SegmentSequence sequence = SequenceBuilder().client(0, 5).server(1, 5).sequence();
    sequence.push_back(sequence.front());
    sequence[0].time = {std::numeric_limits<Nanoseconds>::min()};
    sequence[1].time = {std::numeric_limits<Nanoseconds>::max()};
    sequence[2].segment.bytes = UINT32_MAX;
    EXPECT_LE(perturbed(sequence, spec).size(), 200U) << spec;
  }
}

TEST(Padding, AddsUpToItsAmountToEachMessageUniformly) {
  const auto sequence = in_turn(4000);
  const auto before = message_sizes(sequence);
  const auto after = message_sizes(perturbed(sequence, "padding:256"));
  ASSERT_EQ(after.size(), before.size());
  std::map<uint64_t, size_t> seen;
  double sum = 0;
  for (size_t m = 0; m < after.size(); ++m) {
    ASSERT_GE(after[m], before[m]);
    ASSERT_LE(after[m] - before[m], 256U);
    ++seen[after[m] - before[m]];
    sum += static_cast<double>(after[m] - before[m]);
  }
  EXPECT_TRUE(seen.contains(0) && seen.contains(256));
  // Standard deviation of the mean: 257 / sqrt(12 · 4000) = 1.17.
  EXPECT_NEAR(sum / 4000, 128, 5);
}

TEST(Padding, ChangesNeitherTimesNorOrder) {
  const auto sequence = in_turn(200);
  const auto after = perturbed(sequence, "padding:256");
  const auto old_messages = messages_of(sequence), new_messages = messages_of(after);
  ASSERT_EQ(new_messages.size(), old_messages.size());
  for (size_t m = 0; m < new_messages.size(); ++m) {
    const auto& was = sequence[old_messages[m].end - 1];
    const auto& is = after[new_messages[m].end - 1];
    EXPECT_EQ(is.time, was.time);
    EXPECT_EQ(is.segment.direction, was.segment.direction);
  }
}

TEST(Padding, NoSegmentGrowsBeyondTheLargest) {
  for (const auto& sequence : sequences())
    for (const auto& s : perturbed(sequence, "padding:5000")) EXPECT_LE(s.segment.bytes, kLargest);
}

// Segmentation offload: the capture has what the network card cut later.
TEST(Padding, AnOffloadedSegmentStaysOne) {
  SegmentSequence sequence = SequenceBuilder().client(0, 5).sequence();
  sequence[0].segment.bytes = 5500;
  EXPECT_THAT(plain(perturbed(sequence, "offset:600")),
              ElementsAre(std::tuple(0, Direction::kToServer, 6100U)));
}

TEST(Buckets, MakeEveryMessageAMultiple) {
  const auto before = message_sizes(in_turn(100));
  const auto after = message_sizes(perturbed(in_turn(100), "buckets:128"));
  ASSERT_EQ(after.size(), before.size());
  for (size_t m = 0; m < before.size(); ++m) {
    EXPECT_EQ(after[m] % 128, 0U);
    EXPECT_LT(after[m] - before[m], 128U);
  }
}

TEST(Offset, AddsTheSameToEveryMessage) {
  const auto before = message_sizes(in_turn(100));
  const auto after = message_sizes(perturbed(in_turn(100), "offset:29"));
  ASSERT_EQ(after.size(), before.size());
  for (size_t m = 0; m < before.size(); ++m) EXPECT_EQ(after[m], before[m] + 29);
}

TEST(Offset, OfOneSideLeavesTheOtherAlone) {
  const auto before = message_sizes(in_turn(100));  // the client begins
  const auto client = message_sizes(perturbed(in_turn(100), "client-offset:29"));
  const auto server = message_sizes(perturbed(in_turn(100), "server-offset:17"));
  ASSERT_EQ(client.size(), before.size());
  ASSERT_EQ(server.size(), before.size());
  for (size_t m = 0; m < before.size(); ++m) {
    EXPECT_EQ(client[m], before[m] + (m % 2 == 0 ? 29 : 0));
    EXPECT_EQ(server[m], before[m] + (m % 2 == 0 ? 0 : 17));
  }
}

TEST(Scale, MultipliesEveryMessageRoundedAndNeverToNothing) {
  for (const double factor : {0.1, 0.37, 0.9, 1.1, 2.5, 10.0}) {
    const auto before = message_sizes(in_turn(300));
    const auto after = message_sizes(perturbed(in_turn(300), "scale:" + std::to_string(factor)));
    // A part that ends with a full segment joins what follows; here the other side does.
    ASSERT_EQ(after.size(), before.size()) << factor;
    for (size_t m = 0; m < before.size(); ++m)
      EXPECT_EQ(static_cast<double>(after[m]),
                std::max(1.0, std::round(factor * static_cast<double>(before[m]))))
          << factor;
  }
}

TEST(Scale, NeitherMovesNorReordersAndKeepsTheMarkOfTheEnd) {
  SegmentSequence sequence = SequenceBuilder().client(0, 2500).server(9, 700).sequence();
  sequence[2].segment.flags = decode::kFin | decode::kAck;
  const auto cut = perturbed(sequence, "scale:0.5");
  EXPECT_THAT(plain(cut), ElementsAre(std::tuple(0, Direction::kToServer, 1000U),
                                      std::tuple(1000, Direction::kToServer, 250U),
                                      std::tuple(9'000'000, Direction::kToClient, 350U)));
  EXPECT_TRUE(cut[1].segment.flags & decode::kFin);
  EXPECT_FALSE(cut[0].segment.flags & decode::kFin);
}

// The messages of `after` that `before` has not, as (time, direction, bytes) of whole messages.
Plain added_messages(const SegmentSequence& before, const SegmentSequence& after) {
  const auto whole = [](const SegmentSequence& sequence) {
    Plain messages;
    for (const MessageRange& m : messages_of(sequence))
      messages.emplace_back(
          sequence[m.first].time.ns, sequence[m.first].segment.direction,
          static_cast<uint32_t>(bytes_of(std::span(sequence).subspan(m.first, m.end - m.first))));
    std::sort(messages.begin(), messages.end());
    return messages;
  };
  const Plain old_ones = whole(before), new_ones = whole(after);
  EXPECT_TRUE(std::includes(new_ones.begin(), new_ones.end(), old_ones.begin(), old_ones.end()));
  Plain added;
  std::set_difference(new_ones.begin(), new_ones.end(), old_ones.begin(), old_ones.end(),
                      std::back_inserter(added));
  return added;
}

TEST(Dummies, AreAShareOfTheMessagesWithTheirSidesOwnSizesWithinTheLife) {
  const auto sequence = in_turn(2000);
  std::array<std::vector<uint64_t>, 2> sizes;
  for (size_t m = 0; const uint64_t size : message_sizes(sequence)) sizes[m++ % 2].push_back(size);
  const Plain dummies = added_messages(sequence, perturbed(sequence, "dummies:0.3"));
  EXPECT_EQ(dummies.size(), 600U);
  std::array<size_t, 2> of_side{};
  double mean_time = 0;
  for (const auto& [time, side, bytes] : dummies) {
    ++of_side[flow::index_of(side)];
    EXPECT_THAT(sizes[flow::index_of(side)], testing::Contains(bytes));
    EXPECT_GE(time, sequence.front().time.ns);
    EXPECT_LE(time, sequence.back().time.ns);
    mean_time += static_cast<double>(time) / 600;
  }
  // Standard deviations: of the count of a side sqrt(600) / 2 = 12; of the mean time life / sqrt(12
  // · 600) = life / 85.
  EXPECT_NEAR(static_cast<double>(of_side[0]), 300, 60);
  const auto life = static_cast<double>(sequence.back().time - sequence.front().time);
  EXPECT_NEAR(mean_time, life / 2, life / 17);
}

TEST(Dummies, APartOfOneIsAChance) {
  const auto sequence = in_turn(5);
  size_t dummies = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const size_t added = message_sizes(perturbed(sequence, "dummies:0.3", seed)).size() - 5;
    EXPECT_TRUE(added == 1 || added == 2);
    dummies += added;
  }
  EXPECT_NEAR(static_cast<double>(dummies), 1500, 80);  // standard deviation 16
}

TEST(Dummies, ASideThatSaysNothingSendsNone) {
  SequenceBuilder builder;
  for (int i = 0; i < 50; ++i) builder.server(i * 2000, 100);
  const auto after = perturbed(builder.sequence(), "dummies:1");
  EXPECT_EQ(after.size(), 100U);
  EXPECT_TRUE(of_side(after, Direction::kToServer).empty());
}

TEST(Dummies, CutNoMessageInTwo) {
  SegmentSequence slow;  // one message of ten segments over nine seconds, and one more
  for (int i = 0; i < 10; ++i) {
    slow.push_back(SequenceBuilder().client(i * 1000, kLargest).sequence().front());
    if (i == 9) slow.back() = resized(slow.back(), 5);
  }
  slow.push_back(SequenceBuilder().server(10'000, 7).sequence().front());
  for (uint64_t seed = 0; seed < 50; ++seed)
    EXPECT_EQ(added_messages(slow, perturbed(slow, "dummies:1", seed)).size(), 2U);
}

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
