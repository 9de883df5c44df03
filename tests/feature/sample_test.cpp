// SPDX-License-Identifier: Apache-2.0
// Statistics of docs/features.md, "rhythm 1", worked out by hand.
#include "feature/sample.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace kanaria::feature {
namespace {

Sample sample(std::initializer_list<double> values) {
  Sample all;
  for (const double value : values) all.add(value);
  return all;
}

TEST(Sample, KeepsTheOrderInWhichNumbersCame) {
  Sample all = sample({3, 1, 2});
  EXPECT_EQ(all.median(), 2);
  EXPECT_THAT(all.values(), testing::ElementsAre(3, 1, 2)) << "sorting is its own business";
  all.add(-7);
  EXPECT_EQ(all.median(), 1.5) << "of what was added since as well";
}

TEST(Sample, EverythingSaidOfAnEmptyOneIsZero) {
  const Sample none{};
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.mean(), 0);
  EXPECT_EQ(none.median(), 0);
  EXPECT_EQ(none.percentile(0.9), 0);
  EXPECT_EQ(none.median_deviation(), 0);
  EXPECT_EQ(none.burstiness(), 0);
  EXPECT_EQ(none.distance_from_exponential(), 0);
  EXPECT_EQ(none.share_within(0, 100), 0);
  EXPECT_EQ(none.share_of([](double) { return true; }), 0);
}

TEST(Sample, MedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(sample({9, 1, 4, 2}).median(), 3);
  EXPECT_EQ(sample({9, 1, 4}).median(), 4);
  EXPECT_EQ(sample({5}).median(), 5);
}

// Rank q · (n − 1): of five, 0.1 lies at 0.4, 0.9 at 3.6.
TEST(Sample, PercentilesLieOnLinesBetweenOrderStatistics) {
  const Sample five = sample({50, 10, 40, 20, 30});
  EXPECT_DOUBLE_EQ(five.percentile(0.1), 14);
  EXPECT_DOUBLE_EQ(five.percentile(0.25), 20);
  EXPECT_DOUBLE_EQ(five.percentile(0.9), 46);
  EXPECT_DOUBLE_EQ(five.percentile(0), 10);
  EXPECT_DOUBLE_EQ(five.percentile(1), 50);
}

// Distances from the median 3: 2, 1, 0, 1, 97.
TEST(Sample, MedianDeviationHardlySeesAnOutlier) {
  EXPECT_EQ(sample({1, 2, 3, 4, 100}).median_deviation(), 1);
  EXPECT_EQ(sample({7, 7, 7}).median_deviation(), 0);
}

// Goh & Barabási 2008: regular is −1; deviation and mean alike is 0; beyond, bursts.
TEST(Sample, BurstinessIsFromMinusOneToOne) {
  EXPECT_EQ(sample({4, 4, 4}).burstiness(), -1);
  EXPECT_DOUBLE_EQ(sample({0, 2}).burstiness(), 0) << "mean 1, deviation 1";
  // Mean 1/4 · 4 = 1, variance (3 · 1 + 9) / 4 = 3.
  EXPECT_DOUBLE_EQ(sample({0, 0, 0, 4}).burstiness(), (std::sqrt(3.0) - 1) / (std::sqrt(3.0) + 1));
  EXPECT_EQ(sample({0, 0}).burstiness(), 0) << "a mean of 0 says nothing";
}

// Equal values are 1 in means, where 1 − 1/e has passed: the step's far side is 1/e below 1, its
// near side 1 − 1/e above 0.
TEST(Sample, DistanceFromExponentialLooksAtBothSidesOfEachStep) {
  EXPECT_DOUBLE_EQ(sample({5, 5, 5, 5}).distance_from_exponential(), 1 - std::exp(-1.0));
  // In means 0 and 2: steps to 1/2 at 0, where 0 has passed, and to 1 at 2, where 1 − e^−2 has.
  EXPECT_DOUBLE_EQ(sample({6, 0}).distance_from_exponential(), 0.5);
  EXPECT_EQ(sample({0, 0}).distance_from_exponential(), 0) << "a mean of 0 says nothing";
}

// The quantiles of the exponential distribution in the middle of 16 equal parts.
TEST(Sample, QuantilesOfTheExponentialDistributionAreNearIt) {
  Sample quantiles;
  for (int i = 0; i < 16; ++i) quantiles.add(-std::log(1 - (i + 0.5) / 16));
  EXPECT_LT(quantiles.distance_from_exponential(), 1.5 / 16);
}

TEST(Sample, SharesIncludeTheBorder) {
  const Sample sizes = sample({96, 100, 104, 105});
  EXPECT_EQ(sizes.share_within(100, 4), 0.75);
  EXPECT_EQ(sizes.share_of([](double size) { return size > 100; }), 0.5);
}

TEST(Sample, OrderOfTheNumbersDoesNotMatter) {
  Random random(1);
  for (int attempt = 0; attempt < 50; ++attempt) {
    std::vector<double> values(1 + random.below(MessageWindow::kMost));
    for (double& value : values) value = static_cast<double>(random.below(9));
    const auto described = [&] {
      Sample all;
      for (const double value : values) all.add(value);
      return std::vector{all.median(), all.percentile(0.9), all.median_deviation(),
                         all.distance_from_exponential()};
    };
    const auto as_they_came = described();
    std::ranges::sort(values);
    const auto expected = described();
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(as_they_came[i], expected[i], 1e-12);
  }
}

}  // namespace
}  // namespace kanaria::feature
