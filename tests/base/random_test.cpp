// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace kanaria {
namespace {

constexpr uint64_t kStandardSeed = 5489;

// [rand.predef] of the C++ standard: the 10000th number of a default-seeded mt19937_64.
TEST(Random, EngineIsTheStandardsMersenneTwister) {
  Random random(kStandardSeed);
  for (int i = 0; i < 9999; ++i) random.uniform();
  EXPECT_EQ(random.uniform(), static_cast<double>(9981545732273789042U >> 11) * 0x1.0p-53);
}

TEST(Random, SameSeedGivesTheSameNumbers) {
  Random one(7), other(7);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(one.below(1000), other.below(1000));
}

TEST(Random, UniformStaysBelowOne) {
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const double x = random.uniform();
    ASSERT_GE(x, 0.0);
    ASSERT_LT(x, 1.0);
  }
}

TEST(Random, UniformBetweenBoundsFillsThem) {
  Random random(1);
  double low = 5, high = -3;
  for (int i = 0; i < 10'000; ++i) {
    const double x = random.uniform(-3, 5);
    low = std::min(low, x);
    high = std::max(high, x);
  }
  EXPECT_GE(low, -3);
  EXPECT_LT(low, -2.9);
  EXPECT_LT(high, 5);
  EXPECT_GT(high, 4.9);
}

TEST(Random, BelowOneIsZero) {
  Random random(1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0U);
}

// Each of 6 faces is expected 10,000 times with a deviation of 91: 5 deviations are allowed.
TEST(Random, BelowIsEven) {
  Random random(1);
  std::array<int, 6> seen{};
  for (int i = 0; i < 60'000; ++i) ++seen[random.below(6)];
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 456);
}

// 3·2^62 of 2^64: taking the remainder would make the lower third twice as likely.
TEST(Random, BelowIsEvenForCountsNearTheEnginesRange) {
  Random random(1);
  constexpr uint64_t kThird = uint64_t{1} << 62;
  int low = 0;
  for (int i = 0; i < 30'000; ++i) low += random.below(3 * kThird) < kThird ? 1 : 0;
  EXPECT_NEAR(low, 10'000, 408);  // 5 deviations of 82
}

TEST(Random, ShuffleKeepsEveryItem) {
  Random random(1);
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  const std::vector<int> sorted = items;
  random.shuffle(std::span(items));
  EXPECT_NE(items, sorted);
  std::sort(items.begin(), items.end());
  EXPECT_EQ(items, sorted);
}

TEST(Random, ShuffleOfNothingIsNothing) {
  Random random(1);
  random.shuffle(std::span<int>());
}

}  // namespace
}  // namespace kanaria
