// SPDX-License-Identifier: Apache-2.0
// What a packet is to its direction's stream (docs/definitions.md, "Segment, retransmission,
// keep-alive, pure ACK").
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/flow/conversation.h"
#include "tests/flow/followed.h"

namespace kanaria::flow {
namespace {

using testing::ElementsAre;

PacketClass class_of_last(const Conversation& c) {
  return follow(c.packets()).packet_class.back().value();
}
std::vector<uint32_t> new_bytes(const Conversation& c) { return follow(c.packets()).new_bytes(); }

// Pure ACK and control

TEST(PureAck, HasAckAndNothingElse) {
  Conversation c;
  c.handshake();
  EXPECT_EQ(class_of_last(c), PacketClass::kPureAck);
}

TEST(PureAck, IsNotOneWithSynFinOrRst) {
  for (const unsigned flag : {decode::kSyn, decode::kFin, decode::kRst}) {
    Conversation c;
    c.handshake().ack().flags(decode::kAck | flag);
    EXPECT_EQ(class_of_last(c), PacketClass::kControl) << flag;
  }
}

TEST(PureAck, MayBeTheFirstPacketOfItsDirection) {
  EXPECT_EQ(class_of_last(Conversation().ack()), PacketClass::kPureAck);
}

TEST(PureAck, BeyondTheStreamOpensNoHole) {
  Conversation c;
  c.handshake().client_range(0, 10).client_range(500, 500).client_range(10, 20);
  c.client_range(0, 10);
  EXPECT_THAT(new_bytes(c), ElementsAre(10, 10));
}

TEST(Control, IsAPacketWithoutAnyFlag) {
  EXPECT_EQ(class_of_last(Conversation().handshake().ack().flags(0)), PacketClass::kControl);
}

// Keep-alive

TEST(KeepAlive, IsOneByteOrNoneBelowTheNextExpected) {
  for (const uint32_t bytes : {0U, 1U}) {
    Conversation c;
    c.handshake().client_range(0, 100).client_range(99, 99 + bytes);
    EXPECT_EQ(class_of_last(c), PacketClass::kKeepAlive) << bytes;
  }
}

TEST(KeepAlive, OfTwoBytesIsPartlyNew) {
  Conversation c;
  c.handshake().client_range(0, 100).client_range(99, 101);
  EXPECT_THAT(new_bytes(c), ElementsAre(100, 1));
}

TEST(KeepAlive, TwoBelowIsARetransmission) {
  Conversation c;
  c.handshake().client_range(0, 100).client_range(98, 99);
  EXPECT_EQ(class_of_last(c), PacketClass::kRetransmission);
}

TEST(KeepAlive, ComesAfterTheHandshakeAlone) {
  Conversation c;
  c.handshake().ack().seq(kClientIsn);
  EXPECT_EQ(class_of_last(c), PacketClass::kKeepAlive);
}

TEST(KeepAlive, IsNeverTheFirstPacketOfItsDirection) {
  EXPECT_EQ(class_of_last(Conversation().client(1)), PacketClass::kSegment);
}

TEST(KeepAlive, IsNotOneWithFin) {
  Conversation c;
  c.handshake().client_range(0, 100).client_range(99, 99).flags(decode::kFin | decode::kAck);
  EXPECT_EQ(class_of_last(c), PacketClass::kControl);
}

TEST(KeepAlive, ChangesNothing) {
  Conversation c;
  c.handshake().client_range(0, 100).client_range(99, 100).client_range(100, 150);
  EXPECT_THAT(new_bytes(c), ElementsAre(100, 50));
}

TEST(KeepAlive, AfterAFinCountsFromTheFinsNumber) {
  Conversation c;
  c.handshake().client_range(0, 100).client_fin().client_range(100, 100);
  EXPECT_EQ(class_of_last(c), PacketClass::kKeepAlive);
}

// Retransmission and overlap

TEST(Retransmission, HasOnlyBytesSeenBefore) {
  Conversation c;
  c.handshake().client_range(0, 100).client_range(0, 100).client_range(20, 60);
  EXPECT_THAT(new_bytes(c), ElementsAre(100));
  EXPECT_EQ(follow(c.packets()).record(0).retransmissions, 2U);
}

TEST(Retransmission, PartialOverlapCountsOnlyTheNewBytes) {
  Conversation c;
  c.handshake().client_range(0, 100).client_range(50, 180);
  EXPECT_THAT(new_bytes(c), ElementsAre(100, 80));
}

TEST(Retransmission, OfOneSideIsNotOneOfTheOther) {
  Conversation c;
  c.isn(1000, 1000).handshake().client(100).server(100);
  EXPECT_THAT(new_bytes(c), ElementsAre(100, 100));
}

TEST(Retransmission, OfAFinIsNoSegment) {
  Conversation c;
  c.handshake().client_range(0, 10).client_fin().client_fin().seq(kClientIsn + 11);
  EXPECT_EQ(class_of_last(c), PacketClass::kControl);
}

TEST(Retransmission, OfBytesBeforeTheFirstPacketSeenIsOne) {
  Conversation c;
  c.client_range(500, 600).client_range(100, 300);
  EXPECT_EQ(class_of_last(c), PacketClass::kRetransmission);
}

TEST(Retransmission, AcrossTheWrapOfSequenceNumbersIsSeenAsOne) {
  Conversation c;
  c.isn(UINT32_MAX - 50, 1).handshake().client_range(0, 100).client_range(0, 100);
  c.client_range(90, 120);
  EXPECT_THAT(new_bytes(c), ElementsAre(100, 20));
}

// Out of order

TEST(OutOfOrder, BytesCountWhenTheyArrive) {
  Conversation c;
  c.handshake().client_range(0, 100).client_range(200, 300).client_range(100, 200);
  EXPECT_THAT(new_bytes(c), ElementsAre(100, 100, 100));
}

TEST(OutOfOrder, HoleIsFilledOnce) {
  Conversation c;
  c.handshake().client_range(0, 100).client_range(200, 300).client_range(100, 200);
  c.client_range(100, 200);
  EXPECT_EQ(class_of_last(c), PacketClass::kRetransmission);
}

TEST(OutOfOrder, SegmentOverHolesAndSeenBytesCountsTheHoles) {
  Conversation c;
  c.handshake().client_range(0, 10).client_range(20, 30).client_range(40, 50);
  c.client_range(0, 60);
  EXPECT_THAT(new_bytes(c), ElementsAre(10, 10, 10, 30));
}

TEST(OutOfOrder, FirstSegmentMissedAfterTheHandshakeIsAHole) {
  Conversation c;
  c.handshake().client_range(100, 200).client_range(0, 100);
  EXPECT_THAT(new_bytes(c), ElementsAre(100, 100));
}

TEST(OutOfOrder, FinBeyondTheStreamOpensAHole) {
  Conversation c;
  c.handshake().client_range(0, 10).client_fin().seq(kClientIsn + 1 + 40).client_range(10, 40);
  EXPECT_THAT(new_bytes(c), ElementsAre(10, 30));
}

TEST(OutOfOrder, NinthHoleForgetsTheLowest) {
  Conversation c;
  c.handshake();
  for (uint32_t i = 0; i < 9; ++i) c.client_range(20 * i + 10, 20 * i + 20);  // holes at 20 i
  c.client_range(0, 10);
  EXPECT_EQ(class_of_last(c), PacketClass::kRetransmission) << "the lowest counts as seen";
  c.client_range(20, 30);
  EXPECT_EQ(class_of_last(c), PacketClass::kSegment) << "the next one is still known";
}

// SYN and FIN take a number

TEST(Syn, TakesOneNumberBeforeItsPayload) {
  Conversation c;
  c.syn().payload(50).client_range(0, 50);  // TCP Fast Open, RFC 7413
  EXPECT_THAT(new_bytes(c), ElementsAre(50));
  EXPECT_EQ(class_of_last(c), PacketClass::kRetransmission);
}

TEST(Fin, TakesOneNumberAfterItsPayload) {
  Conversation c;
  c.handshake().client_range(0, 10).client_range(10, 30).flags(decode::kFin | decode::kAck);
  c.client_range(31, 41);
  EXPECT_THAT(new_bytes(c), ElementsAre(10, 20, 10));
  c.client_range(30, 41);
  EXPECT_EQ(class_of_last(c), PacketClass::kRetransmission) << "the FIN's own number is no hole";
}

TEST(Rst, WithPayloadIsASegment) {
  Conversation c;
  c.handshake().client_rst().payload(12);
  EXPECT_EQ(class_of_last(c), PacketClass::kSegment);
}

// Pairs

TEST(Pair, IsEveryTwoSegmentsOfAConnectionInARow) {
  Conversation c;
  c.handshake().client(10).server(20).server_ack().server(30);
  const Followed seen = follow(c.packets());
  ASSERT_EQ(seen.segments.size(), 3U);
  EXPECT_FALSE(seen.segments[0].event.has_previous);
  EXPECT_EQ(seen.segments[1].event.previous.bytes, 10U);
  EXPECT_EQ(seen.segments[2].event.previous.bytes, 20U);
}

TEST(Pair, GapIsTheTimeBetweenItsSegments) {
  Conversation c;
  c.client(10).at(1_s).ack().at(2_s).server(20).at(5_s);
  EXPECT_EQ(follow(c.packets()).segments[1].event.gap, 4_s);
}

TEST(Pair, NeverJoinsTwoConnectionsOfATuple) {
  Conversation c;
  c.handshake().client(10).client_rst().isn(7, 8).handshake().client(20);
  EXPECT_FALSE(follow(c.packets()).segments[1].event.has_previous);
}

TEST(Pair, SkipsRetransmissions) {
  Conversation c;
  c.handshake().client_range(0, 10).client_range(0, 10).server(20);
  EXPECT_EQ(follow(c.packets()).segments[1].event.previous.direction, Direction::kToServer);
}

}  // namespace
}  // namespace kanaria::flow
