// SPDX-License-Identifier: Apache-2.0
#include "record/rotation.h"

#include <gtest/gtest.h>

namespace kanaria::record {
namespace {

constexpr Timestamp kTime{1'795'439'747'999'999'999};  // 2026-11-23 13:15:47 UTC

TEST(RotatedName, HasNumberAndTimeBeforeTheEnding) {
  EXPECT_EQ(rotated_name("office.pcapng", 1, kTime), "office_00001_20261123T131547Z.pcapng");
  EXPECT_EQ(rotated_name("office.pcapng.gz", 2, kTime), "office_00002_20261123T131547Z.pcapng.gz");
  EXPECT_EQ(rotated_name("office.pcapng.zst", 3, kTime),
            "office_00003_20261123T131547Z.pcapng.zst");
}

TEST(RotatedName, OnlyTheNamesLastEndingCounts) {
  EXPECT_EQ(rotated_name("a.b.pcapng", 1, kTime), "a.b_00001_20261123T131547Z.pcapng");
  EXPECT_EQ(rotated_name("/var/log.d/office", 1, kTime),
            "/var/log.d/office_00001_20261123T131547Z");
  EXPECT_EQ(rotated_name("./office", 1, kTime), "./office_00001_20261123T131547Z");
  EXPECT_EQ(rotated_name("d/.hidden", 1, kTime), "d/.hidden_00001_20261123T131547Z");
  EXPECT_EQ(rotated_name("office.gz", 1, kTime), "office_00001_20261123T131547Z.gz");
  EXPECT_EQ(rotated_name(".gz", 1, kTime), "_00001_20261123T131547Z.gz");
}

TEST(RotatedName, NumbersBeyondFiveDigitsStayWhole) {
  EXPECT_EQ(rotated_name("o.pcapng", 123456, {0}), "o_123456_19700101T000000Z.pcapng");
}

}  // namespace
}  // namespace kanaria::record
