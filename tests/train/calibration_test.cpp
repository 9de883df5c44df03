// SPDX-License-Identifier: Apache-2.0
#include "train/calibration.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/inference.h"
#include "tests/train/toy_data.h"
#include "train/row_scores.h"
#include "train/split.h"

namespace kanaria::train {
namespace {

struct Rows {
  std::vector<float> logits, labels, weights;
};

// Labels drawn with the log-odds slope * logit + intercept.
Rows drawn(size_t count, double slope, double intercept, uint64_t seed) {
  Rows rows;
  Random random(seed);
  for (size_t i = 0; i < count; ++i) {
    const double logit = random.uniform(-4, 4);
    const double p = 1 / (1 + std::exp(-(slope * logit + intercept)));
    rows.logits.push_back(static_cast<float>(logit));
    rows.labels.push_back(random.uniform(0, 1) < p ? 1.0F : 0.0F);
    rows.weights.push_back(static_cast<float>(random.uniform(0.2, 3)));
  }
  return rows;
}

// Platt's loss, its targets and gradient written down plainly, and followed downhill in small steps
// of a fixed length: slow, and nothing of Newton's in it.
model::Calibration fitted_by_gradient_descent(const Rows& rows) {
  double mining = 0, benign = 0;
  for (size_t i = 0; i < rows.labels.size(); ++i)
    (rows.labels[i] > 0.5F ? mining : benign) += static_cast<double>(rows.weights[i]);
  model::Calibration fit{0, 0};
  for (int step = 0; step < 20000; ++step) {
    double by_slope = 0, by_intercept = 0;
    for (size_t i = 0; i < rows.labels.size(); ++i) {
      const auto x = static_cast<double>(rows.logits[i]);
      const double target = rows.labels[i] > 0.5F ? (mining + 1) / (mining + 2) : 1 / (benign + 2);
      const double p = 1 / (1 + std::exp(-(fit.slope * x + fit.intercept)));
      const double error = static_cast<double>(rows.weights[i]) * (p - target);
      by_slope += error * x;
      by_intercept += error;
    }
    fit.slope -= 0.5 * by_slope / (mining + benign);
    fit.intercept -= 0.5 * by_intercept / (mining + benign);
  }
  return fit;
}

TEST(FitCalibration, IsWhereSlowGradientDescentEnds) {
  for (const auto& [slope, intercept] :
       {std::pair{1.0, 0.0}, {0.3, -2.0}, {2.5, 1.0}, {-1.0, 0.5}}) {
    const Rows rows = drawn(400, slope, intercept, 5);
    const auto fit = fit_calibration(rows.logits, rows.labels, rows.weights);
    const auto expected = fitted_by_gradient_descent(rows);
    EXPECT_NEAR(fit.slope, expected.slope, 1e-4) << slope << ' ' << intercept;
    EXPECT_NEAR(fit.intercept, expected.intercept, 1e-4) << slope << ' ' << intercept;
  }
}

TEST(FitCalibration, FindsTheLogOddsThatLabelsWereDrawnWith) {
  const Rows rows = drawn(50000, 1.7, -0.8, 9);
  const auto fit = fit_calibration(rows.logits, rows.labels, rows.weights);
  EXPECT_NEAR(fit.slope, 1.7, 0.06);
  EXPECT_NEAR(fit.intercept, -0.8, 0.06);
}

// scikit-learn 1.9.1's calibration of method="sigmoid" (sklearn.calibration._sigmoid_calibration)
// gave these values with the other sign.
TEST(FitCalibration, AgreesWithScikitLearn) {
  const std::vector<float> logits{-3, -2.5F, -1, -0.5F, 0.2F, 0.4F, 1, 1.5F, 2, 4};
  const std::vector<float> labels{0, 0, 0, 1, 0, 1, 0, 1, 1, 1};
  const std::vector<float> weights{1, 2, 1, 1, 3, 1, 1, 2, 1, 1};
  const auto fit = fit_calibration(logits, labels, weights);
  EXPECT_NEAR(fit.slope, 0.725268, 1e-4);
  EXPECT_NEAR(fit.intercept, -0.454301, 1e-4);
}

TEST(FitCalibration, StaysFiniteWhereAThresholdTellsAllRowsApart) {
  const std::vector<float> logits{-100, -50, 50, 100}, labels{0, 0, 1, 1}, weights{1, 1, 1, 1};
  const auto fit = fit_calibration(logits, labels, weights);
  EXPECT_GT(fit.slope, 0);
  EXPECT_LT(fit.slope, 1);
  EXPECT_NEAR(fit.intercept, 0, 1e-6);
}

TEST(FitCalibration, OfLogitsThatSayNothingIsTheShareOfMining) {
  const std::vector<float> logits(8, 3.0F), labels{1, 1, 0, 0, 0, 0, 0, 0}, weights(8, 1.0F);
  const auto fit = fit_calibration(logits, labels, weights);
  const double log_odds = fit.slope * 3 + fit.intercept;
  // 2 rows with target 3/4, 6 with 1/8: mean 9/32.
  EXPECT_NEAR(1 / (1 + std::exp(-log_odds)), 9.0 / 32, 1e-4);
}

model::Network first_value_minus_thousand() {
  model::Network network{{{1000, 0, 0}, {1, 1, 1}, 1e30F}, nn::Mlp(3, {}, nn::Activation::kLinear)};
  network.mlp.weight(0, 0, 0) = -4;  // falls where rows mine
  network.mlp.bias(0, 0) = 100;
  return network;
}

TEST(Calibrate, MakesAModelOfTheRowsLensThatFindsThem) {
  const DataSet data = toy_data();
  const auto rows = all_rows(data);
  const auto model =
      calibrate("m.onnx", first_value_minus_thousand(), data, rows, *nn::choose_simd());
  ASSERT_TRUE(model) << model.error().sentence;
  EXPECT_EQ(model->lens, "toy");
  EXPECT_EQ(model->lens_version, 2);
  EXPECT_EQ(model->value_names, data.value_names);
  EXPECT_LT(model->calibration.slope, 0);
  const auto found = confusion(logits_of(*model, data, rows, *nn::choose_simd()), data, rows,
                               model->thresholds.alarming_logit);
  EXPECT_EQ(found.false_negatives + found.false_positives, 0U);
  EXPECT_EQ(found.true_positives, 200U);
}

TEST(Calibrate, SaysBothWidthsWhenTheyDiffer) {
  const DataSet data = toy_data();
  model::Network network{{{0, 0}, {1, 1}, 5}, nn::Mlp(2, {}, nn::Activation::kLinear)};
  EXPECT_EQ(calibrate("m.onnx", network, data, all_rows(data), *nn::choose_simd()).error().sentence,
            "m.onnx: the model takes 2 values a row but lens 'toy' has 3; name its lens with "
            "--lens, or export a model of 3 inputs");
}

TEST(Calibrate, NeedsBothClasses) {
  const DataSet data = toy_data({.captures = 1});
  EXPECT_EQ(
      calibrate("m.onnx", first_value_minus_thousand(), data, all_rows(data), *nn::choose_simd())
          .error()
          .sentence,
      "all 40 rows to learn from are benign; training needs both classes: add captures of "
      "the other");
}

TEST(Calibrate, RefusesLogitsThatAreNotFinite) {
  const DataSet data = toy_data();
  auto network = first_value_minus_thousand();
  network.scaling.scale[0] = 1e-38F;
  network.mlp.weight(0, 0, 0) = 1e30F;
  EXPECT_EQ(calibrate("m.onnx", network, data, all_rows(data), *nn::choose_simd()).error().sentence,
            "m.onnx: the model gives rows that have no finite logit; train it anew on scaled "
            "values");
}

}  // namespace
}  // namespace kanaria::train
