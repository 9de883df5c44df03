// SPDX-License-Identifier: Apache-2.0
#include "nn/activation.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/nn/every_simd.h"
#include "tests/nn/naive_mlp.h"

namespace kanaria::nn {
namespace {

constexpr std::array kAll{Activation::kLinear, Activation::kRelu, Activation::kTanh,
                          Activation::kSoftsign};

// Any number of values: padded for the kernel, and cut again.
std::vector<float> activated(const Simd& simd, Activation activation, std::vector<float> values) {
  const size_t count = values.size();
  values.resize(padded(count));
  activate(*simd.activation, activation, values);
  values.resize(count);
  return values;
}

float slope_times(const Simd& simd, Activation activation, float output, float gradient) {
  std::vector<float> outputs(kLanes, output), gradients(kLanes, gradient);
  multiply_by_derivative(*simd.activation, activation, outputs, gradients);
  return gradients.back();
}

class EveryInstructionSetsActivation : public testing::TestWithParam<Simd> {};

INSTANTIATE_TEST_SUITE_P(Activation, EveryInstructionSetsActivation,
                         testing::ValuesIn(every_simd()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(EveryInstructionSetsActivation, EachHasItsTextbookValues) {
  const std::vector<float> x{-2, -0.5F, 0, 0.5F, 2};
  EXPECT_THAT(activated(GetParam(), Activation::kLinear, x), testing::ElementsAreArray(x));
  EXPECT_THAT(activated(GetParam(), Activation::kRelu, x), testing::ElementsAre(0, 0, 0, 0.5F, 2));
  EXPECT_THAT(activated(GetParam(), Activation::kSoftsign, x),
              testing::ElementsAre(-2.0F / 3, -1.0F / 3, 0, 1.0F / 3, 2.0F / 3));
  const std::vector<float> tanh = activated(GetParam(), Activation::kTanh, x);
  EXPECT_FLOAT_EQ(tanh[1], -0.46211716F);
  EXPECT_FLOAT_EQ(tanh[4], 0.96402758F);
}

// Every 1009th float32 of either sign up to infinity: 4 million, among them each binary exponent.
std::vector<float> floats_of_every_size() {
  std::vector<float> all;
  for (uint32_t bits = 0; bits <= 0x7f800000; bits += 1009)
    for (const uint32_t sign : {0U, 0x80000000U}) {
      const uint32_t signed_bits = bits | sign;
      float value = 0;
      std::memcpy(&value, &signed_bits, sizeof value);
      all.push_back(value);
    }
  return all;
}

TEST_P(EveryInstructionSetsActivation, TanhIsAsNearAsItsKernelPromisesForFloatsOfEverySize) {
  const std::vector<float> x = floats_of_every_size();
  const std::vector<float> found = activated(GetParam(), Activation::kTanh, x);
  double worst = 0, worst_beside_itself = 0;
  size_t beyond_one = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double expected = std::tanh(static_cast<double>(x[i]));
    const double error = std::fabs(static_cast<double>(found[i]) - expected);
    worst = std::max(worst, error);
    if (std::fabs(x[i]) > std::numeric_limits<float>::min())
      worst_beside_itself = std::max(worst_beside_itself, error / std::fabs(expected));
    beyond_one += !(std::fabs(found[i]) <= 1);
  }
  EXPECT_LE(worst, 1.5e-7);
  EXPECT_LE(worst_beside_itself, 3e-7);
  EXPECT_EQ(beyond_one, 0U);  // its slope would be below 0
}

TEST_P(EveryInstructionSetsActivation, TanhOfInfinityIsOne) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_THAT(activated(GetParam(), Activation::kTanh, {-kInfinity, kInfinity}),
              testing::ElementsAre(-1, 1));
}

TEST_P(EveryInstructionSetsActivation, TanhDoesNotHideANumberThatIsNone) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(activated(GetParam(), Activation::kTanh, {nan}),
              testing::ElementsAre(testing::IsNan()));
}

TEST_P(EveryInstructionSetsActivation, LeavesZeroZeroSoThatPaddingStaysZero) {
  for (const Activation activation : kAll)
    EXPECT_THAT(activated(GetParam(), activation, {0.0F}), testing::ElementsAre(0.0F));
}

TEST_P(EveryInstructionSetsActivation, StaysFiniteForTheLargestFiniteInput) {
  const float largest = std::numeric_limits<float>::max();
  for (const Activation activation : kAll)
    for (const float value : activated(GetParam(), activation, {-largest, largest}))
      EXPECT_TRUE(std::isfinite(value)) << name(activation);
}

TEST_P(EveryInstructionSetsActivation, AValueIsTheSameBitsAtEveryPlace) {
  for (const Activation activation : kAll)
    for (const float x : {-0.3F, 0.01F, 1.7F})
      for (const float value : activated(GetParam(), activation, std::vector<float>(40, x)))
        EXPECT_EQ(value, activated(GetParam(), activation, {x})[0]) << name(activation);
}

TEST_P(EveryInstructionSetsActivation, DerivativeEqualsFiniteDifferences) {
  for (const Activation activation : kAll)
    for (const double x : {-3.0, -0.7, -0.1, 0.1, 0.7, 3.0}) {
      const float output = activated(GetParam(), activation, {static_cast<float>(x)})[0];
      constexpr double kStep = 1e-6;
      const double slope =
          (naive_activation(activation, x + kStep) - naive_activation(activation, x - kStep)) /
          (2 * kStep);
      EXPECT_NEAR(slope_times(GetParam(), activation, output, 2.0F), 2 * slope, 1e-6)
          << name(activation) << " at " << x;
    }
}

TEST_P(EveryInstructionSetsActivation, ReluHasNoSlopeAtZero) {
  EXPECT_EQ(slope_times(GetParam(), Activation::kRelu, 0.0F, 1.0F), 0.0F);
}

TEST(Activation, IsFoundByItsName) {
  for (const Activation activation : kAll)
    EXPECT_EQ(activation_named(name(activation)), activation);
  EXPECT_EQ(activation_named("sigmoid"), std::nullopt);
  EXPECT_EQ(activation_named("ReLU"), std::nullopt);
}

}  // namespace
}  // namespace kanaria::nn
