// SPDX-License-Identifier: Apache-2.0
#include "train/split.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/labelled_rows.h"
#include "tests/train/toy_data.h"

namespace kanaria::train {
namespace {

constexpr Nanoseconds kHour = 60 * kMinute;

// 24 captures, an hour apart, of two connections each: a miner and another one in every third
// capture, two harmless ones in the others. 8 kinds of either class, 6 groups.
DataSet varied_data() {
  std::vector<MadeUpConnection> connections;
  for (uint32_t capture = 0; capture < 24; ++capture)
    for (uint32_t i = 0; i < 2; ++i) {
      const bool mining = capture % 3 == 1 && i == 0;
      connections.push_back({.capture = capture,
                             .mining = mining,
                             .kind = (mining ? "miner " : "other ") + std::to_string(capture / 3),
                             .group = "group " + std::to_string(capture % 6),
                             .start = Timestamp{capture * kHour + i * kSecond}});
    }
  return labelled_rows(connections);
}

std::string unit_of(const DataSet& data, uint32_t row, SplitBy by) {
  const LabelledConnection& connection = data.connections[data.connection[row]];
  switch (by) {
    case SplitBy::kRandom: return std::to_string(row);
    case SplitBy::kConnection: return std::to_string(data.connection[row]);
    case SplitBy::kKind: return connection.kind;
    case SplitBy::kSource: return connection.group;
    case SplitBy::kCapture:
    case SplitBy::kTime: break;
  }
  return std::to_string(connection.capture);
}

std::set<std::string> units_of(const DataSet& data, const std::vector<uint32_t>& rows, SplitBy by) {
  std::set<std::string> units;
  for (const uint32_t row : rows) units.insert(unit_of(data, row, by));
  return units;
}

std::set<float> classes_of(const DataSet& data, const std::vector<uint32_t>& rows) {
  std::set<float> classes;
  for (const uint32_t row : rows) classes.insert(data.labels[row]);
  return classes;
}

std::vector<uint32_t> merged(const Split& parts) {
  std::vector<uint32_t> rows;
  std::merge(parts.train.begin(), parts.train.end(), parts.test.begin(), parts.test.end(),
             std::back_inserter(rows));
  return rows;
}

constexpr auto kAll = {SplitBy::kRandom, SplitBy::kConnection, SplitBy::kCapture,
                       SplitBy::kKind,   SplitBy::kSource,     SplitBy::kTime};
constexpr auto kDrawn = {SplitBy::kRandom, SplitBy::kConnection, SplitBy::kCapture, SplitBy::kKind,
                         SplitBy::kSource};

class EverySplit : public testing::TestWithParam<SplitBy> {};
INSTANTIATE_TEST_SUITE_P(Split, EverySplit, testing::ValuesIn(kAll));
class DrawnSplit : public testing::TestWithParam<SplitBy> {};
INSTANTIATE_TEST_SUITE_P(Split, DrawnSplit, testing::ValuesIn(kDrawn));

TEST_P(EverySplit, EachRowStandsOnOneSideInAscendingOrder) {
  const DataSet data = varied_data();
  const auto rows = all_rows(data);
  for (const double share : {0.0, 0.2, 0.5, 0.9}) {
    const Split parts = split(data, rows, GetParam(), share, 3);
    EXPECT_TRUE(std::is_sorted(parts.train.begin(), parts.train.end()));
    EXPECT_TRUE(std::is_sorted(parts.test.begin(), parts.test.end()));
    EXPECT_EQ(merged(parts), rows);
  }
}

TEST_P(EverySplit, NoUnitStandsOnBothSides) {
  const DataSet data = varied_data();
  const size_t all = units_of(data, all_rows(data), GetParam()).size();
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const Split parts = split(data, all_rows(data), GetParam(), 0.3, seed);
    EXPECT_FALSE(parts.test.empty());
    EXPECT_EQ(units_of(data, parts.train, GetParam()).size() +
                  units_of(data, parts.test, GetParam()).size(),
              all);
  }
}

TEST_P(EverySplit, BothClassesStandOnBothSides) {
  const DataSet data = varied_data();
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const Split parts = split(data, all_rows(data), GetParam(), 0.3, seed);
    EXPECT_EQ(classes_of(data, parts.train).size(), 2U);
    EXPECT_EQ(classes_of(data, parts.test).size(), 2U);
  }
}

