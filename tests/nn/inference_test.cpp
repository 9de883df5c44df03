// SPDX-License-Identifier: Apache-2.0
#include "nn/inference.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/nn/every_simd.h"
#include "tests/nn/naive_mlp.h"

namespace kanaria::nn {
namespace {

constexpr size_t kInputs = 18;

InputScaling scaling() {
  InputScaling scaling;
  for (size_t c = 0; c < kInputs; ++c) {
    scaling.mean.push_back(static_cast<float>(c) * 10);
    scaling.scale.push_back(static_cast<float>(c) + 0.5F);
  }
  return scaling;
}

std::vector<float> random_rows(size_t count) {
  Random random(3);
  std::vector<float> rows(count * kInputs);
  for (float& value : rows) value = static_cast<float>(random.uniform(-500, 500));
  return rows;
}

std::vector<float> logits(Inference& inference, std::span<const float> rows) {
  std::vector<float> logits(rows.size() / kInputs);
  inference.logits(rows, logits);
  return logits;
}

class EveryInstructionSet : public testing::TestWithParam<Simd> {};
INSTANTIATE_TEST_SUITE_P(Inference, EveryInstructionSet, testing::ValuesIn(every_simd()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(EveryInstructionSet, ScoresEqualTheNaiveNetworkOnScaledAndClippedRows) {
  const InputScaling scale = scaling();
  for (const auto activation : {Activation::kRelu, Activation::kTanh, Activation::kSoftsign}) {
    const Mlp mlp = random_mlp(kInputs, std::vector<size_t>{40, 9}, activation, 2);
    const std::vector<double> parameters = in_double(mlp.parameters());
    Inference inference(mlp, scale, GetParam());
    const std::vector<float> rows = random_rows(300);
    const std::vector<float> found = logits(inference, rows);
    for (size_t r = 0; r < found.size(); ++r) {
      std::vector<double> row(kInputs);
      for (size_t c = 0; c < kInputs; ++c)
        row[c] = std::clamp(static_cast<double>(rows[r * kInputs + c] - scale.mean[c]) /
                                static_cast<double>(scale.scale[c]),
                            -5.0, 5.0);
      const double expected = naive_logit(mlp, parameters, row).value;
      // The bound that the model file promises between programs (docs/model.md).
      ASSERT_NEAR(found[r], expected, 1e-4 * std::max(1.0, std::fabs(expected)));
    }
  }
}

TEST_P(EveryInstructionSet, ALogitIsTheSameBitsWhateverBatchItsRowComesIn) {
  const InputScaling scale = scaling();
  const Mlp mlp = random_mlp(kInputs, std::vector<size_t>{40, 40}, Activation::kTanh, 2);
  Inference inference(mlp, scale, GetParam());
  const std::vector<float> rows = random_rows(300);
  const std::vector<float> together = logits(inference, rows);
  for (const size_t batch : {1U, 2U, 3U, 5U, 64U, 127U, 128U, 129U, 299U}) {
    std::vector<float> apart;
    for (size_t at = 0; at < 300; at += batch) {
      const size_t count = std::min(batch, 300 - at);
      const auto part = logits(inference, std::span(rows).subspan(at * kInputs, count * kInputs));
      apart.insert(apart.end(), part.begin(), part.end());
    }
    ASSERT_EQ(std::memcmp(apart.data(), together.data(), 300 * sizeof(float)), 0) << batch;
  }
}

TEST_P(EveryInstructionSet, NoRowsGiveNoLogits) {
  const InputScaling scale = scaling();
  const Mlp mlp = random_mlp(kInputs, {}, Activation::kRelu, 2);
  Inference inference(mlp, scale, GetParam());
  EXPECT_TRUE(logits(inference, {}).empty());
}

TEST_P(EveryInstructionSet, NotANumberAndInfinityAreBoundedLikeAnyOtherValue) {
  const InputScaling scale = scaling();
  const Mlp mlp = random_mlp(kInputs, std::vector<size_t>{9}, Activation::kRelu, 2);
  Inference inference(mlp, scale, GetParam());
  std::vector<float> rows = random_rows(2);
  rows[0] = std::numeric_limits<float>::quiet_NaN();
  rows[1] = std::numeric_limits<float>::infinity();
  rows[kInputs] = -std::numeric_limits<float>::max();
  EXPECT_THAT(logits(inference, rows),
              testing::Each(testing::Truly([](float logit) { return std::isfinite(logit); })));
}

std::vector<float> scaled(const InputScaling& scaling, std::vector<float> row) {
  std::vector<float> out(row.size());
  scaling.apply(row.data(), scaling.reciprocals().data(), out.data());
  return out;
}

TEST(InputScaling, StandardisesThenClips) {
  const InputScaling scaling{{10, 10, 10, 10, 0}, {2, 2, 2, 2, 4}, 5};
  EXPECT_THAT(scaled(scaling, {10, 13, 1000, -1000, 2}),
              testing::ElementsAre(0, 1.5F, 5, -5, 0.5F));
}

TEST(InputScaling, TakesNotANumberForTheLowerBound) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(scaled({{0, 0}, {1, 1}, 5}, {nan, 1}), testing::ElementsAre(-5, 1));
}

}  // namespace
}  // namespace kanaria::nn
