// SPDX-License-Identifier: Apache-2.0
// The numbered rules of docs/definitions.md, "Connection", at their borders.
#include <gtest/gtest.h>

#include "tests/flow/conversation.h"
#include "tests/flow/followed.h"

namespace kanaria::flow {
namespace {

constexpr uint32_t kOtherIsn = 900'000;

size_t connections_in(const Conversation& c) { return follow(c.packets()).connections(); }
uint32_t reused(const Conversation& c) { return follow(c.packets()).record(0).reused_tuple; }

Conversation closed_by_fins() {
  Conversation c;
  c.handshake().client_fin().server_fin().at(10_s);
  return c;
}

// Rule 1

TEST(Connection, BeginsWithItsFirstPacketWhateverThatIs) {
  Conversation c;
  c.server_ack();
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(Connection, GoesOnAfterExactlyFifteenMinutes) {
  Conversation c;
  c.client(100).client(100).after(15_min);
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(Connection, EndsAfterMoreThanFifteenMinutes) {
  Conversation c;
  c.client(100).client(100).after(15_min + 1);
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(Connection, IdleTimeCountsFromTheLatestPacketNotTheLast) {
  Conversation c;
  c.client(100).at(5_min).server(100).at(1_min).client(100).at(20_min);
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(Connection, IdleTimeIsConfigurable) {
  Conversation c;
  c.client(100).client(100).after(2_min + 1);
  EXPECT_EQ(follow(c.packets(), {.idle_timeout = 2_min}).connections(), 2U);
}

TEST(Connection, KeepAliveKeepsItAlive) {
  Conversation c;
  c.client_range(0, 100).client_range(99, 99).at(10_min).client_range(100, 200).at(20_min);
  EXPECT_EQ(connections_in(c), 1U);
}

// Rule 2: another ISN

TEST(ReusedTuple, SynWithAnotherIsnAfterFinBeginsAConnection) {
  Conversation c;
  c.handshake().client_fin().isn(kOtherIsn, 1).syn();
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(ReusedTuple, SynWithAnotherIsnAfterRstBeginsAConnection) {
  Conversation c;
  c.handshake().server_rst().isn(kOtherIsn, 1).syn();
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(ReusedTuple, SynAckWithAnotherIsnAfterRstBeginsAConnection) {
  Conversation c;
  c.handshake().server_rst().isn(kOtherIsn, kOtherIsn).syn_ack();
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(ReusedTuple, SynWithAnotherIsnAfterSixtySecondsBeginsAConnection) {
  Conversation c;
  c.handshake().isn(kOtherIsn, 1).syn().after(60_s);
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(ReusedTuple, SynWithAnotherIsnBeforeSixtySecondsIsOnlyCounted) {
  Conversation c;
  c.handshake().isn(kOtherIsn, 1).syn().after(60_s - 1);
  EXPECT_EQ(connections_in(c), 1U);
  EXPECT_EQ(reused(c), 1U);
}

TEST(ReusedTuple, AcknowledgedSynBeginsAConnectionWithTheSynAck) {
  Conversation c;
  c.handshake().client(100).isn(kOtherIsn, kOtherIsn).syn().syn_ack();
  const Followed seen = follow(c.packets());
  ASSERT_EQ(seen.connections(), 2U);
  EXPECT_EQ(seen.connection[4], 0U) << "the SYN still belongs to the connection it came into";
  EXPECT_EQ(seen.connection[5], 1U);
  EXPECT_EQ(seen.record(1).isn[0], kOtherIsn) << "the client's ISN is the pending one";
}

TEST(ReusedTuple, SynAckOfAnotherAcknowledgementBelongsToTheConnection) {
  Conversation c;
  c.handshake().isn(kOtherIsn, kOtherIsn).syn().syn_ack().acking(kOtherIsn + 2);
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(ReusedTuple, SynAckWithoutPendingSynBelongsToTheConnection) {
  Conversation c;
  c.handshake().isn(kOtherIsn, kOtherIsn).syn_ack();
  EXPECT_EQ(connections_in(c), 1U);
  EXPECT_EQ(reused(c), 0U) << "only a SYN is counted";
}

TEST(ReusedTuple, PendingSynReplacesAnEarlierOne) {
  Conversation c;
  c.handshake().isn(kOtherIsn, 1).syn().isn(kOtherIsn + 7, kOtherIsn).syn();
  c.syn_ack().acking(kOtherIsn + 1);
  EXPECT_EQ(connections_in(c), 1U);
  c.syn_ack().acking(kOtherIsn + 8);
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(ReusedTuple, RepeatedSynIsTheSameConnection) {
  Conversation c;
  c.syn().syn().after(1_s).syn_ack().syn_ack().ack().syn().after(70_s);
  EXPECT_EQ(connections_in(c), 1U);
  EXPECT_EQ(reused(c), 0U);
}

TEST(ReusedTuple, RepeatedSynAfterRstIsTheSameConnection) {
  Conversation c;
  c.syn().server_rst().syn().after(5_s);
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(ReusedTuple, SynWithinAConnectionWhoseSynWasMissedIsPending) {
  Conversation c;
  c.client(100).server(100).syn();
  EXPECT_EQ(connections_in(c), 1U) << "an unknown ISN counts as another one";
  EXPECT_EQ(reused(c), 1U);
}

TEST(ReusedTuple, ClientIsnIsKnownFromTheSynAckToo) {
  Conversation c;
  c.syn_ack().syn();
  EXPECT_EQ(connections_in(c), 1U);
  EXPECT_EQ(reused(c), 0U) << "the SYN came late, after its own answer";
}

TEST(ReusedTuple, IsnIsKnownFromASynAckBesideAPendingSyn) {
  Conversation c;
  c.client(100).isn(100, 1).syn();
  c.client(0).flags(decode::kSyn | decode::kAck).seq(200);
  c.client(0).flags(decode::kSyn | decode::kAck).seq(200).after(70_s);
  EXPECT_EQ(connections_in(c), 1U) << "the second SYN+ACK has no other ISN";
}

TEST(ReusedTuple, SynOfTheServerSideIsPendingInItsOwnDirection) {
  Conversation c;
  c.handshake().isn(1, kOtherIsn).server(0).flags(decode::kSyn).seq(kOtherIsn);
  c.client(0).flags(decode::kSyn | decode::kAck).seq(77).acking(kOtherIsn + 1);
  const Followed seen = follow(c.packets());
  ASSERT_EQ(seen.connections(), 2U);
  EXPECT_EQ(seen.ends[1].client, v4(Conversation::kServer.address)) << "receiver of the SYN+ACK";
}

// Rule 3: closed

TEST(ClosedConnection, TakesLatePayloadForTenSeconds) {
  Conversation c = closed_by_fins();
  c.client(100).after(10_s);
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(ClosedConnection, LaterPayloadBeginsAConnection) {
  Conversation c = closed_by_fins();
  c.client(100).after(10_s + 1);
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(ClosedConnection, LaterBareAckFinAndRstAreStray) {
  Conversation c = closed_by_fins();
  c.ack().after(10_s + 1).client_fin().server_rst();
  const Followed seen = follow(c.packets());
  EXPECT_EQ(seen.connections(), 1U);
  EXPECT_EQ(seen.counts.stray, 3U);
  EXPECT_EQ(seen.connection[5], std::nullopt);
}

TEST(ClosedConnection, LaterSynOfTheSameIsnIsStray) {
  Conversation c = closed_by_fins();
  c.syn().after(10_s + 1);
  EXPECT_EQ(follow(c.packets()).counts.stray, 1U);
}

TEST(ClosedConnection, TenSecondsCountFromThePacketThatClosedIt) {
  Conversation c = closed_by_fins();
  c.ack().after(9_s).server_fin().after(500_ms).client(100).after(501_ms);
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(ClosedConnection, StrayPacketsDoNotKeepItAlive) {
  Conversation c = closed_by_fins();
  c.ack().after(40_s).ack().after(20_s).ack().after(1);
  const Followed seen = follow(c.packets());
  EXPECT_EQ(seen.connections(), 2U) << "closed more than 60 s ago: any packet begins a new one";
  EXPECT_EQ(seen.counts.stray, 2U);
}

TEST(ClosedConnection, OneFinClosesNothing) {
  Conversation c;
  c.handshake().client_fin().server(100).after(5_min);
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(ClosedConnection, TwoFinsOfOneSideCloseNothing) {
  Conversation c;
  c.handshake().client_fin().client_fin().server(100).after(5_min);
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(ClosedConnection, RstClosesAtOnce) {
  Conversation c;
  c.handshake().client_rst().server(100).after(10_s + 1);
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(ClosedConnection, FirstPacketMayCloseIt) {
  Conversation c;
  c.server_rst().client(100).after(10_s + 1);
  EXPECT_EQ(connections_in(c), 2U);
}

TEST(ClosedConnection, IsToldOnceHoweverOftenItsTupleReturns) {
  Conversation c = closed_by_fins();
  c.isn(kOtherIsn, kOtherIsn).handshake().client_rst().isn(7, 8).handshake();
  const Followed seen = follow(c.packets());
  ASSERT_EQ(seen.ended.size(), 3U);
  EXPECT_EQ(seen.ended[0].connection, 0U);
  EXPECT_EQ(seen.ended[1].connection, 1U);
  EXPECT_EQ(seen.ended[2].connection, 2U);
}

// The tuple

TEST(Tuple, BothDirectionsAreOneConnection) {
  Conversation c;
  c.client(10).server(10);
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(Tuple, AnotherPortIsAnotherConnection) {
  const std::vector<std::vector<decode::Packet>> both{
      Conversation({1, 1000}, {2, 80}).client(10).packets(),
      Conversation({1, 1001}, {2, 80}).client(10).packets()};
  EXPECT_EQ(follow(interleaved(both)).connections(), 2U);
}

TEST(Tuple, SwappedPortsAreAnotherConnection) {
  const std::vector<std::vector<decode::Packet>> both{
      Conversation({1, 1000}, {2, 80}).client(10).packets(),
      Conversation({1, 80}, {2, 1000}).client(10).packets()};
  EXPECT_EQ(follow(interleaved(both)).connections(), 2U);
}

TEST(Tuple, VlanMayDifferByDirection) {
  Conversation c;
  c.client(10).vlan(5).server(10).vlan(6);
  EXPECT_EQ(connections_in(c), 1U);
}

TEST(Tuple, VlanIdIsPartOfTheKeyOnRequest) {
  Conversation c;
  c.client(10).vlan(5).server(10).vlan(5).server(10).vlan(6);
  EXPECT_EQ(follow(c.packets(), {.vlan_key = true}).connections(), 2U);
}

TEST(Tuple, BothVlanIdsArePartOfTheKeyOnRequest) {
  Conversation c;
  c.client(10).vlans(5, 7).server(10).vlans(6, 7);
  EXPECT_EQ(follow(c.packets(), {.vlan_key = true}).connections(), 2U);
}

}  // namespace
}  // namespace kanaria::flow