TEST_P(EverySplit, TheSameSeedGivesTheSameSplit) {
  const DataSet data = varied_data();
  const auto rows = all_rows(data);
  EXPECT_EQ(split(data, rows, GetParam(), 0.3, 3).test, split(data, rows, GetParam(), 0.3, 3).test);
}

TEST_P(DrawnSplit, AnotherSeedGivesAnotherSplit) {
  const DataSet data = varied_data();
  const auto rows = all_rows(data);
  std::set<std::vector<uint32_t>> tests;
  for (uint64_t seed = 1; seed <= 10; ++seed)
    tests.insert(split(data, rows, GetParam(), 0.3, seed).test);
  EXPECT_GT(tests.size(), 3U);
}

TEST_P(EverySplit, OnlyRowsGivenAreDivided) {
  const DataSet data = varied_data();
  const std::vector<uint32_t> some{0, 1, 41, 42, 99, 143};
  for (const double share : {0.0, 0.5, 0.9})
    EXPECT_EQ(merged(split(data, some, GetParam(), share, 3)), some);
}

TEST_P(EverySplit, ATestShareOfZeroPutsNothingAside) {
  const DataSet data = varied_data();
  EXPECT_TRUE(split(data, all_rows(data), GetParam(), 0, 3).test.empty());
}

TEST(SplitByCapture, BothClassesStandInTheTestPartInEqualShares) {
  const DataSet data = toy_data({.captures = 10});
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Split parts = split(data, all_rows(data), SplitBy::kCapture, 0.2, seed);
    EXPECT_EQ(units_of(data, parts.test, SplitBy::kCapture).size(), 2U);
    EXPECT_EQ(classes_of(data, parts.test).size(), 2U);
  }
}

TEST(SplitByCapture, TwoCapturesOfAClassStandOnBothSidesHoweverSmallOrLargeTheShare) {
  const DataSet data = toy_data({.captures = 4});  // two of either class
  for (const double share : {0.01, 0.2, 0.5, 0.9, 0.99}) {
    const Split parts = split(data, all_rows(data), SplitBy::kCapture, share, 1);
    EXPECT_EQ(classes_of(data, parts.train).size(), 2U) << share;
    EXPECT_EQ(classes_of(data, parts.test).size(), 2U) << share;
  }
}

TEST(SplitByRandomRows, PutsTheRoundedShareAside) {
  const DataSet data = toy_data({.captures = 3, .rows_each = 7});
  EXPECT_EQ(split(data, all_rows(data), SplitBy::kRandom, 0.5, 1).test.size(), 11U);
}

TEST(SplitByTime, TestsOnTheLatestCapturesOfEitherClass) {
  // Captures need not stand in the order of their times.
  const DataSet data = labelled_rows({{.capture = 0, .mining = true, .start = Timestamp{9}},
                                      {.capture = 1, .mining = false, .start = Timestamp{8}},
                                      {.capture = 2, .mining = true, .start = Timestamp{3}},
                                      {.capture = 3, .mining = false, .start = Timestamp{1}},
                                      {.capture = 4, .mining = true, .start = Timestamp{5}},
                                      {.capture = 5, .mining = false, .start = Timestamp{2}}});
  const Split parts = split(data, all_rows(data), SplitBy::kTime, 1.0 / 3, 1);
  EXPECT_THAT(units_of(data, parts.test, SplitBy::kTime), testing::ElementsAre("0", "1"));
}

