// SPDX-License-Identifier: Apache-2.0
// The values of docs/features.md, "pair 1".
#include "feature/pair_lens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/feature/lens_rows.h"

namespace kanaria::feature {
namespace {

using namespace flow;
using testing::ElementsAre;

LensRows pair(const Conversation& c, const LensOptions& options = {}) {
  LensRows rows("pair", options);
  rows.add(c.packets());
  return rows;
}

// The worked example of docs/features.md.
TEST(PairLens, GivesTheRowOfTheExample) {
  Conversation c;
  c.handshake();
  c.client(99).ttl(64).window(501).at(12_s);
  c.server(63).ttl(52).window(1024).at(12_s + 40_ms);
  const LensRows rows = pair(c);
  ASSERT_EQ(rows.rows().rows(), 1U);
  EXPECT_THAT(rows.rows().row(0), ElementsAre(0, 0, 0, 0, 1, 1, 0, 0, 0, 64, 1, 0, 0, 501, 99,  //
                                              1, 0, 0, 0, 1, 1, 0, 0, 0, 52, 1, 0, 0, 1024, 63));
}

TEST(PairLens, HasThirtyNames) {
  EXPECT_EQ((*make_lens("pair", {}))->value_names().size(), 30U);
  EXPECT_EQ((*make_lens("pair", {}))->version(), 1);
}

TEST(PairLens, EachFlagHasItsValue) {
  constexpr std::array<std::string_view, 8> kNames{"fin_2", "syn_2", "rst_2", "psh_2",
                                                   "ack_2", "urg_2", "ece_2", "cwr_2"};
  for (unsigned bit = 0; bit < 8; ++bit) {
    Conversation c;
    c.handshake().client(10).server(20).flags(1U << bit);
    const LensRows rows = pair(c);
    for (unsigned i = 0; i < 8; ++i)
      EXPECT_EQ(rows.value(0, kNames[i]), i == bit ? 1.0F : 0.0F) << kNames[i] << " of bit " << bit;
  }
}

TEST(PairLens, ReservedFlagsAreLeftOut) {
  Conversation c;
  c.handshake().client(10).server(20).flags(0xf00);
  const LensRows rows = pair(c);
  EXPECT_THAT(rows.rows().row(0).subspan(16, 8), testing::Each(0.0F));
}

TEST(PairLens, LengthIsThatOfNewBytes) {
  Conversation c;
  c.handshake().client_range(0, 100).client_range(60, 130);
  const LensRows rows = pair(c);
  EXPECT_EQ(rows.value(0, "length_1"), 100);
  EXPECT_EQ(rows.value(0, "length_2"), 30);
}

TEST(PairLens, FragmentFieldsAreTheSegmentsOwn) {
  Conversation c;
  c.handshake().client(10).server(20);
  c.last().dont_fragment = false;
  c.last().more_fragments = true;
  c.last().fragment_offset = 0;
  const LensRows rows = pair(c);
  EXPECT_EQ(rows.value(0, "df_1"), 1);
  EXPECT_EQ(rows.value(0, "mf_1"), 0);
  EXPECT_EQ(rows.value(0, "df_2"), 0);
  EXPECT_EQ(rows.value(0, "mf_2"), 1);
}

TEST(PairLens, LargestValuesFit) {
  Conversation c;
  c.handshake().client(65'495).window(65'535).ttl(255).server(1);
  const LensRows rows = pair(c);
  EXPECT_EQ(rows.value(0, "length_1"), 65'495);
  EXPECT_EQ(rows.value(0, "window_1"), 65'535);
  EXPECT_EQ(rows.value(0, "ttl_1"), 255);
}

TEST(PairLens, PairsOverlap) {
  Conversation c;
  c.handshake().client(10).client(20).server(30).server(40);
  const LensRows rows = pair(c);
  ASSERT_EQ(rows.rows().rows(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(rows.value(i, "length_1"), 10 * static_cast<float>(i + 1));
    EXPECT_EQ(rows.value(i, "length_2"), 10 * static_cast<float>(i + 2));
  }
}

TEST(PairLens, OneSegmentGivesNoRow) {
  Conversation c;
  c.handshake().client(10).server_ack();
  EXPECT_EQ(pair(c).rows().rows(), 0U);
}

TEST(PairLens, AcksKeepAlivesAndRetransmissionsGiveNoRow) {
  Conversation c;
  c.handshake().client_range(0, 100).server_ack().client_range(0, 100).client_range(99, 100);
  EXPECT_EQ(pair(c).rows().rows(), 0U);
}

TEST(PairLens, RowIsOfItsSecondSegment) {
  Conversation c;
  c.handshake().client(10).at(1_s).server_ack().server(20).at(5_s);
  const RowOrigin origin = pair(c).rows().origins[0];
  EXPECT_EQ(origin.time, kBegin + 5_s);
  EXPECT_EQ(origin.number, 6U);
}

TEST(PairLens, GapIsNotLimitedByDefault) {
  Conversation c;
  c.handshake().client(10).at(1_s).server(20).at(15_min);
  EXPECT_EQ(pair(c).rows().rows(), 1U);
}

TEST(PairLens, MaxGapLeavesOutPairsFurtherApart) {
  Conversation c;
  c.handshake().client(10).at(1_s).server(20).at(3_s).server(30).at(5_s + 1);
  const LensRows rows = pair(c, {.max_gap = 2_s});
  ASSERT_EQ(rows.rows().rows(), 1U);
  EXPECT_EQ(rows.value(0, "length_2"), 20) << "exactly 2 s is not further";
}

TEST(PairLens, GoesOnAcrossBatches) {
  Conversation c;
  c.handshake().client(10).server(20).client(30);
  LensRows cut("pair");
  for (const decode::Packet& packet : c.packets()) cut.add({&packet, 1});
  EXPECT_EQ(cut.rows().values, pair(c).rows().values);
}

}  // namespace
}  // namespace kanaria::feature
