// SPDX-License-Identifier: Apache-2.0
// What the acknowledgements of one side tell of the other: RFC 1122 §4.2.3.2 and RFC 5681 §4.2 on
// when they are sent, docs/definitions.md on what stands for them.
#include "train/unseen_side.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/perturbed.h"

namespace kanaria::train {
namespace {

using flow::Direction;
using testing::ElementsAre;

constexpr Direction kClient = Direction::kToServer;
constexpr Direction kServer = Direction::kToClient;
constexpr Nanoseconds ms(Nanoseconds milliseconds) { return milliseconds * 1'000'000; }

Plain without(Direction unseen, const SequenceBuilder& all, Nanoseconds round_trip = 0) {
  SegmentSequence sequence = all.sequence();
  for (auto& segment : sequence) segment.round_trip = round_trip;
  leave_side_out(sequence, unseen, ms(40));
  for (const auto& segment : sequence) EXPECT_EQ(segment.round_trip, 0);
  return plain(sequence);
}

TEST(UnseenSide, IsAcknowledgedByTheNextSegmentBeforeItsOwnBytes) {
  EXPECT_THAT(without(kClient, SequenceBuilder().client(0, 100).server(30, 50)),
              ElementsAre(std::tuple(ms(30), kClient, 100U), std::tuple(ms(30), kServer, 50U)));
}

TEST(UnseenSide, IsAcknowledgedWithoutAnAnswerWhenTheWaitIsOver) {
  EXPECT_THAT(without(kServer, SequenceBuilder().server(0, 100).client(41, 50)),
              ElementsAre(std::tuple(ms(40), kServer, 100U), std::tuple(ms(41), kClient, 50U)));
  EXPECT_THAT(without(kServer, SequenceBuilder().client(0, 7).server(10, 100)),
              ElementsAre(std::tuple(0, kClient, 7U), std::tuple(ms(50), kServer, 100U)))
      << "at the end, too";
}

TEST(UnseenSide, WhatArrivesWithinTheWaitIsAcknowledgedTogether) {
  EXPECT_THAT(
      without(kServer, SequenceBuilder().server(0, 100).server(39, 20).server(60, 3).client(90, 5)),
      ElementsAre(std::tuple(ms(40), kServer, 120U), std::tuple(ms(90), kServer, 3U),
                  std::tuple(ms(90), kClient, 5U)));
}

TEST(UnseenSide, TwoFullSegmentsAreAcknowledgedAtOnce) {
  const auto told = without(kServer, SequenceBuilder().server(5, 2 * kLargest).client(300, 5));
  EXPECT_THAT(told, ElementsAre(std::tuple(ms(5) + 1000, kServer, 2 * kLargest),
                                std::tuple(ms(300), kClient, 5U)));
}

// The sensor is a round trip away from the server: what the client sent at 0 is answered at 20 by
// somebody who cannot have it yet.
TEST(UnseenSide, TheClientsBytesReachTheServerARoundTripLater) {
  EXPECT_THAT(
      without(kClient, SequenceBuilder().client(0, 100).server(20, 9).server(31, 8), ms(30)),
      ElementsAre(std::tuple(ms(20), kServer, 9U), std::tuple(ms(31), kClient, 100U),
                  std::tuple(ms(31), kServer, 8U)));
}

TEST(UnseenSide, KeepsTheOtherSideAndAllBytes) {
  for (const auto& sequence : sequences())
    for (const auto& [name, seen] :
         {std::pair{"client-unseen:0.2", kServer}, std::pair{"server-unseen:0.2", kClient}}) {
      const auto after = perturbed(sequence, name);
      EXPECT_EQ(of_side(after, seen), of_side(sequence, seen));
      EXPECT_EQ(bytes_of(after), bytes_of(sequence));
    }
}

TEST(UnseenSide, AWaitOfNothingChangesNothing) {
  for (const auto& sequence : sequences())
    EXPECT_EQ(plain(perturbed(sequence, "client-unseen:0")), plain(sequence));
}

}  // namespace
}  // namespace kanaria::train