TEST(SplitByTime, ACaptureBeginsWithTheFirstOfItsConnections) {
  const DataSet data = labelled_rows({{.capture = 0, .start = Timestamp{10}},
                                      {.capture = 1, .start = Timestamp{99}},
                                      {.capture = 1, .start = Timestamp{5}}});
  const Split parts = split(data, all_rows(data), SplitBy::kTime, 0.5, 1);
  EXPECT_THAT(units_of(data, parts.test, SplitBy::kTime), testing::ElementsAre("0"));
}

TEST(SplitBySource, KeepsAGroupTogetherWhateverItsSources) {
  DataSet data = varied_data();
  for (size_t i = 0; i < data.connections.size(); ++i)
    data.connections[i].source = "source " + std::to_string(i);
  const Split parts = split(data, all_rows(data), SplitBy::kSource, 0.3, 1);
  EXPECT_EQ(units_of(data, parts.test, SplitBy::kSource).size(), 2U);
}

TEST_P(DrawnSplit, EachRowIsTestedInOneFoldAndLearntFromInTheOthers) {
  const DataSet data = varied_data();
  const auto rows = all_rows(data);
  const auto parts = folds(data, rows, GetParam(), 4, 1);
  ASSERT_EQ(parts.size(), 4U);
  std::vector<size_t> tested(data.rows(), 0);
  for (const Split& fold : parts) {
    EXPECT_EQ(merged(fold), rows);
    for (const uint32_t row : fold.test) ++tested[row];
  }
  EXPECT_THAT(tested, testing::Each(1U));
}

TEST_P(DrawnSplit, NoUnitIsLearntFromAndTestedInTheSameFold) {
  const DataSet data = varied_data();
  for (const Split& fold : folds(data, all_rows(data), GetParam(), 5, 2)) {
    const auto train = units_of(data, fold.train, GetParam());
    for (const std::string& unit : units_of(data, fold.test, GetParam()))
      EXPECT_FALSE(train.contains(unit)) << unit;
  }
}

TEST_P(DrawnSplit, FoldsHaveAboutEquallyManyUnitsOfEitherClass) {
  const DataSet data = varied_data();
  for (const Split& fold : folds(data, all_rows(data), GetParam(), 2, 3)) {
    const size_t units = units_of(data, all_rows(data), GetParam()).size();
    EXPECT_NEAR(static_cast<double>(units_of(data, fold.test, GetParam()).size()),
                static_cast<double>(units) / 2, 1);
    EXPECT_EQ(classes_of(data, fold.train).size(), 2U);
    EXPECT_EQ(classes_of(data, fold.test).size(), 2U);
  }
}

TEST_P(DrawnSplit, TheSameSeedGivesTheSameFoldsAndAnotherSeedOthers) {
  const DataSet data = varied_data();
  const auto tested = [&](uint64_t seed) {
    std::vector<std::vector<uint32_t>> tests;
    for (const Split& fold : folds(data, all_rows(data), GetParam(), 3, seed))
      tests.push_back(fold.test);
    return tests;
  };
  EXPECT_EQ(tested(1), tested(1));
  std::set<std::vector<std::vector<uint32_t>>> different;
  for (uint64_t seed = 1; seed <= 10; ++seed) different.insert(tested(seed));
  EXPECT_GT(different.size(), 3U);
}

TEST(Folds, HoldBothClassesWhereEachHasAsManyUnitsAsThereAreFolds) {
  for (const size_t captures : {10UL, 11UL, 12UL, 13UL, 19UL, 20UL}) {
    const DataSet data = toy_data({.captures = captures, .rows_each = 2});
    for (const Split& fold : folds(data, all_rows(data), SplitBy::kCapture, 5, 1))
      EXPECT_EQ(classes_of(data, fold.test).size(), 2U) << captures;
  }
}

