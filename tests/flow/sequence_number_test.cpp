// SPDX-License-Identifier: Apache-2.0
#include "flow/sequence_number.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kanaria::flow {
namespace {

TEST(SequenceNumber, IsNotAfterItself) { EXPECT_FALSE(is_after(7, 7)); }

TEST(SequenceNumber, WrapsAround) {
  EXPECT_TRUE(is_after(0, UINT32_MAX));
  EXPECT_FALSE(is_after(UINT32_MAX, 0));
  EXPECT_EQ(sequence_distance(UINT32_MAX - 4, 5), 10);
}

TEST(SequenceNumber, IsAfterUpToHalfTheSpace) {
  EXPECT_TRUE(is_after(0x7fffffff, 0));
  EXPECT_FALSE(is_after(0x80000000, 0)) << "exactly half is not after";
  EXPECT_FALSE(is_after(0, 0x80000000)) << "in neither order";
}

RC_GTEST_PROP(SequenceNumber, DistanceIsTheOneThatLeadsThere, (uint32_t from, int32_t distance)) {
  RC_ASSERT(sequence_distance(from, from + static_cast<uint32_t>(distance)) == distance);
}

RC_GTEST_PROP(SequenceNumber, OrderStaysWhenBothMove, (uint32_t a, uint32_t b, uint32_t by)) {
  RC_ASSERT(is_after(a, b) == is_after(a + by, b + by));
}

}  // namespace
}  // namespace kanaria::flow
