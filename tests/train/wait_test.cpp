// SPDX-License-Identifier: Apache-2.0
#include "train/wait.h"

#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

TEST(FoundWithin, WhereAllWereFoundIsTheOrderStatistic) {
  const std::vector<Wait> waits{{40, true}, {10, true}, {30, true}, {20, true}};
  EXPECT_EQ(found_within(waits, 0.25), 10);
  EXPECT_EQ(found_within(waits, 0.5), 20);
  EXPECT_EQ(found_within(waits, 0.95), 40);
}

// Unseen after 1: 3/4. The one of 2 leaves. After 3: 3/4 · 1/2. After 4: 0.
TEST(FoundWithin, WhoeverWasWatchedForLessSaysNothingOfLaterTimes) {
  const std::vector<Wait> waits{{1, true}, {2, false}, {3, true}, {4, true}};
  EXPECT_EQ(found_within(waits, 0.25), 1);
  EXPECT_EQ(found_within(waits, 0.26), 3);
  EXPECT_EQ(found_within(waits, 0.62), 3);
  EXPECT_EQ(found_within(waits, 0.63), 4);
}

TEST(FoundWithin, OneWatchedJustAsLongAsAnotherTookWasStillUnseenThen) {
  EXPECT_EQ(found_within({{5, false}, {5, true}}, 0.5), 5);
  EXPECT_EQ(found_within({{5, false}, {5, true}}, 0.51), std::nullopt);
}

TEST(FoundWithin, IsNothingWhereSoManyWereNeverFound) {
  EXPECT_EQ(found_within({}, 0.5), std::nullopt);
  EXPECT_EQ(found_within({{5, false}}, 0.5), std::nullopt);
  EXPECT_EQ(found_within({{1, true}, {9, false}, {9, false}}, 0.5), std::nullopt);
}

}  // namespace
}  // namespace kanaria::train
