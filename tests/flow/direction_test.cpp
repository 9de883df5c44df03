// SPDX-License-Identifier: Apache-2.0
// Who is the client (docs/definitions.md, "Connection").
#include "flow/direction.h"

#include <gtest/gtest.h>

#include "tests/flow/conversation.h"
#include "tests/flow/followed.h"

namespace kanaria::flow {
namespace {

constexpr uint32_t kLow = 0x0a000001, kHigh = 0xc0000201;

IpAddress client_of(const Conversation& c) { return follow(c.packets()).ends.at(0).client; }

TEST(Client, IsTheSenderOfTheSynWhateverThePorts) {
  EXPECT_EQ(client_of(Conversation({kLow, 80}, {kHigh, 40000}).syn()), v4(kLow));
  EXPECT_EQ(client_of(Conversation({kHigh, 80}, {kLow, 40000}).syn()), v4(kHigh));
}

TEST(Client, IsTheReceiverOfTheSynAckWhateverThePorts) {
  EXPECT_EQ(client_of(Conversation({kLow, 80}, {kHigh, 40000}).syn_ack()), v4(kLow));
}

TEST(Client, HasTheHigherPortWithoutSyn) {
  EXPECT_EQ(client_of(Conversation({kLow, 40000}, {kHigh, 3333}).client(1)), v4(kLow));
  EXPECT_EQ(client_of(Conversation({kLow, 40000}, {kHigh, 3333}).server(1)), v4(kLow));
  EXPECT_EQ(client_of(Conversation({kHigh, 40000}, {kLow, 3333}).server(1)), v4(kHigh));
}

TEST(Client, SentTheFirstPacketWhenPortsAreEqual) {
  EXPECT_EQ(client_of(Conversation({kLow, 179}, {kHigh, 179}).client(1)), v4(kLow));
  EXPECT_EQ(client_of(Conversation({kLow, 179}, {kHigh, 179}).server(1)), v4(kHigh));
}

TEST(Client, StaysWhenASynComesLater) {
  Conversation c({kLow, 80}, {kHigh, 40000});
  c.client(1).syn();
  EXPECT_EQ(client_of(c), v4(kHigh));
}

TEST(Client, SynWithOtherFlagsIsStillASyn) {
  Conversation c({kLow, 80}, {kHigh, 40000});
  c.syn().flags(decode::kSyn | decode::kEce | decode::kCwr);
  EXPECT_EQ(client_of(c), v4(kLow));
}

TEST(Direction, IsToTheServerFromTheClient) {
  Conversation c;
  c.syn().syn_ack().client(10).server(20);
  const Followed seen = follow(c.packets());
  EXPECT_EQ(seen.segments[0].event.segment.direction, Direction::kToServer);
  EXPECT_EQ(seen.segments[1].event.segment.direction, Direction::kToClient);
  EXPECT_EQ(seen.record(0).packets, (std::array<uint32_t, 2>{2, 2}));
}

TEST(Direction, OfAConnectionToItselfIsAlwaysToTheServer) {
  Conversation c({kLow, 99}, {kLow, 99});
  c.client(10).server(20);
  EXPECT_EQ(follow(c.packets()).record(0).packets[0], 2U);
}

}  // namespace
}  // namespace kanaria::flow
