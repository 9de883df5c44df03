// SPDX-License-Identifier: Apache-2.0
// What holds for every perturbation of docs/dataset.md, and those that change what is said: sizes
// and dummies, against their definitions on random sequences.
#include "train/perturbation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/perturbed.h"

namespace kanaria::train {
namespace {

using flow::Direction;
using testing::ElementsAre;

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
      "jitter, delay, splitting, merging, loss, speed, client-unseen, server-unseen";
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
  for (const char* spec : {"padding:0", "buckets:1", "offset:0", "dummies:0", "jitter:0", "delay:0",
                           "splitting:0", "merging:0", "loss:0", "speed:1", "client-offset:0",
                           "server-offset:0", "scale:1", "client-unseen:0", "server-unseen:0"})
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
    for (const char* spec :
         {"padding:2000", "dummies:0.9", "jitter:9", "delay:0.7", "splitting:0.5", "merging:1",
          "loss:0.3", "speed:0.5", "client-unseen:0.2", "server-unseen:0.2"}) {
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
  for (const char* spec :
       {"padding:9", "dummies:1", "jitter:9", "delay:1", "splitting:1", "merging:1", "loss:1",
        "speed:2", "buckets:9", "offset:9", "client-unseen:0.04", "server-unseen:0.04",
        "client-offset:9", "server-offset:9", "scale:2", "scale:0.5"})
    EXPECT_TRUE(perturbed({}, spec).empty()) << spec;
}

// Captures claim any time they like.
TEST(Perturbation, ExtremeTimesAndLengthsOverflowNothing) {
  for (const char* spec :
       {"padding:9", "dummies:1", "jitter:9", "delay:1", "splitting:1", "merging:1", "loss:1",
        "speed:0.01", "buckets:9", "offset:9", "client-unseen:0.04", "server-unseen:0.04",
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
}  // namespace
}  // namespace kanaria::train
