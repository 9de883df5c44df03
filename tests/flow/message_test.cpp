// SPDX-License-Identifier: Apache-2.0
// Messages and full segments (docs/definitions.md, "Message").
#include "flow/message.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/flow/conversation.h"
#include "tests/flow/followed.h"

namespace kanaria::flow {
namespace {

using testing::ElementsAre;

std::vector<uint32_t> messages(const Conversation& c) {
  return follow(c.packets()).message_bytes();
}

Conversation handshake_with_mss(uint16_t client, uint16_t server) {
  Conversation c;
  c.syn().mss(client).syn_ack().mss(server).ack();
  return c;
}

// True when a message goes on after a segment of `payload` bytes.
bool fills(Conversation c, uint32_t payload) {
  c.client(payload).client(1);
  return follow(c.packets()).messages.size() == 1;
}

// What belongs together

TEST(Message, IsOneSegmentThatIsNotFull) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(300).client(300);
  EXPECT_THAT(messages(c), ElementsAre(300, 300));
}

TEST(Message, GoesOnAfterAFullSegment) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(1000).client(1000).client(5).client(7);
  EXPECT_THAT(messages(c), ElementsAre(2005, 7));
}

TEST(Message, EndsWithTheOtherSidesSegment) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(1000).server(20).client(5);
  EXPECT_THAT(messages(c), ElementsAre(1000, 20, 5));
}

TEST(Message, DoesNotEndWithTheOtherSidesAck) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(1000).server_ack().client(5);
  EXPECT_THAT(messages(c), ElementsAre(1005));
}

TEST(Message, GoesOnAfterAPauseOfExactlyOneSecond) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(1000).client(5).after(1_s);
  EXPECT_THAT(messages(c), ElementsAre(1005));
}

TEST(Message, EndsWithALongerPause) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(1000).client(5).after(1_s + 1);
  EXPECT_THAT(messages(c), ElementsAre(1000, 5));
}

TEST(Message, PauseCountsFromItsLastSegmentNotItsFirst) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(1000).client(1000).after(900_ms).client(5).after(900_ms);
  EXPECT_THAT(messages(c), ElementsAre(2005));
}

TEST(Message, LastsFromItsFirstSegmentToItsLast) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(1000).at(10_s).client(5).at(10_s + 400_ms).server(1).at(20_s);
  const Message message = follow(c.packets()).messages[0].message;
  EXPECT_EQ(message.start, kBegin + 10_s);
  EXPECT_EQ(message.end, kBegin + (10_s + 400_ms));
  EXPECT_EQ(message.segments, 2U);
  EXPECT_EQ(message.direction, Direction::kToServer);
}

TEST(Message, CountsNewBytesOnly) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client_range(0, 100).client_range(50, 150);
  EXPECT_THAT(messages(c), ElementsAre(100, 50));
}

TEST(Message, IsNotInterruptedByARetransmission) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client_range(0, 1000).client_range(0, 1000).client_range(1000, 1005);
  EXPECT_THAT(messages(c), ElementsAre(1005));
}

TEST(Message, LeftOpenIsFinishedWithItsConnection) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(1000);
  EXPECT_THAT(messages(c), ElementsAre(1000));
}

TEST(Message, IsToldWithThePacketThatFinishesIt) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(1000).client(5).server(20);
  ConnectionTable table({});
  FlowBatch batch;
  table.process(c.packets(), {}, batch);
  ASSERT_EQ(batch.messages.size(), 2U);
  EXPECT_EQ(batch.messages[0].number, 5U);
  EXPECT_EQ(batch.messages[1].number, 6U);
}

// Full: the MSS of the handshake

TEST(FullSegment, FillsTheSmallerMssOfBothSides) {
  EXPECT_TRUE(fills(handshake_with_mss(1400, 1000), 1000));
  EXPECT_TRUE(fills(handshake_with_mss(1000, 1400), 1000));
  EXPECT_FALSE(fills(handshake_with_mss(1000, 1400), 1400 - 12 - 1));
}

TEST(FullSegment, MayLackTwelveBytes) {
  EXPECT_TRUE(fills(handshake_with_mss(1000, 1000), 1000 - 12));
  EXPECT_FALSE(fills(handshake_with_mss(1000, 1000), 1000 - 13));
  EXPECT_FALSE(fills(handshake_with_mss(1000, 1000), 1001));
}

TEST(FullSegment, MayBeSeveralOnesMerged) {
  EXPECT_TRUE(fills(handshake_with_mss(1000, 1000), 3000));
  EXPECT_TRUE(fills(handshake_with_mss(1000, 1000), 2988));
  EXPECT_FALSE(fills(handshake_with_mss(1000, 1000), 2987));
}