TEST(Folds, AreNoMoreThanThereAreUnits) {
  const DataSet data = toy_data({.captures = 3});
  const auto parts = folds(data, all_rows(data), SplitBy::kCapture, 5, 1);
  ASSERT_EQ(parts.size(), 3U);
  for (const Split& fold : parts) EXPECT_EQ(fold.test.size(), 40U);
}

TEST(Folds, CountOnlyUnitsOfTheRowsGiven) {
  const DataSet data = toy_data({.captures = 10});
  const std::vector<uint32_t> some{0, 1, 361, 362};  // captures 0 and 9
  const auto parts = folds(data, some, SplitBy::kCapture, 5, 1);
  ASSERT_EQ(parts.size(), 2U);
  for (const Split& fold : parts) EXPECT_EQ(merged(fold), some);
}

TEST(Folds, ByTimeThereIsOneThatTestsOnTheLatestCaptures) {
  const DataSet data = varied_data();
  const auto parts = folds(data, all_rows(data), SplitBy::kTime, 4, 1);
  ASSERT_EQ(parts.size(), 1U);
  // A quarter of the 8 captures with a miner and of the 16 without.
  EXPECT_THAT(units_of(data, parts[0].test, SplitBy::kTime),
              testing::UnorderedElementsAre("22", "19", "23", "21", "20", "18"));
}

TEST(ValidationSplit, IsByCaptureWhereTwoCapturesHoldEitherClass) {
  const DataSet two_each = toy_data({.captures = 4}), one_mining = toy_data({.captures = 3});
  EXPECT_EQ(validation_split(two_each, all_rows(two_each)), SplitBy::kCapture);
  EXPECT_EQ(validation_split(one_mining, all_rows(one_mining)), SplitBy::kConnection);
}

TEST(ValidationSplit, LooksOnlyAtTheRowsGiven) {
  const DataSet data = toy_data({.captures = 4});
  EXPECT_EQ(validation_split(data, {}), SplitBy::kConnection);
  std::vector<uint32_t> some;
  for (uint32_t row = 0; row < 120; ++row) some.push_back(row);  // one capture mines
  EXPECT_EQ(validation_split(data, some), SplitBy::kConnection);
}

TEST(ValidationSplit, ACaptureOfBothClassesCountsForBoth) {
  const DataSet data = labelled_rows({{.capture = 0, .mining = true},
                                      {.capture = 0, .mining = false},
                                      {.capture = 1, .mining = true},
                                      {.capture = 1, .mining = false}});
  EXPECT_EQ(validation_split(data, all_rows(data)), SplitBy::kCapture);
}

TEST(SplitNames, AreKnown) {
  EXPECT_THAT(split_names(), testing::ElementsAre("random", "capture", "kind", "source", "time"));
  EXPECT_EQ(split_named("random"), SplitBy::kRandom);
  EXPECT_EQ(split_named("capture"), SplitBy::kCapture);
  EXPECT_EQ(split_named("kind"), SplitBy::kKind);
  EXPECT_EQ(split_named("source"), SplitBy::kSource);
  EXPECT_EQ(split_named("time"), SplitBy::kTime);
  EXPECT_EQ(split_named("connection"), std::nullopt);
  EXPECT_EQ(split_named(""), std::nullopt);
}

// Of each connection of varied_data() the last row is a copy's.
DataSet data_with_copies() {
  DataSet data = varied_data();
  for (uint32_t row = 2; row < data.rows(); row += 3) data.copies.push_back(row);
  return data;
}

