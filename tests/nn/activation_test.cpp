// SPDX-License-Identifier: Apache-2.0
#include "nn/activation.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/nn/naive_mlp.h"

namespace kanaria::nn {
namespace {

constexpr std::array kAll{Activation::kLinear, Activation::kRelu, Activation::kTanh,
                          Activation::kSoftsign};

std::vector<float> activated(Activation activation, std::vector<float> values) {
  activate(activation, values);
  return values;
}

TEST(Activation, EachHasItsTextbookValues) {
  const std::vector<float> x{-2, -0.5F, 0, 0.5F, 2};
  EXPECT_THAT(activated(Activation::kLinear, x), testing::ElementsAreArray(x));
  EXPECT_THAT(activated(Activation::kRelu, x), testing::ElementsAre(0, 0, 0, 0.5F, 2));
  EXPECT_THAT(activated(Activation::kSoftsign, x),
              testing::ElementsAre(-2.0F / 3, -1.0F / 3, 0, 1.0F / 3, 2.0F / 3));
  const std::vector<float> tanh = activated(Activation::kTanh, x);
  EXPECT_FLOAT_EQ(tanh[1], -0.46211716F);
  EXPECT_FLOAT_EQ(tanh[4], 0.96402758F);
}

TEST(Activation, LeavesZeroZeroSoThatPaddingStaysZero) {
  for (const Activation activation : kAll)
    EXPECT_THAT(activated(activation, {0.0F}), testing::ElementsAre(0.0F));
}

TEST(Activation, StaysFiniteForTheLargestFiniteInput) {
  const float largest = std::numeric_limits<float>::max();
  for (const Activation activation : kAll)
    for (const float value : activated(activation, {-largest, largest}))
      EXPECT_TRUE(std::isfinite(value)) << name(activation);
}

TEST(Activation, DerivativeEqualsFiniteDifferences) {
  for (const Activation activation : kAll)
    for (const double x : {-3.0, -0.7, -0.1, 0.1, 0.7, 3.0}) {
      const std::vector<float> output = activated(activation, {static_cast<float>(x)});
      std::vector<float> gradient{2.0F};
      multiply_by_derivative(activation, output, gradient);
      constexpr double kStep = 1e-6;
      const double slope =
          (naive_activation(activation, x + kStep) - naive_activation(activation, x - kStep)) /
          (2 * kStep);
      EXPECT_NEAR(gradient[0], 2 * slope, 1e-6) << name(activation) << " at " << x;
    }
}

TEST(Activation, ReluHasNoSlopeAtZero) {
  std::vector<float> gradient{1.0F};
  multiply_by_derivative(Activation::kRelu, std::vector<float>{0.0F}, gradient);
  EXPECT_EQ(gradient[0], 0.0F);
}

TEST(Activation, IsFoundByItsName) {
  for (const Activation activation : kAll)
    EXPECT_EQ(activation_named(name(activation)), activation);
  EXPECT_EQ(activation_named("sigmoid"), std::nullopt);
  EXPECT_EQ(activation_named("ReLU"), std::nullopt);
}

}  // namespace
}  // namespace kanaria::nn
