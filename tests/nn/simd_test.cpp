// SPDX-License-Identifier: Apache-2.0
#include "nn/simd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/nn/every_simd.h"

namespace kanaria::nn {
namespace {

TEST(ChooseSimd, TakesTheBestOfTheProcessorWhenNothingIsAsked) {
  EXPECT_EQ(simd_named(nullptr)->name, every_simd().back().name);
  EXPECT_EQ(simd_named("")->name, every_simd().back().name);
}

TEST(ChooseSimd, TakesTheOneAskedFor) {
  EXPECT_EQ(simd_named("baseline")->name, "baseline");
  for (const Simd& simd : every_simd())
    EXPECT_EQ(simd_named(std::string(simd.name).c_str())->dense, simd.dense);
}

TEST(ChooseSimd, NamesTheChoicesWhenTheOneAskedForIsUnknown) {
  const auto simd = simd_named("avx512");
  ASSERT_FALSE(simd);
  std::string choices;
  for (const Simd& each : every_simd())
    choices += (choices.empty() ? "" : " or ") + std::string(each.name);
  EXPECT_EQ(simd.error().sentence,
            "KANARIA_SIMD is 'avx512', which this processor or build does not have; unset it or "
            "choose " +
                choices);
}

}  // namespace
}  // namespace kanaria::nn
