// SPDX-License-Identifier: Apache-2.0
// The values of docs/features.md, "header 1".
#include "feature/header_lens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/feature/lens_rows.h"

namespace kanaria::feature {
namespace {

using namespace flow;
using testing::ElementsAre;

LensRows header(const std::vector<decode::Packet>& packets) {
  LensRows rows("header");
  rows.add(packets);
  return rows;
}

// The worked example of docs/features.md.
TEST(HeaderLens, GivesTheRowsOfTheExample) {
  Conversation c;
  c.client(99).ttl(64).at(0_s).last().ip_id = 4711;
  c.server_ack().ttl(52).at(40_ms).last().ip_id = 9;
  c.client(0).ttl(64).at(2_s + 500_ms).last().ip_id = 4712;
  const LensRows rows = header(c.packets());
  EXPECT_THAT(rows.rows().row(0), ElementsAre(0, 64, 4711, 0, 1, 0, 6, 139, 0));
  EXPECT_THAT(rows.rows().row(1), ElementsAre(0.04F, 52, 9, 0, 1, 0, 6, 40, 0));
  EXPECT_THAT(rows.rows().row(2), ElementsAre(2.5F, 64, 4712, 0, 1, 0, 6, 40, 139));
}

TEST(HeaderLens, HasNineNames) {
  EXPECT_EQ(HeaderLens().value_names().size(), 9U);
  EXPECT_EQ(HeaderLens().version(), 1);
}

TEST(HeaderLens, EveryPacketOfAConnectionGivesARow) {
  Conversation c;
  c.handshake().client_range(0, 10).client_range(0, 10).client_range(9, 9).client_fin();
  EXPECT_EQ(header(c.packets()).rows().rows(), c.size());
}

TEST(HeaderLens, StrayPacketsGiveNoRow) {
  Conversation c;
  c.server_rst().ack().after(11_s);
  EXPECT_EQ(header(c.packets()).rows().rows(), 1U);
}

TEST(HeaderLens, PreviousLengthIsThatOfTheSameSenderInAnyConnection) {
  const std::vector<std::vector<decode::Packet>> both{
      Conversation({1, 40000}, {2, 80}).client(100).at(0_s).packets(),
      Conversation({1, 50000}, {3, 90}).client(7).at(1_s).packets()};
  EXPECT_EQ(header(interleaved(both)).value(1, "previous_ip_length"), 140);
}

TEST(HeaderLens, PreviousLengthIsNotTheOtherSides) {
  Conversation c;
  c.client(100).server(7);
  EXPECT_EQ(header(c.packets()).value(1, "previous_ip_length"), 0);
}

TEST(HeaderLens, PreviousLengthGoesOnAcrossBatches) {
  Conversation c;
  c.client(100).client(7);
  LensRows cut("header");
  for (const decode::Packet& packet : c.packets()) cut.add({&packet, 1});
  EXPECT_EQ(cut.rows().values, header(c.packets()).rows().values);
}

TEST(HeaderLens, SecondsCountFromTheConnectionsFirstPacket) {
  Conversation c;
  c.client(1).at(1_s).client_rst().at(2_s).isn(9, 9).syn().at(50_s).ack().at(51_s);
  const LensRows rows = header(c.packets());
  EXPECT_EQ(rows.value(1, "seconds"), 1);
  EXPECT_EQ(rows.value(2, "seconds"), 0);
  EXPECT_EQ(rows.value(3, "seconds"), 1);
}

TEST(HeaderLens, SecondsAreNegativeForAPacketOutOfTimeOrder) {
  Conversation c;
  c.client(1).at(10_s).client(1).at(9_s);
  EXPECT_EQ(header(c.packets()).value(1, "seconds"), -1);
}

TEST(HeaderLens, FirstFragmentKeepsItsFlag) {
  Conversation c;
  c.client(8).last().more_fragments = true;
  EXPECT_EQ(header(c.packets()).value(0, "mf"), 1);
}

}  // namespace
}  // namespace kanaria::feature
