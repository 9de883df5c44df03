// SPDX-License-Identifier: Apache-2.0
#include "train/split.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/toy_data.h"

namespace kanaria::train {
namespace {

std::set<uint32_t> captures_of(const DataSet& data, const std::vector<uint32_t>& rows) {
  std::set<uint32_t> captures;
  for (const uint32_t row : rows) captures.insert(data.connections[data.connection[row]].capture);
  return captures;
}

std::set<float> classes_of(const DataSet& data, const std::vector<uint32_t>& rows) {
  std::set<float> classes;
  for (const uint32_t row : rows) classes.insert(data.labels[row]);
  return classes;
}

class EverySplit : public testing::TestWithParam<SplitBy> {};
INSTANTIATE_TEST_SUITE_P(Split, EverySplit, testing::Values(SplitBy::kRandom, SplitBy::kCapture));

TEST_P(EverySplit, EachRowStandsOnOneSideInAscendingOrder) {
  const DataSet data = toy_data();
  const auto rows = all_rows(data);
  for (const double share : {0.0, 0.2, 0.5, 0.9}) {
    const Split parts = split(data, rows, GetParam(), share, 3);
    EXPECT_TRUE(std::is_sorted(parts.train.begin(), parts.train.end()));
    EXPECT_TRUE(std::is_sorted(parts.test.begin(), parts.test.end()));
    std::vector<uint32_t> merged;
    std::merge(parts.train.begin(), parts.train.end(), parts.test.begin(), parts.test.end(),
               std::back_inserter(merged));
    EXPECT_EQ(merged, rows);
  }
}

TEST_P(EverySplit, TheSameSeedGivesTheSameSplitAndAnotherSeedAnother) {
  const DataSet data = toy_data({.captures = 40});
  const auto rows = all_rows(data);
  const Split first = split(data, rows, GetParam(), 0.3, 3);
  EXPECT_EQ(split(data, rows, GetParam(), 0.3, 3).test, first.test);
  EXPECT_NE(split(data, rows, GetParam(), 0.3, 4).test, first.test);
}

TEST_P(EverySplit, OnlyRowsGivenAreDivided) {
  const DataSet data = toy_data();
  const std::vector<uint32_t> some{0, 1, 41, 42, 399};
  const Split parts = split(data, some, GetParam(), 0.5, 3);
  EXPECT_EQ(parts.train.size() + parts.test.size(), some.size());
}

TEST_P(EverySplit, ATestShareOfZeroPutsNothingAside) {
  const DataSet data = toy_data();
  EXPECT_TRUE(split(data, all_rows(data), GetParam(), 0, 3).test.empty());
}

TEST(SplitByCapture, NoCaptureStandsOnBothSides) {
  const DataSet data = toy_data({.captures = 21});
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const Split parts = split(data, all_rows(data), SplitBy::kCapture, 0.3, seed);
    const auto train = captures_of(data, parts.train), test = captures_of(data, parts.test);
    EXPECT_EQ(train.size() + test.size(), 21U);
    std::vector<uint32_t> both;
    std::set_intersection(train.begin(), train.end(), test.begin(), test.end(),
                          std::back_inserter(both));
    EXPECT_TRUE(both.empty()) << seed;
  }
}

TEST(SplitByCapture, BothClassesStandOnBothSidesInEqualShares) {
  const DataSet data = toy_data({.captures = 10});
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Split parts = split(data, all_rows(data), SplitBy::kCapture, 0.2, seed);
    EXPECT_EQ(captures_of(data, parts.test).size(), 2U);
    EXPECT_EQ(classes_of(data, parts.test).size(), 2U);
    EXPECT_EQ(classes_of(data, parts.train).size(), 2U);
  }
}

TEST(SplitByRandomRows, PutsTheRoundedShareAside) {
  const DataSet data = toy_data({.captures = 3, .rows_each = 7});
  EXPECT_EQ(split(data, all_rows(data), SplitBy::kRandom, 0.5, 1).test.size(), 11U);
}

TEST(SplitNames, AreKnown) {
  EXPECT_EQ(split_named("random"), SplitBy::kRandom);
  EXPECT_EQ(split_named("capture"), SplitBy::kCapture);
  EXPECT_EQ(split_named("source"), std::nullopt);
}

}  // namespace
}  // namespace kanaria::train
