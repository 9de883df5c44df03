// SPDX-License-Identifier: Apache-2.0
// Messages of a side that is not seen, from what the other one acknowledges (docs/definitions.md,
// "A side that is not seen").
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/flow/conversation.h"
#include "tests/flow/followed.h"

namespace kanaria::flow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr auto kUp = Direction::kToServer;
constexpr auto kDown = Direction::kToClient;

std::vector<std::pair<Direction, uint32_t>> said(const Conversation& c) {
  std::vector<std::pair<Direction, uint32_t>> all;
  for (const auto& seen : follow(c.packets()).messages)
    all.emplace_back(seen.message.direction, seen.message.bytes);
  return all;
}

// What a client acknowledges of its server, whose first byte is 1, and nothing else.
Conversation client_acks(std::initializer_list<uint32_t> seen) {
  Conversation c;
  for (const uint32_t bytes : seen) c.ack().acking(kServerIsn + 1 + bytes);
  return c;
}

TEST(UnseenSide, SaysWhatTheOtherOneNewlyAcknowledgesBeforeItsOwnBytes) {
  Conversation c;
  c.client(100).acking(5001).client(70).acking(5051).client(80).acking(5381);
  EXPECT_THAT(said(c), ElementsAre(Pair(kUp, 100), Pair(kDown, 50), Pair(kUp, 70), Pair(kDown, 330),
                                   Pair(kUp, 80)));
}

TEST(UnseenSide, MayBeTheClient) {
  Conversation c;
  c.server(100).acking(1001).server(63).acking(1241);
  EXPECT_THAT(said(c), ElementsAre(Pair(kDown, 100), Pair(kUp, 240), Pair(kDown, 63)));
}

TEST(UnseenSide, MessageIsOfTheAcknowledgingPacketsTimeAndNumber) {
  Conversation c = client_acks({0, 50});
  c.ack().acking(kServerIsn + 1 + 50).at(9_s);
  c.ack().acking(kServerIsn + 1 + 80).at(12_s);
  ConnectionTable table({});
  FlowBatch batch;
  table.process(c.packets(), {}, batch);
  ASSERT_EQ(batch.messages.size(), 2U);
  EXPECT_EQ(batch.messages[1].number, 4U);
  EXPECT_EQ(batch.messages[1].message.start, kBegin + 12_s);
  EXPECT_EQ(batch.messages[1].message.end, kBegin + 12_s);
  EXPECT_EQ(batch.messages[1].message.bytes, 30U);
}

TEST(UnseenSide, FirstAcknowledgementOnlySetsWhereCountingBegins) {
  EXPECT_THAT(said(client_acks({4000})), IsEmpty());
  EXPECT_THAT(said(client_acks({4000, 4020})), ElementsAre(Pair(kDown, 20)));
}

TEST(UnseenSide, AcknowledgementsThatFallBackCountOnlyBeyondTheHighest) {
  EXPECT_THAT(said(client_acks({0, 50, 20, 50, 60})),
              ElementsAre(Pair(kDown, 50), Pair(kDown, 10)));
}

TEST(UnseenSide, AcknowledgementsMayWrap) {
  Conversation c;
  c.ack().acking(0xffff'ffff - 9).ack().acking(40);  // 10 bytes before 0, and 40 from there on
  EXPECT_THAT(said(c), ElementsAre(Pair(kDown, 50)));
}

TEST(UnseenSide, OneByteIsAFinAndNoMessage) {
  EXPECT_THAT(said(client_acks({0, 50, 51})), ElementsAre(Pair(kDown, 50)));
  EXPECT_THAT(said(client_acks({0, 1, 3})), ElementsAre(Pair(kDown, 2))) << "and counts no further";
}

TEST(UnseenSide, PacketsWithoutAckAndThoseWithRstAcknowledgeNothing) {
  Conversation c = client_acks({0});
  c.client(10).flags(decode::kPsh).acking(kServerIsn + 51);
  EXPECT_THAT(said(c), ElementsAre(Pair(kUp, 10)));
  c.client_rst().flags(decode::kRst | decode::kAck).acking(kServerIsn + 91);
  EXPECT_THAT(said(c), ElementsAre(Pair(kUp, 10)));
}

TEST(UnseenSide, IsNeverInPairs) {
  Conversation c;
  c.client(100).acking(5001).client(70).acking(5051);
  const Followed seen = follow(c.packets());
  ASSERT_EQ(seen.segments.size(), 2U);
  EXPECT_EQ(seen.segments[1].event.previous.bytes, 100U);
  EXPECT_EQ(seen.segments[1].event.segment.bytes, 70U);
}

TEST(UnseenSide, OnceSeenSpeaksForItself) {
  Conversation c;
  c.client(100).acking(5001).client(70).acking(5051);
  c.server_range(50, 90).ack().acking(5091).ack().acking(5191);
  EXPECT_THAT(said(c),
              ElementsAre(Pair(kUp, 100), Pair(kDown, 50), Pair(kUp, 70), Pair(kDown, 40)));
}

// Full: what is acknowledged at once counts as a segment's payload.

TEST(UnseenSide, MessageGoesOnAfterFiveHundredBytesWhereNoMssWasSeen) {
  EXPECT_THAT(said(client_acks({0, 500, 550})), ElementsAre(Pair(kDown, 550)));
  EXPECT_THAT(said(client_acks({0, 488, 538})), ElementsAre(Pair(kDown, 538)));
  EXPECT_THAT(said(client_acks({0, 487, 537})), ElementsAre(Pair(kDown, 487), Pair(kDown, 50)));
  EXPECT_THAT(said(client_acks({0, 1000, 1050})), ElementsAre(Pair(kDown, 1050))) << "two at once";
}

TEST(UnseenSide, MessageEndsWithALongerPauseOrTheOtherSide) {
  Conversation paused = client_acks({0, 500});
  paused.ack().acking(kServerIsn + 551).after(1_s + 1);
  EXPECT_THAT(said(paused), ElementsAre(Pair(kDown, 500), Pair(kDown, 50)));
  Conversation answered = client_acks({0, 500});
  answered.client(9).acking(kServerIsn + 501).ack().acking(kServerIsn + 551);
  EXPECT_THAT(said(answered), ElementsAre(Pair(kDown, 500), Pair(kUp, 9), Pair(kDown, 50)));
}

TEST(UnseenSide, MssOfTheHandshakeLessThePacketsOwnOptionsIsFull) {
  const auto acks_with_timestamps = [](uint32_t first) {
    Conversation c;
    c.syn().mss(1000).ack().acking(5001);
    c.ack().acking(5001 + first).timestamps().ack().acking(5001 + first + 50).timestamps();
    return c;
  };
  EXPECT_THAT(said(acks_with_timestamps(988)), ElementsAre(Pair(kDown, 1038)));
  EXPECT_THAT(said(acks_with_timestamps(976)), ElementsAre(Pair(kDown, 1026)));
  EXPECT_THAT(said(acks_with_timestamps(975)), ElementsAre(Pair(kDown, 975), Pair(kDown, 50)));
}

TEST(UnseenSide, MessagesAreCountedAsItsOwn) {
  Conversation c;
  c.client(100).acking(5001).client(70).acking(5051).client(80).acking(5381);
  const Followed seen = follow(c.packets());
  EXPECT_EQ(seen.record(0).messages[index_of(kUp)], 3U);
  EXPECT_EQ(seen.record(0).messages[index_of(kDown)], 2U);
  EXPECT_EQ(seen.counts.one_sided, 1U);
}

}  // namespace
}  // namespace kanaria::flow