TEST(Copies, AreNeverTestedNorLearntFromWhereTheirConnectionIsTested) {
  const DataSet data = data_with_copies();
  const auto dealt = dealt_rows(data, all_rows(data));
  EXPECT_EQ(dealt.size(), data.rows() * 2 / 3);
  for (const SplitBy by : {SplitBy::kRandom, SplitBy::kConnection, SplitBy::kCapture,
                           SplitBy::kKind, SplitBy::kSource, SplitBy::kTime}) {
    auto parts = folds(data, all_rows(data), by, 4, 1);
    parts.push_back(split(data, all_rows(data), by, 0.3, 1));
    for (const Split& part : parts) {
      std::set<uint32_t> tested, expected(dealt.begin(), dealt.end());
      for (const uint32_t row : part.test) {
        EXPECT_FALSE(std::ranges::binary_search(data.copies, row));
        tested.insert(data.connection[row]);
        expected.erase(row);
      }
      for (const uint32_t copy : data.copies)
        if (!tested.contains(data.connection[copy])) expected.insert(copy);
      EXPECT_THAT(part.train, testing::ElementsAreArray(expected));
    }
  }
}

TEST(Copies, ChangeNothingOfHowTheOthersAreDealt) {
  const DataSet with = data_with_copies();
  const auto dealt = dealt_rows(with, all_rows(with));
  for (const SplitBy by : {SplitBy::kCapture, SplitBy::kKind, SplitBy::kSource}) {
    const auto all = folds(with, all_rows(with), by, 4, 1), few = folds(with, dealt, by, 4, 1);
    ASSERT_EQ(all.size(), few.size());
    for (size_t fold = 0; fold < all.size(); ++fold) EXPECT_EQ(all[fold].test, few[fold].test);
  }
}

// varied_data() with captures 0 … 5 once more as background, as captures of their own but the last.
DataSet data_with_background() {
  DataSet data = varied_data(), background;
  background.value_names = data.value_names;
  for (uint32_t capture = 0; capture < 6; ++capture)
    background.captures.push_back(capture == 5 ? "capture 5" : "far " + std::to_string(capture));
  for (uint32_t row = 0; row < 12 * 3; ++row) {
    if (row % 3 == 0) {
      background.connections.push_back(data.connections[row / 3]);
      background.connections.back().rows = 0;
    }
    background.add_row(row / 3, data.row(row));
  }
  make_background(background);
  append(data, std::move(background));
  return data;
}

TEST(Background, IsNeverTestedAndLearntFromWhereNeitherItsUnitNorItsCaptureIsTested) {
  const DataSet data = data_with_background();
  EXPECT_EQ(dealt_rows(data, all_rows(data)).size(), varied_data().rows());
  bool left_out = false, learnt = false;
  for (const SplitBy by : {SplitBy::kRandom, SplitBy::kConnection, SplitBy::kCapture,
                           SplitBy::kKind, SplitBy::kSource, SplitBy::kTime})
    for (const Split& fold : folds(data, all_rows(data), by, 4, 1)) {
      std::set<std::string> units = units_of(data, fold.test, by);
      const auto captures = units_of(data, fold.test, SplitBy::kCapture);
      const std::set<uint32_t> train(fold.train.begin(), fold.train.end());
      EXPECT_TRUE(std::ranges::is_sorted(fold.train));
      for (const uint32_t row : fold.test)
        EXPECT_FALSE(data.connections[data.connection[row]].background);
      for (const uint32_t row : all_rows(data)) {
        if (!data.connections[data.connection[row]].background) continue;
        const bool tested = captures.contains(unit_of(data, row, SplitBy::kCapture)) ||
                            (by != SplitBy::kRandom && units.contains(unit_of(data, row, by)));
        EXPECT_EQ(train.contains(row), !tested);
        (tested ? left_out : learnt) = true;
      }
    }
  EXPECT_TRUE(left_out && learnt);
}

TEST(Background, DoesNotDecideWhatValidationIsDrawnBy) {
  DataSet data = labelled_rows({{.capture = 0, .mining = true}, {.capture = 1}, {.capture = 2}});
  DataSet background = labelled_rows({{.capture = 0, .mining = true}, {.capture = 1}});
  background.captures = {"far 0", "far 1"};
  make_background(background);
  append(data, std::move(background));
  EXPECT_EQ(validation_split(data, all_rows(data)), SplitBy::kConnection);
}

}  // namespace
}  // namespace kanaria::train
