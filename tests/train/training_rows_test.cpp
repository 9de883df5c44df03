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

}  // namespace
}  // namespace kanaria::train
