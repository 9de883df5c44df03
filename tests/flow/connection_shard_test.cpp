// SPDX-License-Identifier: Apache-2.0
// When connections are told to be over, and which ones go when memory is short.
#include "flow/connection_shard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/flow/conversation.h"
#include "tests/flow/followed.h"

namespace kanaria::flow {
namespace {

constexpr End kServer{0x08080808, 443};

// The which-th client whose connections to kServer live in shard 0, so that they share its clock
// and its memory.
End client(size_t which) {
  static std::vector<End> found;
  for (uint32_t address = 0x0a000000 + static_cast<uint32_t>(found.size()) * 64;
       found.size() <= which; ++address) {
    const End end{address, 50000};
    const bool known = !found.empty() && address <= found.back().address;
    if (!known && key_of(Conversation(end, kServer).syn().last(), false, 0).shard == 0)
      found.push_back(end);
  }
  return found[which];
}
Conversation of(size_t which) { return Conversation(client(which), kServer); }

// Room for `connections` in each shard.
TableOptions room_for(size_t connections) { return {.most_connections = connections * kShards}; }

// Packets of unrelated connections of the same shard, from `begin` to `end`; enough of them for the
// table to look at all it holds.
std::vector<decode::Packet> passing_time(Nanoseconds begin, Nanoseconds end) {
  Conversation c = of(1000);
  constexpr Nanoseconds kPackets = 300;
  for (Nanoseconds i = 0; i <= kPackets; ++i) c.ack().at(begin + (end - begin) * i / kPackets);
  return c.packets();
}

std::vector<decode::Packet> together(std::vector<std::vector<decode::Packet>> conversations) {
  return interleaved(conversations);
}

// In the order given, whatever their times.
std::vector<decode::Packet> in_order(const std::vector<std::vector<decode::Packet>>& parts) {
  std::vector<decode::Packet> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  for (size_t i = 0; i < all.size(); ++i) all[i].number = i + 1;
  return all;
}

bool ended_by_timeout(const Followed& seen, size_t which) {
  return std::any_of(seen.ended.begin(), seen.ended.end(), [&](const Followed::EndSeen& end) {
    return end.connection == which && end.reason == EndReason::kTimeout;
  });
}

// Ends

TEST(ConnectionEnd, IsToldWhileOthersGoOn) {
  const auto packets =
      together({of(0).handshake().client_rst().packets(), passing_time(1_s, 30_s)});
  EXPECT_TRUE(ended_by_timeout(follow(packets), 0));
}

TEST(ConnectionEnd, OfAClosedOneIsNotToldWithinTenSeconds) {
  const auto packets = together({of(0).client_rst().at(0_s).packets(), passing_time(1_ms, 10_s)});
  EXPECT_FALSE(ended_by_timeout(follow(packets), 0));
}

TEST(ConnectionEnd, OfAnIdleOneIsToldAfterFifteenMinutes) {
  const auto packets = together({of(0).client(100).packets(), passing_time(1_s, 20_min)});
  EXPECT_TRUE(ended_by_timeout(follow(packets), 0));
}

TEST(ConnectionEnd, OfAnOpenOneIsNotToldWithinFifteenMinutes) {
  const auto packets = together({of(0).client(100).packets(), passing_time(1_s, 15_min)});
  EXPECT_FALSE(ended_by_timeout(follow(packets), 0));
}

TEST(ConnectionEnd, ToldEarlyStillTakesLatePackets) {
  const auto packets = together({of(0).client(100).client_rst().packets(), passing_time(1_s, 50_s),
                                 of(0).ack().at(50_s).packets()});
  const Followed seen = follow(packets);
  EXPECT_EQ(seen.counts.stray, 1U);
  EXPECT_EQ(seen.connections(), 2U);
}

TEST(ConnectionEnd, OfOneSideOnlyIsCounted) {
  Conversation c;
  c.syn().client(10).client(10);
  EXPECT_EQ(follow(c.packets()).counts.one_sided, 1U);
  c.server_ack();
  EXPECT_EQ(follow(c.packets()).counts.one_sided, 0U);
}

TEST(ConnectionEnd, OfTheInputIsToldOnceForEach) {
  const auto packets = together({of(0).client(1).packets(), of(1).client(1).packets()});
  const Followed seen = follow(packets);
  ASSERT_EQ(seen.ended.size(), 2U);
  EXPECT_EQ(seen.ended[0].reason, EndReason::kInputEnd);
  EXPECT_EQ(seen.ended[0].number, kInputEndNumber);
}

TEST(ConnectionEnd, OfTheInputForgetsAllTuples) {
  Conversation c;
  c.handshake().client(100);
  Follower follower;
  follower.follow(c.packets()).finish();
  follower.follow(c.packets());
  const Followed seen = follower.finish();
  EXPECT_EQ(seen.connections(), 2U) << "what follows an end is another connection";
  EXPECT_EQ(seen.ended.size(), 2U);
}

// Every packet of a connection is in the record that is told at its end.
TEST(ConnectionEnd, HoldsPacketsThatComeALittleOutOfTimeOrder) {
  const auto packets =
      in_order({of(0).client(100).client_rst().at(0_s).packets(),
                passing_time(10_s + 1_ms, 10_s + 5_ms), of(0).client(7).at(10_s - 5_ms).packets()});
  const Followed seen = follow(packets, {}, 1);
  EXPECT_EQ(seen.connection.back(), 0U);
  EXPECT_EQ(seen.record(0).packet_count(), 3U);
}

// Clocks

TEST(BogusTimestamp, InTheFutureDoesNotEndOthers) {
  const auto packets = in_order({of(0).client(100).packets(), passing_time(1_s, 2_s),
                                 of(1).client(100).at(365 * 24 * 60_min).packets(),
                                 passing_time(2_s, 3_s), of(0).client(100).at(4_s).packets()});
  const Followed seen = follow(packets);
  EXPECT_EQ(seen.connections(), 3U);
  EXPECT_FALSE(ended_by_timeout(seen, 0));
}

TEST(BogusTimestamp, InThePastDoesNotEndOthers) {
  const auto packets = in_order({of(0).client(100).packets(), passing_time(1_s, 2_s),
                                 of(1).client(100).at(-365 * 24 * 60_min).packets(),
                                 passing_time(2_s, 3_s), of(0).client(100).at(4_s).packets()});
  const Followed seen = follow(packets);
  EXPECT_EQ(seen.connections(), 3U);
  EXPECT_FALSE(ended_by_timeout(seen, 0));
}

TEST(BogusTimestamp, AtTheEndsOfTimeIsTaken) {
  Conversation c;
  c.client(1).at(0).client(1).client(1);
  auto packets = c.packets();
  packets[1].time = {INT64_MAX};
  packets[2].time = {INT64_MIN};
  EXPECT_GE(follow(packets).connections(), 1U);
}

// Memory

TEST(MemoryBound, IsNeverExceededByLiveConnections) {
  Random random(1);
  Follower follower(room_for(2));
  for (uint32_t i = 0; i < 5000; ++i) {
    const auto tuple = static_cast<uint32_t>(random.below(1000));
    Conversation c({tuple, 50000}, kServer);
    random.below(2) == 0 ? c.isn(i, 1).syn() : c.client(10);
    c.at(static_cast<Nanoseconds>(i) * 1_ms).last().number = i + 1;
    follower.follow(c.packets());
  }
  const Followed seen = follower.finish();
  EXPECT_LE(seen.most_live, 2 * kShards);
  EXPECT_GT(seen.counts.forced, 0U);
  EXPECT_EQ(seen.ended.size(), seen.connections()) << "each end is told, once";
}

TEST(MemoryBound, GivesUpTheOneSilentForLongest) {
  const auto packets =
      together({of(0).client(1).at(0_s).client(1).at(5_s).packets(),
                of(1).client(1).at(1_s).packets(), of(2).client(1).at(6_s).packets()});
  const Followed seen = follow(packets, room_for(2));
  EXPECT_EQ(seen.counts.forced, 1U);
  EXPECT_EQ(seen.ended.front().connection, 1U);
  EXPECT_EQ(seen.ended.front().reason, EndReason::kForced);
}

TEST(MemoryBound, KeepsThePromisingOnes) {
  Follower follower(room_for(4));
  follower.follow(of(0).client(1).packets());
  follower.table().set_promise(follower.id(0), 255);
  for (size_t i = 1; i < 200; ++i)
    follower.follow(of(i).client(1).at(static_cast<Nanoseconds>(i) * 1_ms).packets());
  const Followed& seen = follower.so_far();
  EXPECT_TRUE(std::none_of(seen.ended.begin(), seen.ended.end(),
                           [](const auto& end) { return end.connection == 0; }));
  EXPECT_EQ(seen.ended.size(), 196U);
}

TEST(MemoryBound, KeepsThePromisingOnesHoweverManyStandTogether) {
  Follower follower(room_for(40));
  for (size_t i = 0; i < 20; ++i) {
    follower.follow(of(i).client(1).packets());
    follower.table().set_promise(follower.id(i), 255);
  }
  for (size_t i = 20; i < 200; ++i)
    follower.follow(of(i).client(1).at(static_cast<Nanoseconds>(i) * 1_ms).packets());
  const Followed& seen = follower.so_far();
  EXPECT_TRUE(std::none_of(seen.ended.begin(), seen.ended.end(),
                           [](const auto& end) { return end.connection < 20; }));
}

TEST(MemoryBound, GivesUpEvenPromisingOnesWhenAllAre) {
  Follower follower(room_for(1));
  follower.follow(of(0).client(1).packets());
  follower.table().set_promise(follower.id(0), 255);
  follower.follow(of(1).client(1).packets());
  EXPECT_EQ(follower.finish().most_live, 1U);
}

TEST(MemoryBound, ForgetsConnectionsAlreadyToldFirst) {
  const auto packets = together({of(0).client(1).client_rst().packets(), passing_time(1_s, 60_s),
                                 of(1).client(1).at(61_s).packets()});
  const Followed seen = follow(packets, room_for(2), 1);
  EXPECT_EQ(seen.counts.forced, 0U) << "the closed one made room";
}

TEST(MemoryBound, ReplacedConnectionTakesNoRoom) {
  const auto packets = together({of(0).handshake().client_rst().isn(7, 8).syn().at(2_s).packets(),
                                 of(1).client(1).at(1_s).packets()});
  EXPECT_EQ(follow(packets, room_for(2)).counts.forced, 0U)
      << "two tuples, room for two: the other one stays";
}

TEST(MemoryBound, GivesUpTheSameOnesForAnyCuttingIntoBatches) {
  std::vector<decode::Packet> packets;
  Random random(2);
  for (uint32_t i = 0; i < 4000; ++i) {
    Conversation c = of(random.below(60));
    random.below(2) == 0 ? c.client(10) : c.isn(i, 1).syn().flags(decode::kSyn | decode::kFin);
    packets.push_back(c.at(static_cast<Nanoseconds>(i) * 100_ms).last());
    packets.back().number = i + 1;
  }
  EXPECT_TRUE(follow(packets, room_for(40), 1).ended == follow(packets, room_for(40), 256).ended);
}

}  // namespace
}  // namespace kanaria::flow
