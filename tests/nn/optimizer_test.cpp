// SPDX-License-Identifier: Apache-2.0
#include "nn/optimizer.h"

#include <array>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/nn/every_simd.h"
#include "tests/nn/scalar_optimizer.h"

namespace kanaria::nn {
namespace {

constexpr std::array kAll{OptimizerKind::kSgd, OptimizerKind::kRmsprop, OptimizerKind::kAdagrad,
                          OptimizerKind::kAdam, OptimizerKind::kNadam};

float after_one_step(OptimizerKind kind, float parameter, float gradient) {
  Optimizer optimizer(kind, 1, default_learning_rate(kind), 0.0, every_simd().back());
  optimizer.step({&parameter, 1}, {&gradient, 1});
  return parameter;
}

TEST(Optimizer, FollowsTheScalarTwinForAThousandStepsOfGradientsOfAnySize) {
  constexpr std::array<double, 11> kSizes{0, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 1e3, 1e4};
  for (const Simd& simd : every_simd())
    for (const OptimizerKind kind : kAll) {
      const double learning_rate = default_learning_rate(kind);
      Random random(1);
      Optimizer optimizer(kind, kSizes.size(), learning_rate, 0.0, simd);
      std::vector<float> parameters(kSizes.size(), 0.5F), gradient(kSizes.size());
      std::vector<ScalarOptimizer> twins(kSizes.size(), {kind, learning_rate});
      std::vector<double> expected(kSizes.size(), 0.5);
      for (int step = 0; step < 1000; ++step) {
        for (size_t i = 0; i < kSizes.size(); ++i) {
          gradient[i] = static_cast<float>(random.uniform(-0.5, 1) * kSizes[i]);
          expected[i] = twins[i].step(expected[i], static_cast<double>(gradient[i]));
        }
        optimizer.step(parameters, gradient);
      }
      // Each of 1000 steps rounds the parameter once; 1 - 0.999 is 1.3e-5 off in float32, as in
      // Keras, and moves a parameter that went 2 far by 2.6e-5.
      for (size_t i = 0; i < kSizes.size(); ++i)
        EXPECT_NEAR(parameters[i], expected[i], 5e-5 * std::max(1.0, std::fabs(expected[i])))
            << simd.name << ", " << name(kind) << ", gradients of " << kSizes[i];
    }
}

TEST(Optimizer, FirstStepsAreThoseOfKeras) {
  // By hand from keras/optimizers.py with gradient 2 from parameter 1.
  EXPECT_FLOAT_EQ(after_one_step(OptimizerKind::kSgd, 1, 2), 1 - 0.01F * 2);
  EXPECT_FLOAT_EQ(after_one_step(OptimizerKind::kRmsprop, 1, 2), 1 - 0.001F / std::sqrt(0.1F));
  EXPECT_FLOAT_EQ(after_one_step(OptimizerKind::kAdagrad, 1, 2), 1 - 0.01F);
  EXPECT_FLOAT_EQ(after_one_step(OptimizerKind::kAdam, 1, 2), 1 - 0.001F);
}

TEST(Optimizer, AdamAddsEpsilonOutsideTheBiasCorrectionAsKerasDoes) {
  // At the first step Keras moves by rate * g / (g + epsilon / sqrt(1 - beta2)), the paper's
  // algorithm 1 by rate * g / (g + epsilon): 0.031 and 0.5 of the rate here.
  EXPECT_NEAR(after_one_step(OptimizerKind::kAdam, 0, 1e-7F),
              -0.001 * 1e-7 / (1e-7 + 1e-7 / std::sqrt(0.001)), 1e-9);
}

TEST(Optimizer, ZeroGradientsMoveNothingSoThatPaddingStaysZero) {
  for (const OptimizerKind kind : kAll) {
    EXPECT_EQ(after_one_step(kind, 0.25F, 0), 0.25F) << name(kind);
    EXPECT_EQ(after_one_step(kind, 0, 0), 0.0F) << name(kind);
  }
}

TEST(Optimizer, TheSmallestAndLargestGradientsLeaveTheParameterFinite) {
  for (const OptimizerKind kind : {OptimizerKind::kRmsprop, OptimizerKind::kAdagrad,
                                   OptimizerKind::kAdam, OptimizerKind::kNadam})
    for (const float gradient : {1e-45F, 1e-30F, 1e19F})
      EXPECT_TRUE(std::isfinite(after_one_step(kind, 0.5F, gradient))) << name(kind);
}

TEST(Optimizer, WeightDecayShrinksApartFromTheGradient) {
  for (const OptimizerKind kind : kAll) {
    Optimizer optimizer(kind, 1, 0.1, 0.5, every_simd().back());
    std::vector<float> parameters{2.0F};
    optimizer.step(parameters, std::vector<float>{0.0F});
    EXPECT_FLOAT_EQ(parameters[0], 2.0F * (1 - 0.1F * 0.5F)) << name(kind);
  }
}

TEST(Optimizer, ALearningRateOfZeroStopsIt) {
  for (const OptimizerKind kind : kAll) {
    Optimizer optimizer(kind, 1, 0.1, 0.5, every_simd().back());
    optimizer.set_learning_rate(0);
    std::vector<float> parameters{2.0F};
    optimizer.step(parameters, std::vector<float>{1.0F});
    EXPECT_EQ(parameters[0], 2.0F) << name(kind);
  }
}

TEST(Optimizer, AParameterMovesAlikeAtEveryPlaceOfTheVector) {
  for (const Simd& simd : every_simd())
    for (const OptimizerKind kind : kAll) {
      Optimizer optimizer(kind, 37, 0.01, 0.1, simd);
      std::vector<float> parameters(37, 0.3F);
      for (int step = 0; step < 5; ++step) optimizer.step(parameters, std::vector<float>(37, 0.7F));
      EXPECT_THAT(parameters, testing::Each(parameters[0])) << simd.name << ", " << name(kind);
    }
}

TEST(Optimizer, IsFoundByItsName) {
  for (const OptimizerKind kind : kAll) EXPECT_EQ(optimizer_named(name(kind)), kind);
  EXPECT_EQ(optimizer_named("adadelta"), std::nullopt);
  EXPECT_EQ(optimizer_named("Adam"), std::nullopt);
}

}  // namespace
}  // namespace kanaria::nn
