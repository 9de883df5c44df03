// SPDX-License-Identifier: Apache-2.0
#include "train/thinning.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

// Those of `rows` rows, numbered from 0, that are taken.
std::vector<uint64_t> taken(uint32_t most, uint64_t rows) {
  Thinning thinning(most);
  std::vector<uint64_t> numbers;
  for (uint64_t row = 0; row < rows; ++row)
    if (thinning.takes_next()) numbers.push_back(row);
  return numbers;
}

TEST(Thinning, TakesTheFirstHalfAsTheyCome) {
  EXPECT_THAT(taken(8, 4), testing::ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(taken(7, 4), testing::ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(taken(1, 1), testing::ElementsAre(0));
}

// As docs/dataset.md tells it: 16, then 8 of 4 rows, 4 of 16, 2 of 64, one of 256, one of 1,024.
TEST(Thinning, TakesEverFewerOfTheRest) {
  const auto rows = taken(32, 100'000);
  ASSERT_EQ(rows.size(), 32U);
  std::vector<uint64_t> strides;
  for (size_t i = 16; i < rows.size(); ++i) strides.push_back(rows[i] - rows[i - 1]);
  EXPECT_THAT(strides,
              testing::ElementsAre(4, 4, 4, 4, 4, 4, 4, 4, 16, 16, 16, 16, 64, 64, 256, 1024));
}

TEST(Thinning, NeverTakesMoreHoweverLongAConnectionLives) {
  for (const uint32_t most : {1U, 2U, 3U, 5U, 33U, 64U}) {
    EXPECT_LE(taken(most, 1'000'000).size(), most) << most;
    EXPECT_EQ(taken(most, (most + 1) / 2).size(), (most + 1) / 2) << most;
  }
}

// The first rows of a connection are the same whatever comes behind them.
TEST(Thinning, DoesNotKnowWhatIsToCome) {
  const auto all = taken(32, 5000);
  for (const uint64_t rows : {10U, 17U, 100U, 2000U}) {
    const auto some = taken(32, rows);
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin()));
  }
}

}  // namespace
}  // namespace kanaria::train
