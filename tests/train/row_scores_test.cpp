// SPDX-License-Identifier: Apache-2.0
#include "train/row_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/inference.h"
#include "tests/train/toy_data.h"
#include "train/split.h"

namespace kanaria::train {
namespace {

TEST(Confusion, GivesTheRatesOfTheThesissTable43) {
  const Confusion c{160, 3, 2, 3992};
  EXPECT_NEAR(c.recall(), 0.98160, 1e-5);
  EXPECT_NEAR(c.false_positive_rate(), 0.00050, 1e-5);
  EXPECT_NEAR(c.precision(), 0.98765, 1e-5);
  EXPECT_NEAR(c.f1(), 0.98462, 1e-5);
  EXPECT_NEAR(c.accuracy(), 0.99880, 1e-5);
}

TEST(Confusion, OfNothingHasRatesOfZero) {
  const Confusion c;
  EXPECT_EQ(c.recall() + c.false_positive_rate() + c.precision() + c.f1() + c.accuracy(), 0.0);
}

TEST(Confusion, CountsEachRowInItsCell) {
  DataSet data;
  data.labels = {1, 1, 1, 0, 0, 0, 0};
  const std::vector<float> logits{1, 0, -1, 2, 0.5F, -3, -4};
  const std::vector<uint32_t> rows{0, 1, 2, 3, 4, 5, 6};
  const Confusion c = confusion(logits, data, rows, 0.0F);
  EXPECT_EQ(c.true_positives, 1U) << "a logit equal to the threshold is not above it";
  EXPECT_EQ(c.false_negatives, 2U);
  EXPECT_EQ(c.false_positives, 2U);
  EXPECT_EQ(c.true_negatives, 2U);
}

TEST(LogitsOf, ScoresTheRowsGivenInTheirOrderHoweverMany) {
  const DataSet data = toy_data({.captures = 60, .rows_each = 40});
  nn::Mlp mlp(3, std::vector<size_t>{4}, nn::Activation::kTanh);
  mlp.initialise(1);
  const model::Model model{"toy", 1, data.value_names, {{1000, 0, 7}, {1, 1, 1}, 5}, mlp, {},
                           {},    {}};
  std::vector<uint32_t> rows = all_rows(data);
  Random(1).shuffle<uint32_t>(rows);
  const auto found = logits_of(model, data, rows, *nn::choose_simd());
  ASSERT_EQ(found.size(), 2400U);
  nn::Inference inference(model.mlp, model.scaling, *nn::choose_simd());
  for (size_t i = 0; i < rows.size(); ++i) {
    float alone = 0;
    inference.logits(data.row(rows[i]), {&alone, 1});
    ASSERT_EQ(found[i], alone);
  }
}

}  // namespace
}  // namespace kanaria::train
