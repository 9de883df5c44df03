// SPDX-License-Identifier: Apache-2.0
// The table as a whole: beside its slow twin, and however packets are cut into batches.
#include "flow/connection_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "tests/flow/conversation.h"
#include "tests/flow/followed.h"
#include "tests/flow/slow_connections.h"

namespace kanaria::flow {
namespace {

// Any flags, few sequence numbers, pauses around every limit of the rules.
decode::Packet any_packet(uint32_t tuples) {
  const uint32_t tuple = *rc::gen::inRange(0U, tuples);
  Conversation c({1 + tuple, 50000}, {0x08080808, 443});
  const bool from_client = *rc::gen::arbitrary<bool>();
  const uint32_t payload = *rc::gen::element(0U, 0U, 0U, 1U, 100U);
  from_client ? c.client(payload) : c.server(payload);
  const auto syn = static_cast<unsigned>(decode::kSyn);
  const auto ack = static_cast<unsigned>(decode::kAck);
  const auto fin = static_cast<unsigned>(decode::kFin);
  const auto rst = static_cast<unsigned>(decode::kRst);
  c.flags(*rc::gen::weightedElement<unsigned>(
      {{4, ack}, {4, syn}, {4, syn | ack}, {2, fin | ack}, {1, rst}, {1, 0U}}));
  c.seq(*rc::gen::element(100U, 200U, 300U)).acking(*rc::gen::element(101U, 201U, 301U));
  return c.last();
}

std::vector<decode::Packet> any_packets(uint32_t tuples) {
  const auto count = *rc::gen::inRange<size_t>(1, 80);
  std::vector<decode::Packet> packets;
  Timestamp now = kBegin;
  for (size_t i = 0; i < count; ++i) {
    now = now + *rc::gen::weightedElement<Nanoseconds>(
                    {{8, 1_ms}, {2, 5_s}, {2, 10_s}, {1, 10_s + 1}, {1, 60_s}, {1, 15_min}});
    packets.push_back(any_packet(tuples));
    packets.back().time = now;
    packets.back().number = i + 1;
  }
  return packets;
}

RC_GTEST_PROP(ConnectionTable, FollowsTheRulesLikeItsSlowTwin, ()) {
  const auto packets = any_packets(2);
  const auto batch_size = *rc::gen::inRange<size_t>(1, 20);
  RC_ASSERT(follow(packets, {}, batch_size).connection == SlowConnections::of(packets));
}

RC_GTEST_PROP(ConnectionTable, GivesTheSameForAnyCuttingIntoBatches, ()) {
  const auto packets = any_packets(5);
  const Followed whole = follow(packets);
  const Followed cut = follow(packets, {}, *rc::gen::inRange<size_t>(1, 20));
  RC_ASSERT(cut.connection == whole.connection);
  RC_ASSERT(cut.packet_class == whole.packet_class);
  RC_ASSERT(cut.new_bytes() == whole.new_bytes());
}

// Tuples that come and go, `tuples` of them at a time: what the index has to bear.
std::vector<decode::Packet> churn(uint64_t seed, uint32_t tuples, size_t count) {
  Random random(seed);
  std::vector<decode::Packet> packets;
  for (size_t i = 0; i < count; ++i) {
    const auto tuple = static_cast<uint32_t>(random.below(tuples) + i / 20);
    Conversation c({0x0a000000 + tuple / 7, static_cast<uint16_t>(20000 + tuple % 7)},
                   {0x08080808, 443});
    switch (random.below(4)) {
      case 0: c.isn(static_cast<uint32_t>(i), 1).syn(); break;
      case 1: c.client_rst(); break;
      default: c.client(100);
    }
    packets.push_back(c.last());
    packets.back().time = kBegin + static_cast<Nanoseconds>(i) * 20_ms;
    packets.back().number = i + 1;
  }
  return packets;
}

TEST(ConnectionIndex, FindsEveryTupleThroughBeginsAndEnds) {
  const auto packets = churn(1, 3000, 200'000);
  EXPECT_TRUE(follow(packets, {}, 256).connection == SlowConnections::of(packets));
}

TEST(ConnectionIndex, FindsEveryTupleWhenOneBatchHoldsThemAll) {
  const auto packets = churn(2, 3000, 50'000);
  EXPECT_TRUE(follow(packets).connection == SlowConnections::of(packets));
}

// Which packet ends a connection that fell silent is part of what is told.
TEST(ConnectionTable, EndsConnectionsAtTheSamePacketForAnyCuttingIntoBatches) {
  const auto packets = churn(3, 2000, 100'000);
  const Followed small = follow(packets, {}, 1), large = follow(packets, {}, 8192);
  EXPECT_TRUE(small.ended == large.ended);
}

TEST(ConnectionTable, EachShareOfShardsTakesItsOwnPackets) {
  const auto packets = churn(4, 300, 5'000);
  ConnectionTable table({});
  FlowBatch batch;
  size_t taken = 0;
  for (const unsigned first : {0U, 1U, 2U}) {
    table.process(packets, {first, 3}, batch);
    taken += batch.packets.size();
  }
  EXPECT_EQ(taken + table.counts().stray, packets.size());
  EXPECT_EQ(table.counts().connections, follow(packets).connections());
}

TEST(ConnectionTable, CountsTheSameWhoeverSharesTheWork) {
  const auto packets = churn(5, 300, 5'000);
  ConnectionTable table({});
  FlowBatch batch;
  for (const unsigned first : {0U, 1U}) table.process(packets, {first, 2}, batch);
  const ShardCounts alone = follow(packets).counts;
  EXPECT_EQ(table.counts().connections, alone.connections);
  EXPECT_EQ(table.counts().stray, alone.stray);
  EXPECT_EQ(table.counts().acked_unseen, alone.acked_unseen);
}

}  // namespace
}  // namespace kanaria::flow
