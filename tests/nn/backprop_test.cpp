// SPDX-License-Identifier: Apache-2.0
#include "nn/backprop.h"

#include <array>
#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "nn/optimizer.h"
#include "tests/nn/every_simd.h"
#include "tests/nn/naive_mlp.h"

namespace kanaria::nn {
namespace {

constexpr size_t kInputs = 5;
constexpr size_t kRows = 9;

struct Batch {
  std::vector<float> x = std::vector<float>(kRows * padded(kInputs), 0.0F);
  std::vector<float> labels, weights;

  explicit Batch(uint64_t seed) {
    Random random(seed);
    for (size_t r = 0; r < kRows; ++r) {
      for (size_t c = 0; c < kInputs; ++c)
        x[r * padded(kInputs) + c] = static_cast<float>(random.uniform(-2, 2));
      labels.push_back(static_cast<float>(r % 2));
      weights.push_back(static_cast<float>(random.uniform(0.5, 1.5)));
    }
  }
  std::vector<double> row(size_t index) const {
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(index * padded(kInputs));
    return {first, first + kInputs};
  }
};

struct NaiveLoss {
  double value = 0;
  double nearest_kink = 1e9;
};

NaiveLoss naive_loss(const Mlp& mlp, std::span<const double> parameters, const Batch& batch) {
  NaiveLoss loss;
  for (size_t r = 0; r < kRows; ++r) {
    const NaiveLogit logit = naive_logit(mlp, parameters, batch.row(r));
    const double score = 1 / (1 + std::exp(-logit.value));
    const double y = static_cast<double>(batch.labels[r]);
    loss.value -= static_cast<double>(batch.weights[r]) *
                  (y * std::log(score) + (1 - y) * std::log(1 - score)) / kRows;
    loss.nearest_kink = std::min(loss.nearest_kink, logit.nearest_kink);
  }
  return loss;
}

// The first seed whose network has no ReLU so near its kink that a difference would cross it.
uint64_t seed_away_from_kinks(std::span<const size_t> hidden, Activation activation) {
  for (uint64_t seed = 1;; ++seed) {
    const Mlp mlp = random_mlp(kInputs, hidden, activation, seed);
    if (naive_loss(mlp, in_double(mlp.parameters()), Batch(seed)).nearest_kink > 1e-3) return seed;
  }
}

struct Network {
  Activation activation;
  std::vector<size_t> hidden;
};

class Gradient : public testing::TestWithParam<Network> {};

std::vector<double> finite_differences(const Mlp& mlp, const Batch& batch) {
  constexpr double kStep = 1e-5;
  std::vector<double> p = in_double(mlp.parameters()), slopes;
  for (double& parameter : p) {
    const double before = parameter;
    parameter = before + kStep;
    const double above = naive_loss(mlp, p, batch).value;
    parameter = before - kStep;
    const double below = naive_loss(mlp, p, batch).value;
    parameter = before;
    slopes.push_back((above - below) / (2 * kStep));
  }
  return slopes;
}

TEST_P(Gradient, EqualsCentralFiniteDifferencesInDouble) {
  const auto& [activation, hidden] = GetParam();
  const uint64_t seed = seed_away_from_kinks(hidden, activation);
  const Batch batch(seed);
  const Mlp mlp = random_mlp(kInputs, hidden, activation, seed);
  const std::vector<double> expected = finite_differences(mlp, batch);
  for (const Simd& simd : every_simd()) {
    Backprop backprop(mlp, simd, kRows);
    std::vector<float> gradient(mlp.parameters().size(), 99.0F);
    const double loss = backprop.gradient(mlp, batch.x, batch.labels, batch.weights, gradient);
    EXPECT_NEAR(loss, naive_loss(mlp, in_double(mlp.parameters()), batch).value, 1e-5) << simd.name;
    for (const DenseLayer& layer : mlp.layers()) {
      const size_t end = layer.bias_at + layer.row_length();
      double largest = 0;
      for (size_t i = layer.weights_at; i < end; ++i)
        largest = std::max(largest, std::fabs(expected[i]));
      ASSERT_GT(largest, 1e-6) << "a layer without a gradient proves nothing";
      // Float32 rounding beside the layer's largest slope; the differences err below 1e-9.
      for (size_t i = layer.weights_at; i < end; ++i)
        ASSERT_NEAR(static_cast<double>(gradient[i]), expected[i], 1e-5 * largest + 1e-9)
            << simd.name << ", parameter " << i;
    }
  }
}

// The thesis's depths (Table 3.2) with uneven widths, and no hidden layer at all.
std::vector<Network> networks() {
  constexpr std::array<size_t, 7> kWidths{17, 3, 10, 8, 9, 16, 5};
  std::vector<Network> all;
  for (const auto activation :
       {Activation::kLinear, Activation::kRelu, Activation::kTanh, Activation::kSoftsign})
    for (size_t layers = 0; layers <= kWidths.size(); ++layers)
      all.push_back({activation, {kWidths.begin(), kWidths.begin() + layers}});
  return all;
}

INSTANTIATE_TEST_SUITE_P(EveryActivationAndDepth, Gradient, testing::ValuesIn(networks()),
                         [](const auto& tested) {
                           return fmt::format("{}{}hidden", name(tested.param.activation),
                                              tested.param.hidden.size());
                         });

TEST(Backprop, NoWeightsCountEachRowOnce) {
  const Batch batch(3);
  const Mlp mlp = random_mlp(kInputs, std::vector<size_t>{4}, Activation::kTanh, 3);
  Backprop backprop(mlp, every_simd().front(), kRows);
  std::vector<float> without(mlp.parameters().size()), with = without;
  const double loss = backprop.gradient(mlp, batch.x, batch.labels, {}, without);
  EXPECT_EQ(loss, backprop.gradient(mlp, batch.x, batch.labels, std::vector(kRows, 1.0F), with));
  EXPECT_EQ(without, with);
}

TEST(Backprop, ASmallerBatchAfterALargerOneLeavesNoTraceOfIt) {
  const Batch batch(4);
  const Mlp mlp = random_mlp(kInputs, std::vector<size_t>{9, 9}, Activation::kRelu, 4);
  const Simd simd = every_simd().front();
  std::vector<float> fresh(mlp.parameters().size()), reused = fresh;
  const std::span three_rows = std::span(batch.labels).first(3);
  Backprop(mlp, simd, kRows).gradient(mlp, batch.x, three_rows, {}, fresh);
  Backprop backprop(mlp, simd, kRows);
  backprop.gradient(mlp, batch.x, batch.labels, {}, reused);
  backprop.gradient(mlp, batch.x, three_rows, {}, reused);
  EXPECT_EQ(fresh, reused);
}

TEST(Backprop, PaddingOfParametersStaysZeroThroughTraining) {
  const Batch batch(5);
  for (const auto activation : {Activation::kRelu, Activation::kTanh, Activation::kSoftsign}) {
    Mlp mlp = random_mlp(kInputs, std::vector<size_t>{9, 3}, activation, 5);
    Backprop backprop(mlp, every_simd().back(), kRows);
    Optimizer adam(OptimizerKind::kAdam, mlp.parameters().size(), 0.01, 0.01, every_simd().back());
    std::vector<float> gradient(mlp.parameters().size());
    for (int step = 0; step < 20; ++step) {
      backprop.gradient(mlp, batch.x, batch.labels, batch.weights, gradient);
      adam.step(mlp.parameters(), gradient);
    }
    for (const DenseLayer& layer : mlp.layers())
      for (size_t row = 0; row <= layer.inputs; ++row)  // the last one is the bias
        for (size_t o = layer.outputs; o < layer.row_length(); ++o)
          EXPECT_EQ(mlp.parameters()[layer.weights_at + row * layer.row_length() + o], 0.0F);
  }
}

std::vector<float> trained_parameters(const Simd& simd, Activation activation, OptimizerKind kind) {
  const Batch batch(6);
  Mlp mlp = random_mlp(kInputs, std::vector<size_t>{40, 9, 20}, activation, 6);
  Backprop backprop(mlp, simd, kRows);
  Optimizer optimizer(kind, mlp.parameters().size(), 0.01, 0.01, simd);
  std::vector<float> gradient(mlp.parameters().size());
  for (int step = 0; step < 20; ++step) {
    backprop.gradient(mlp, batch.x, batch.labels, batch.weights, gradient);
    optimizer.step(mlp.parameters(), gradient);
  }
  return {mlp.parameters().begin(), mlp.parameters().end()};
}

TEST(Backprop, V3AndV4TrainTheSameBits) {
  const auto v3 = simd_named("v3"), v4 = simd_named("v4");
  if (!v4) GTEST_SKIP() << "this processor has no x86-64-v4";
  for (const auto activation : {Activation::kRelu, Activation::kTanh, Activation::kSoftsign})
    for (const auto kind : {OptimizerKind::kSgd, OptimizerKind::kRmsprop, OptimizerKind::kAdagrad,
                            OptimizerKind::kAdam, OptimizerKind::kNadam})
      EXPECT_EQ(trained_parameters(*v3, activation, kind),
                trained_parameters(*v4, activation, kind))
          << name(activation) << ", " << name(kind);
}

TEST(CrossEntropy, IsStableFarFromZero) {
  EXPECT_FLOAT_EQ(cross_entropy(100, 0).loss, 100);
  EXPECT_FLOAT_EQ(cross_entropy(-100, 1).loss, 100);
  EXPECT_NEAR(cross_entropy(100, 1).loss, std::exp(-100.0), 1e-45);
  EXPECT_NEAR(cross_entropy(-100, 0).loss, std::exp(-100.0), 1e-45);
  EXPECT_FLOAT_EQ(cross_entropy(3e38F, 0).loss, 3e38F);
}

TEST(CrossEntropy, SlopeFarFromZeroIsTheWholeMistakeOrNone) {
  EXPECT_EQ(cross_entropy(100, 0).slope, 1);
  EXPECT_EQ(cross_entropy(-100, 1).slope, -1);
  EXPECT_NEAR(cross_entropy(100, 1).slope, 0, 1e-40);
  EXPECT_NEAR(cross_entropy(-100, 0).slope, 0, 1e-40);
  EXPECT_EQ(cross_entropy(-3e38F, 1).slope, -1);
}

TEST(CrossEntropy, EqualsItsDefinitionNearZero) {
  for (double z = -8; z <= 8; z += 0.25) {
    const auto logit = static_cast<float>(z);
    const double score = 1 / (1 + std::exp(-z));
    // A loss of up to 8 in float32; near 0 its float32 rounding is far smaller.
    EXPECT_NEAR(cross_entropy(logit, 1).loss, -std::log(score), 1e-6);
    EXPECT_NEAR(cross_entropy(logit, 0).loss, -std::log(1 - score), 1e-6);
    EXPECT_NEAR(cross_entropy(logit, 1).slope, score - 1, 1e-7);
    EXPECT_NEAR(cross_entropy(logit, 0).slope, score, 1e-7);
  }
}

TEST(Sigmoid, StaysWithinZeroAndOne) {
  EXPECT_EQ(sigmoid(0), 0.5F);
  EXPECT_EQ(sigmoid(200), 1.0F);
  EXPECT_EQ(sigmoid(-200), 0.0F);
  EXPECT_NEAR(sigmoid(2), 0.8807970779778823, 1e-7);
}

}  // namespace
}  // namespace kanaria::nn