TEST(FullSegment, LeavesRoomForItsOptions) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client(988 - 12).timestamps().client(1);
  EXPECT_THAT(messages(c), ElementsAre(977));
  Conversation d = handshake_with_mss(1000, 1000);
  d.client(988 - 13).timestamps().client(1);
  EXPECT_THAT(messages(d), ElementsAre(975, 1));
}

TEST(FullSegment, OneMssOptionSeenIsEnough) {
  Conversation c;
  c.syn().syn_ack().mss(1000).ack();
  EXPECT_TRUE(fills(c, 1000));
  EXPECT_FALSE(fills(c, 987));
}

TEST(FullSegment, MssBelow64CountsAs64) {
  EXPECT_TRUE(fills(handshake_with_mss(1, 1000), 64));
  EXPECT_TRUE(fills(handshake_with_mss(1, 1000), 52));
  EXPECT_FALSE(fills(handshake_with_mss(1, 1000), 51));
}

TEST(FullSegment, MssOptionOutsideTheHandshakeIsIgnored) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.ack().mss(100);
  EXPECT_FALSE(fills(c, 100));
  EXPECT_TRUE(fills(c, 1000));
}

// Full: no MSS seen

TEST(FullSegment, WithoutMssFillsTheLargestPayloadSoFar) {
  Conversation c;
  c.client(1200).server(1).client(1188).client(1);
  EXPECT_THAT(messages(c), ElementsAre(1200, 1, 1189));
}

TEST(FullSegment, WithoutMssTheLargestPayloadIsFullItself) {
  EXPECT_TRUE(fills(Conversation(), 1200));
}

TEST(FullSegment, WithoutMssFiveHundredBytesAreAssumed) {
  EXPECT_FALSE(fills(Conversation(), 487));
  EXPECT_TRUE(fills(Conversation(), 488));
}

TEST(FullSegment, WithoutMssEachDirectionHasItsOwnLargest) {
  Conversation c;
  c.server(1400).client(600).client(1);
  EXPECT_THAT(messages(c), ElementsAre(1400, 601));
}

TEST(FullSegment, WithoutMssOptionsTakeNoRoom) {
  Conversation c;
  c.client(1200).timestamps().server(1).client(1187).timestamps().client(1);
  EXPECT_THAT(messages(c), ElementsAre(1200, 1, 1187, 1));
}

TEST(FullSegment, IsJudgedByItsWholePayload) {
  Conversation c = handshake_with_mss(1000, 1000);
  c.client_range(0, 500).client_range(0, 1000).client_range(1000, 1001);
  EXPECT_THAT(messages(c), ElementsAre(500, 501)) << "1000 bytes, 500 of them new, are full";
}

TEST(FullSegment, EmptyOneIsNotFull) { EXPECT_FALSE(is_full(0, 1460)); }

// Super-segments

struct Said {
  Direction direction;
  uint32_t bytes;
  friend bool operator==(const Said&, const Said&) = default;
};

std::vector<Said> said(const Conversation& c) {
  std::vector<Said> out;
  for (const auto& seen : follow(c.packets()).messages)
    out.push_back({seen.message.direction, seen.message.bytes});
  return out;
}

constexpr uint16_t kMss = 1460;
constexpr uint32_t kRoom = kMss - 12;  // with the timestamps option

// Sends `bytes` in segments of `each` full ones merged; the last holds the rest.
void send(Conversation& c, Direction direction, uint32_t bytes, uint32_t each) {
  while (bytes > 0) {
    const uint32_t payload = std::min(bytes, each * kRoom);
    (direction == Direction::kToServer ? c.client(payload) : c.server(payload)).timestamps();
    bytes -= payload;
  }
}

// The same stream as the wire has it, and as receive offload hands it to a capture.
RC_GTEST_PROP(SuperSegments, GiveTheMessagesOfTheSegmentsTheyWereMadeOf, ()) {
  const auto sizes = *rc::gen::container<std::vector<uint32_t>>(rc::gen::inRange(1U, 40'000U));
  Conversation split = handshake_with_mss(kMss, kMss), merged = split;
  for (const uint32_t bytes : sizes) {
    const auto direction = *rc::gen::element(Direction::kToServer, Direction::kToClient);
    send(split, direction, bytes, 1);
    send(merged, direction, bytes, *rc::gen::inRange(1U, 45U));
  }
  RC_ASSERT(said(split) == said(merged));
}

}  // namespace
}  // namespace kanaria::flow
