// SPDX-License-Identifier: Apache-2.0
#include "nn/mlp.h"

#include <cmath>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::nn {
namespace {

Mlp initialised(uint64_t seed) {
  Mlp mlp(18, std::vector<size_t>{40, 9}, Activation::kRelu);
  mlp.initialise(seed);
  return mlp;
}

std::vector<float> parameters_of(const Mlp& mlp) {
  return {mlp.parameters().begin(), mlp.parameters().end()};
}

TEST(Mlp, EndsInOneLinearLogit) {
  const Mlp mlp(18, std::vector<size_t>{40, 9}, Activation::kTanh);
  ASSERT_EQ(mlp.layers().size(), 3U);
  EXPECT_EQ(mlp.layers()[1].activation, Activation::kTanh);
  EXPECT_EQ(mlp.layers().back().outputs, 1U);
  EXPECT_EQ(mlp.layers().back().activation, Activation::kLinear);
}

TEST(Mlp, CountsParametersWithoutPadding) {
  EXPECT_EQ(Mlp(18, std::vector<size_t>{40, 9}, Activation::kRelu).parameter_count(),
            19U * 40 + 41 * 9 + 10);
  EXPECT_EQ(Mlp(3, {}, Activation::kRelu).parameter_count(), 4U);
}

TEST(Mlp, IsZeroUntilInitialised) {
  EXPECT_THAT(parameters_of(Mlp(3, std::vector<size_t>{5}, Activation::kRelu)),
              testing::Each(0.0F));
}

TEST(Mlp, InitialisesWeightsWithinGlorotsBoundsAndNearThem) {
  const Mlp mlp = initialised(1);
  for (size_t l = 0; l < mlp.layers().size(); ++l) {
    const DenseLayer& layer = mlp.layers()[l];
    const double limit = std::sqrt(6.0 / static_cast<double>(layer.inputs + layer.outputs));
    double largest = 0, sum = 0;
    for (size_t i = 0; i < layer.inputs; ++i)
      for (size_t o = 0; o < layer.outputs; ++o) {
        largest = std::max(largest, std::fabs(static_cast<double>(mlp.weight(l, i, o))));
        sum += static_cast<double>(mlp.weight(l, i, o));
      }
    EXPECT_LE(largest, limit);
    if (layer.outputs == 1) continue;  // too few to say more
    EXPECT_GT(largest, 0.97 * limit);
    EXPECT_LT(std::fabs(sum) / static_cast<double>(layer.inputs * layer.outputs), 0.1 * limit);
  }
}

TEST(Mlp, InitialisesBiasesAndPaddingToZero) {
  const Mlp mlp = initialised(1);
  for (const DenseLayer& layer : mlp.layers()) {
    for (size_t o = 0; o < layer.row_length(); ++o)
      EXPECT_EQ(mlp.parameters()[layer.bias_at + o], 0.0F);
    for (size_t i = 0; i < layer.inputs; ++i)
      for (size_t o = layer.outputs; o < layer.row_length(); ++o)
        EXPECT_EQ(mlp.parameters()[layer.weights_at + i * layer.row_length() + o], 0.0F);
  }
}

TEST(Mlp, SameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  EXPECT_EQ(parameters_of(initialised(7)), parameters_of(initialised(7)));
  EXPECT_NE(parameters_of(initialised(7)), parameters_of(initialised(8)));
}

TEST(Mlp, SecondInitialisationForgetsTheFirst) {
  Mlp mlp = initialised(7);
  mlp.initialise(8);
  EXPECT_EQ(parameters_of(mlp), parameters_of(initialised(8)));
}

TEST(Mlp, FirstWeightIsTheFirstNumberOfTheStandardsTwister) {
  std::mt19937_64 engine(7);  // the standard fixes its numbers on every platform
  const double uniform = static_cast<double>(engine() >> 11) * 0x1.0p-53;
  const double limit = std::sqrt(6.0 / (18 + 40));
  EXPECT_EQ(initialised(7).weight(0, 0, 0), static_cast<float>(-limit + 2 * limit * uniform));
}

}  // namespace
}  // namespace kanaria::nn
