// SPDX-License-Identifier: Apache-2.0
// When the lens `rhythm` makes a row, and of which messages (docs/features.md, "rhythm 1").
#include "feature/rhythm_lens.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/feature/lens_rows.h"

namespace kanaria::feature {
namespace {

using namespace flow;
using testing::ElementsAre;

// Messages of 100 bytes in turn, the client's first, 2 s apart: one segment each.
Conversation messages(size_t count, Conversation c = Conversation()) {
  c.handshake();
  for (size_t i = 0; i < count; ++i) (i % 2 == 0 ? c.client(100) : c.server(100)).after(2_s);
  return c;
}

LensRows rhythm(std::span<const decode::Packet> packets) {
  LensRows rows("rhythm");
  rows.add(packets);
  return rows;
}

std::vector<uint32_t> rows_at(const LensRows& rows) {
  std::vector<uint32_t> at;
  for (const RowOrigin& origin : rows.rows().origins) at.push_back(origin.messages);
  return at;
}

TEST(RhythmLens, HasSixtyOneNamesEachOnce) {
  const RhythmLens lens;
  const auto names = lens.value_names();
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), 61U);
  EXPECT_EQ(lens.version(), 1);
  EXPECT_FALSE(lens.needs_packets());
}

TEST(RhythmLens, RowsComeAtEightToSixteenMessagesByTwosAndThenEverySixth) {
  EXPECT_THAT(rows_at(rhythm(messages(45).packets())),
              ElementsAre(8, 10, 12, 14, 16, 22, 28, 34, 40));
}

TEST(RhythmLens, SevenMessagesGiveNoRow) {
  EXPECT_EQ(rhythm(messages(7).packets()).rows().rows(), 0U);
}

TEST(RhythmLens, RowIsOfTheLastMessageAndThePacketThatFinishedIt) {
  Conversation c = messages(7);
  c.client(1200).at(60_s).client(5).at(60_s + 300_ms);  // one message of two segments
  const LensRows rows = rhythm(c.packets());
  EXPECT_THAT(rows_at(rows), ElementsAre(8));
  EXPECT_EQ(rows.rows().origins[0].time, kBegin + (60_s + 300_ms));
  EXPECT_EQ(rows.rows().origins[0].number, c.size());
}

// A full segment is a message's last one only once the next came.
TEST(RhythmLens, AMessageEndedByTheNextOneHasItsOwnTimeAndThatOnesPacket) {
  Conversation c = messages(7);
  c.client(1200).at(60_s).server(5).at(90_s);
  const RowOrigin origin = rhythm(c.packets()).rows().origins.at(0);
  EXPECT_EQ(origin.time, kBegin + 60_s);
  EXPECT_EQ(origin.number, c.size());
}

TEST(RhythmLens, ARowIsOfTheLastSixteenMessagesAlone) {
  Conversation c;  // six large messages have left the window at the 22nd
  c.handshake();
  for (int i = 0; i < 6; ++i) c.server(480).after(1_s);
  for (int i = 0; i < 16; ++i) c.client(63).after(1_s);
  const LensRows rows = rhythm(c.packets());
  EXPECT_THAT(rows_at(rows), ElementsAre(8, 10, 12, 14, 16, 22));
  EXPECT_EQ(rows.value(0, "up_share"), 2.0F / 8);
  EXPECT_EQ(rows.value(4, "up_share"), 10.0F / 16);
  EXPECT_EQ(rows.value(5, "up_share"), 1.0F);
  EXPECT_EQ(rows.value(5, "mean_size"), 6.0F) << "log2(1 + 63)";
  EXPECT_EQ(rows.value(0, "messages"), 0.5F);
  EXPECT_EQ(rows.value(5, "messages"), 1.0F);
}

TEST(RhythmLens, ARowKnowsTheRoundTrip) {
  Conversation c;
  c.syn().syn_ack().after(30_ms).ack();
  for (int i = 0; i < 4; ++i) c.client(100).after(2_s).server(50).after(200_ms);
  // Replies after 200 ms; all round trips measured: 30 ms the least.
  EXPECT_NEAR(rhythm(c.packets()).value(0, "reply_latency"), std::log2(0.202 / 0.032), 1e-6);
}

TEST(RhythmLens, ConnectionsHaveTheirOwnWindows) {
  const auto one = messages(9), other = messages(9, Conversation({0x0a000002, 40'000}));
  const std::vector both{one.packets(), other.packets()};
  const LensRows rows = rhythm(interleaved(both));
  EXPECT_THAT(rows_at(rows), ElementsAre(8, 8));
  EXPECT_THAT(rows.rows().row(0), testing::ElementsAreArray(rows.rows().row(1)));
}

TEST(RhythmLens, AConnectionAfterAnotherOnTheSameTupleBeginsAnew) {
  Conversation c = messages(7);
  c.client_fin().server_fin();
  c.isn(70'000, 90'000).handshake();
  for (int i = 0; i < 7; ++i) c.client(100).after(2_s);
  EXPECT_EQ(rhythm(c.packets()).rows().rows(), 0U);
  c.client(100);
  EXPECT_THAT(rows_at(rhythm(c.packets())), ElementsAre(8));
}

TEST(RhythmLens, GoesOnAcrossBatches) {
  const Conversation c = messages(30);
  LensRows cut("rhythm");
  for (const decode::Packet& packet : c.packets()) cut.add({&packet, 1});
  const LensRows whole = rhythm(c.packets());
  EXPECT_EQ(cut.rows().values, whole.rows().values);
  EXPECT_EQ(rows_at(cut), rows_at(whole));
}

TEST(RhythmLens, PacketsWithoutMessagesGiveNoRow) {
  Conversation c;
  c.handshake();
  for (int i = 0; i < 50; ++i) c.ack().server_ack();
  EXPECT_EQ(rhythm(c.packets()).rows().rows(), 0U);
}

}  // namespace
}  // namespace kanaria::feature
