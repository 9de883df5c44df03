// SPDX-License-Identifier: Apache-2.0
// Lens `lengths` of docs/features.md: three columns of lens `pair` for each segment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/feature/lens_rows.h"

namespace kanaria::feature {
namespace {

using namespace flow;
using testing::ElementsAre;

Conversation talk() {
  Conversation c;
  c.handshake();
  c.client(99).ttl(64).window(501).at(1_s);
  c.server(63).ttl(52).flags(0x10).at(2_s);
  c.client(7).at(5_s);
  return c;
}

TEST(LengthsLens, TellsDirectionPushAndLengthOfBothSegments) {
  LensRows rows("lengths");
  rows.add(talk().packets());
  ASSERT_EQ(rows.rows().rows(), 2U);
  EXPECT_THAT(rows.rows().row(0), ElementsAre(0, 1, 99, 1, 0, 63));
  EXPECT_THAT(rows.rows().row(1), ElementsAre(1, 0, 63, 0, 1, 7));
}

TEST(LengthsLens, IsLensPairWithoutTheOtherColumns) {
  LensRows lengths("lengths"), pairs("pair");
  lengths.add(talk().packets());
  pairs.add(talk().packets());
  ASSERT_EQ(lengths.rows().rows(), pairs.rows().rows());
  for (size_t row = 0; row < pairs.rows().rows(); ++row) {
    EXPECT_EQ(lengths.rows().origins[row].number, pairs.rows().origins[row].number);
    for (const std::string_view name : (*make_lens("lengths", {}))->value_names())
      EXPECT_EQ(lengths.value(row, name), pairs.value(row, name)) << name;
  }
}

TEST(LengthsLens, MaxGapLeavesOutPairsFurtherApart) {
  LensRows rows("lengths", {.max_gap = 2_s});
  rows.add(talk().packets());
  EXPECT_EQ(rows.rows().rows(), 1U);
}

}  // namespace
}  // namespace kanaria::feature
