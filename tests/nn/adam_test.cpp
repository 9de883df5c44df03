// SPDX-License-Identifier: Apache-2.0
#include "nn/adam.h"

#include <array>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace kanaria::nn {
namespace {

// Algorithm 1 of Kingma & Ba (2015) in the reordered form of its section 2, which is what Keras
// 2.1.4 computes: epsilon is added to the root of the uncorrected second moment.
class ScalarAdam {
 public:
  explicit ScalarAdam(double learning_rate) : learning_rate_(learning_rate) {}
  double step(double theta, double gradient) {
    constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;
    t_ += 1;
    m_ = beta1 * m_ + (1 - beta1) * gradient;
    v_ = beta2 * v_ + (1 - beta2) * gradient * gradient;
    const double rate =
        learning_rate_ * std::sqrt(1 - std::pow(beta2, t_)) / (1 - std::pow(beta1, t_));
    return theta - rate * m_ / (std::sqrt(v_) + epsilon);
  }

 private:
  double learning_rate_;
  double t_ = 0, m_ = 0, v_ = 0;
};

TEST(Adam, FollowsTheScalarTwinForAThousandSteps) {
  constexpr std::array<double, 4> kSizes{1e-8, 1e-4, 1, 1e4};
  Random random(1);
  Adam adam(kSizes.size(), 0.001);
  std::vector<float> parameters(kSizes.size(), 0.5F), gradient(kSizes.size());
  std::vector<ScalarAdam> twins(kSizes.size(), ScalarAdam(0.001));
  std::vector<double> expected(kSizes.size(), 0.5);
  for (int step = 0; step < 1000; ++step) {
    for (size_t i = 0; i < kSizes.size(); ++i) {
      gradient[i] = static_cast<float>(random.uniform(-0.5, 1) * kSizes[i]);
      expected[i] = twins[i].step(expected[i], static_cast<double>(gradient[i]));
    }
    adam.step(parameters, gradient);
  }
  // 1 - 0.999 is 1.3e-5 off in float32, as in Keras; 1000 steps of at most 0.001 each.
  for (size_t i = 0; i < kSizes.size(); ++i) EXPECT_NEAR(parameters[i], expected[i], 3e-5);
}

TEST(Adam, AddsEpsilonOutsideTheBiasCorrectionAsKerasDoes) {
  // At the first step Keras moves by rate * g / (g + epsilon / sqrt(1 - beta2)), the paper's
  // algorithm 1 by rate * g / (g + epsilon): 0.024 and 0.5 of the rate here.
  Adam adam(1, 0.001);
  std::vector<float> parameters{0.0F};
  adam.step(parameters, std::vector<float>{1e-7F});
  EXPECT_NEAR(parameters[0], -0.001 * 1e-7 / (1e-7 + 1e-7 / std::sqrt(0.001)), 1e-9);
}

TEST(Adam, MovesByTheLearningRateAtTheFirstStepWhateverTheGradientsSize) {
  for (const float size : {1e-2F, 1.0F, 1e6F}) {
    Adam adam(2, 0.01);
    std::vector<float> parameters{1.0F, 1.0F};
    adam.step(parameters, std::vector<float>{size, -size});
    EXPECT_NEAR(parameters[0], 0.99, 1e-5);
    EXPECT_NEAR(parameters[1], 1.01, 1e-5);
  }
}

TEST(Adam, ZeroGradientsMoveNothing) {
  Adam adam(1);
  std::vector<float> parameters{0.25F};
  for (int step = 0; step < 10; ++step) adam.step(parameters, std::vector<float>{0.0F});
  EXPECT_EQ(parameters[0], 0.25F);
}

TEST(Adam, WeightDecayShrinksApartFromTheGradient) {
  Adam adam(1, 0.1, 0.5);
  std::vector<float> parameters{2.0F};
  adam.step(parameters, std::vector<float>{0.0F});
  EXPECT_FLOAT_EQ(parameters[0], 2.0F * (1 - 0.1F * 0.5F));
}

}  // namespace
}  // namespace kanaria::nn
