// SPDX-License-Identifier: Apache-2.0
#include "train/event_times.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

std::vector<double> gaps(Timing timing, uint64_t seed, size_t count) {
  Random random(seed);
  EventTimes times(timing, random);
  std::vector<double> drawn(count);
  std::ranges::generate(drawn, [&] { return times.gap(random); });
  return drawn;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Kolmogorov's distance to the exponential distribution of mean 1.
double distance_to_exponential(std::vector<double> values) {
  std::ranges::sort(values);
  double distance = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double expected = 1 - std::exp(-values[i]);
    const auto n = static_cast<double>(values.size());
    distance = std::max({distance, std::abs(expected - static_cast<double>(i) / n),
                         std::abs(expected - static_cast<double>(i + 1) / n)});
  }
  return distance;
}

// 1.63/√n is exceeded by one in a hundred samples of the distribution itself.
TEST(EventTimes, ExponentialGapsPassKolmogorovsTest) {
  constexpr size_t kCount = 4000;
  EXPECT_LT(distance_to_exponential(gaps(Timing::kExponential, 1, kCount)),
            1.63 / std::sqrt(kCount));
}

TEST(EventTimes, OtherGapsFailKolmogorovsTest) {
  constexpr size_t kCount = 4000;
  for (const Timing timing : {Timing::kRegular, Timing::kBursts, Timing::kGeometric})
    EXPECT_GT(distance_to_exponential(gaps(timing, 1, kCount)), 5 * 1.63 / std::sqrt(kCount));
}

// So that every_s means the same for all of them.
TEST(EventTimes, EveryTimingHasGapsOfMeanOne) {
  for (size_t timing = 0; timing < kTimings; ++timing)
    for (uint64_t seed = 1; seed <= 3; ++seed)
      EXPECT_NEAR(mean(gaps(static_cast<Timing>(timing), seed, 100'000)), 1, 0.08)
          << timing << ", seed " << seed;
}

TEST(EventTimes, AClockStaysWithinATenthOfItsPeriod) {
  for (uint64_t seed = 1; seed <= 20; ++seed)
    EXPECT_THAT(gaps(Timing::kRegular, seed, 100),
                testing::Each(testing::AllOf(testing::Ge(0.9), testing::Le(1.1))));
}

TEST(EventTimes, BurstsHaveMostGapsFarBelowTheirMean) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    auto drawn = gaps(Timing::kBursts, seed, 2001);
    std::ranges::nth_element(drawn, drawn.begin() + 1000);
    EXPECT_LT(drawn[1000], 0.7);
  }
}

TEST(EventTimes, NoGapIsNegative) {
  for (size_t timing = 0; timing < kTimings; ++timing)
    EXPECT_THAT(gaps(static_cast<Timing>(timing), 7, 5000), testing::Each(testing::Ge(0)));
}

}  // namespace
}  // namespace kanaria::train
