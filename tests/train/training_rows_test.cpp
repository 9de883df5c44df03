// SPDX-License-Identifier: Apache-2.0
#include "train/training_rows.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/labelled_rows.h"
#include "train/split.h"

namespace kanaria::train {
namespace {

TEST(TrainingRows, AreScaledByTheirOwnMeanAndDeviation) {
  DataSet data = labelled_rows({{.mining = true, .rows = 2}, {.mining = false, .rows = 2}});
  data.values = {1, 5, 3, 1000};
  const std::vector<uint32_t> some{0, 1, 2};
  const auto rows = prepare_training(data, some, RowWeights::kEqual);
  ASSERT_TRUE(rows);
  EXPECT_FLOAT_EQ(rows->scaling.mean[0], 3);
  EXPECT_FLOAT_EQ(rows->scaling.scale[0], std::sqrt(8.0F / 3));
  EXPECT_EQ(rows->scaling.clip, 5.0F);
  EXPECT_EQ(rows->rows, some);
}

TEST(TrainingRows, AValueThatNeverChangesIsLeftAloneHoweverLarge) {
  for (const float constant : {0.0F, 0.1F, 7.0F, 1000.1F, 65535.0F, 1e9F, -12345.678F}) {
    DataSet data = labelled_rows({{.mining = true, .rows = 3001}, {.mining = false, .rows = 3002}});
    std::fill(data.values.begin(), data.values.end(), constant);
    const auto rows = prepare_training(data, all_rows(data), RowWeights::kEqual);
    EXPECT_FLOAT_EQ(rows->scaling.mean[0], constant);
    EXPECT_EQ(rows->scaling.scale[0], 1.0F) << constant;
  }
}

TEST(TrainingRows, AValueThatHardlyChangesIsScaledAllTheSame) {
  DataSet data = labelled_rows({{.mining = true, .rows = 500}, {.mining = false, .rows = 500}});
  for (size_t row = 0; row < data.rows(); ++row) data.values[row] = row % 2 == 0 ? 65535 : 65534;
  const auto rows = prepare_training(data, all_rows(data), RowWeights::kEqual);
  EXPECT_NEAR(rows->scaling.scale[0], 0.5, 1e-3);
}

TEST(TrainingRows, NeedRowsOfBothClasses) {
  const DataSet data = labelled_rows({{.mining = true, .rows = 2}, {.mining = false, .rows = 3}});
  const std::vector<uint32_t> mining{0, 1}, benign{2, 3, 4};
  EXPECT_EQ(prepare_training(data, mining, RowWeights::kEqual).error().sentence,
            "all 2 rows to learn from are mining; training needs both classes: add captures of the "
            "other");
  EXPECT_EQ(prepare_training(data, benign, RowWeights::kEqual).error().sentence,
            "all 3 rows to learn from are benign; training needs both classes: add captures of the "
            "other");
  EXPECT_EQ(prepare_training(data, {}, RowWeights::kEqual).error().sentence,
            "there are no rows to learn from; add captures, or put less aside");
}

TEST(WeightsOf, AreOneEachWhereRowsAreEqual) {
  const DataSet data = labelled_rows({{.mining = true, .rows = 2}, {.mining = false, .rows = 3}});
  EXPECT_THAT(weights_of(data, all_rows(data), RowWeights::kEqual), testing::Each(1.0F));
}

TEST(WeightsOf, BalanceClassesAndTakeConnectionsByTheRootOfTheirRows) {
  // Benign connections of 1, 4 and 16 rows weigh as 1 : 2 : 4; both classes weigh 11 of 22 rows.
  const DataSet data = labelled_rows({{.mining = true, .rows = 1},
                                      {.mining = false, .rows = 1},
                                      {.mining = false, .rows = 4},
                                      {.mining = false, .rows = 16}});
  const auto weights = weights_of(data, all_rows(data), RowWeights::kBalanced);
  std::vector<double> of_connection(4, 0.0);
  for (size_t row = 0; row < data.rows(); ++row)
    of_connection[data.connection[row]] += static_cast<double>(weights[row]);
  EXPECT_NEAR(of_connection[0], 11, 1e-5);
  EXPECT_NEAR(of_connection[1], 11.0 / 7, 1e-5);
  EXPECT_NEAR(of_connection[2], 22.0 / 7, 1e-5);
  EXPECT_NEAR(of_connection[3], 44.0 / 7, 1e-5);
}

// The sum of the weights of each connection's rows.
std::vector<double> sums_of_connections(const DataSet& data, std::span<const uint32_t> rows,
                                        const std::vector<float>& weights) {
  std::vector<double> sums(data.connections.size(), 0.0);
  for (const uint32_t row : rows) sums[data.connection[row]] += static_cast<double>(weights[row]);
  return sums;
}

// Benign: 4 connections of "web" at "a", one of "dns" there, and one of "web" at "b".
DataSet of_several_sources() {
  return labelled_rows({{.mining = true, .kind = "xmr", .group = "a", .rows = 7},
                        {.kind = "web", .group = "a", .rows = 1},
                        {.kind = "web", .group = "a", .rows = 10},
                        {.kind = "web", .group = "a", .rows = 2},
                        {.kind = "web", .group = "a", .rows = 3},
                        {.kind = "dns", .group = "a", .rows = 5},
                        {.kind = "web", .group = "b", .rows = 50}});
}

TEST(WeightsOf, SourcesCountByTheSquareRootOfTheirConnectionsAndConnectionsInThemAlike) {
  const DataSet data = of_several_sources();
  const auto rows = all_rows(data);
  const auto weights = weights_of(data, rows, RowWeights::kSources);
  const auto sums = sums_of_connections(data, rows, weights);
  EXPECT_NEAR(sums[0], 39, 1e-4) << "half of the 78 rows' weight";
  const double unit = 39.0 / (2 + 1 + 1);  // sqrt(4), sqrt(1), sqrt(1)
  for (const size_t c : {1UL, 2UL, 3UL, 4UL}) EXPECT_NEAR(sums[c], 2 * unit / 4, 1e-4) << c;
  EXPECT_NEAR(sums[5], unit, 1e-4);
  EXPECT_NEAR(sums[6], unit, 1e-4);
  for (const uint32_t row : rows)
    EXPECT_NEAR(weights[row],
                sums[data.connection[row]] / data.connections[data.connection[row]].rows, 1e-5)
        << "rows of a connection are alike";
}

TEST(WeightsOf, SourcesAreCountedAmongTheRowsGiven) {
  const DataSet data = of_several_sources();
  std::vector<uint32_t> rows;  // without three of the four connections, and half of the last one
  for (const uint32_t row : all_rows(data))
    if (data.connection[row] < 2 || data.connection[row] == 5 || row >= 53) rows.push_back(row);
  const auto weights = weights_of(data, rows, RowWeights::kSources);
  const auto sums = sums_of_connections(data, rows, weights);
  const double third = static_cast<double>(rows.size()) / 2 / 3;
  for (const size_t c : {1UL, 5UL, 6UL}) EXPECT_NEAR(sums[c], third, 1e-4) << c;
}

// Of "web" 256 connections, of "dns" 64, of "ntp" 1: as 8 : 8 : 1, each connection of one row.
TEST(WeightsOf, SourcesOfMoreThanSixtyFourConnectionsCountAsSixtyFourDo) {
  std::vector<MadeUpConnection> connections{{.mining = true, .kind = "xmr", .rows = 321}};
  const auto add = [&](const std::string& kind, size_t count) {
    connections.insert(connections.end(), count, {.kind = kind, .rows = 1});
  };
  add("web", 256);
  add("dns", 64);
  add("ntp", 1);
  const DataSet data = labelled_rows(connections);
  const auto rows = all_rows(data);
  const auto sums = sums_of_connections(data, rows, weights_of(data, rows, RowWeights::kSources));
  const double part = 321.0 / 17;  // of the benign half of 642 rows' weight
  EXPECT_NEAR(sums[1], 8 * part / 256, 1e-4);
  EXPECT_NEAR(sums[257], 8 * part / 64, 1e-4);
  EXPECT_NEAR(sums[321], part, 1e-3);
}

TEST(WeightsOf, AreFoundByName) {
  EXPECT_EQ(weights_named("equal"), RowWeights::kEqual);
  EXPECT_EQ(weights_named("balanced"), RowWeights::kBalanced);
  EXPECT_EQ(weights_named("sources"), RowWeights::kSources);
  EXPECT_EQ(weights_named("source"), std::nullopt);
}

}  // namespace
}  // namespace kanaria::train
