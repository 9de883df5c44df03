// SPDX-License-Identifier: Apache-2.0
#include "detect/thinned_series.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace kanaria::detect {
namespace {

ThinnedSeries<int> series_of(int count, size_t most) {
  ThinnedSeries<int> series(most);
  for (int i = 0; i < count; ++i) series.add(i);
  return series;
}

TEST(ThinnedSeries, KeepsEverythingUntilItIsFull) {
  const auto series = series_of(64, 64);
  EXPECT_EQ(series.points().size(), 64U);
  EXPECT_EQ(series.one_in(), 1U);
}

TEST(ThinnedSeries, NeverHoldsMoreThanItsMost) {
  ThinnedSeries<int> series(64);
  for (int i = 0; i < 100'000; ++i) {
    series.add(i);
    ASSERT_LE(series.points().size(), 64U);
  }
  EXPECT_EQ(series.seen(), 100'000U);
}

TEST(ThinnedSeries, ShowsTheWholeStreamInItsOrder) {
  const auto points = series_of(100'000, 512).points();
  EXPECT_TRUE(std::is_sorted(points.begin(), points.end()));
  EXPECT_EQ(points.front(), 0);
  for (int tenth = 0; tenth < 10; ++tenth) {
    const auto within = std::count_if(points.begin(), points.end(),
                                      [&](int point) { return point / 10'000 == tenth; });
    EXPECT_GT(within, 0) << tenth;
  }
}

TEST(ThinnedSeries, KeepsBothSidesOfAStreamThatAlternates) {
  const auto points = series_of(50'000, 512).points();
  const auto even = static_cast<size_t>(
      std::count_if(points.begin(), points.end(), [](int p) { return p % 2 == 0; }));
  EXPECT_GT(even, points.size() / 3);
  EXPECT_LT(even, points.size() * 2 / 3);
}

TEST(ThinnedSeries, SaysHowManyPointsStandForOne) {
  const auto series = series_of(50'000, 512);
  const double kept = static_cast<double>(series.points().size()) * series.one_in();
  EXPECT_GT(kept, 25'000);
  EXPECT_LT(kept, 100'000);
}

}  // namespace
}  // namespace kanaria::detect
