// SPDX-License-Identifier: Apache-2.0
#include "report/community_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample_report.h"

namespace kanaria::report {
namespace {

// The TCP vectors of the specification's baseline, seed 0
// (https://github.com/corelight/community-id-spec).
TEST(CommunityId, EqualsThePublishedVectors) {
  EXPECT_EQ(community_id(ends("1.2.3.4", 1122, "5.6.7.8", 3344)), "1:wCb3OG7yAFWelaUydu0D+125CLM=");
  EXPECT_EQ(community_id(ends("128.232.110.120", 34855, "66.35.250.204", 80)),
            "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  EXPECT_EQ(community_id(ends("2001:470:e5bf:dead:4957:2174:e82c:4887", 63943,
                              "2607:f8b0:400c:c03::1a", 25)),
            "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
}

TEST(CommunityId, IsTheSameSeenFromTheOtherSide) {
  EXPECT_EQ(community_id(ends("5.6.7.8", 3344, "1.2.3.4", 1122)), "1:wCb3OG7yAFWelaUydu0D+125CLM=");
  EXPECT_EQ(community_id(ends("2607:f8b0:400c:c03::1a", 25,
                              "2001:470:e5bf:dead:4957:2174:e82c:4887", 63943)),
            "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
}

TEST(CommunityId, OrdersEqualAddressesByPort) {
  EXPECT_EQ(community_id(ends("10.0.0.1", 1, "10.0.0.1", 2)),
            community_id(ends("10.0.0.1", 2, "10.0.0.1", 1)));
}

TEST(CommunityId, ComparesAddressesAsUnsignedBytes) {
  EXPECT_EQ(community_id(ends("200.0.0.1", 1, "10.0.0.1", 2)),
            community_id(ends("10.0.0.1", 2, "200.0.0.1", 1)));
}

}  // namespace
}  // namespace kanaria::report
