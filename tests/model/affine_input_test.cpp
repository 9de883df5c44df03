// SPDX-License-Identifier: Apache-2.0
#include "model/affine_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace kanaria::model {
namespace {

using testing::ElementsAre;

TEST(AffineInput, OfNothingIsTheIdentityOfAnyWidth) {
  const AffineInput affine;
  EXPECT_EQ(affine.columns(), 1U);
  EXPECT_THAT(affine.mean(3), ElementsAre(0, 0, 0));
  EXPECT_THAT(affine.scale(2), ElementsAre(1, 1));
}

TEST(AffineInput, MeanAndScaleKeepEveryBit) {
  AffineInput affine;
  ASSERT_TRUE(affine.subtract(std::vector{0.1F, 65535.3F}));
  ASSERT_TRUE(affine.divide(std::vector{0.7F, 3e-7F}));
  EXPECT_THAT(affine.mean(2), ElementsAre(0.1F, 65535.3F));
  EXPECT_THAT(affine.scale(2), ElementsAre(0.7F, 3e-7F));
}

TEST(AffineInput, ASingleNumberIsForEachColumnWheneverItComes) {
  AffineInput affine;
  ASSERT_TRUE(affine.divide(std::vector{2.0F}));
  ASSERT_TRUE(affine.subtract(std::vector{1.0F, 2.0F}));
  ASSERT_TRUE(affine.multiply(std::vector{0.5F}));
  EXPECT_THAT(affine.mean(2), ElementsAre(2, 4));
  EXPECT_THAT(affine.scale(2), ElementsAre(4, 4));
}

TEST(AffineInput, RefusesConstantsForAnotherNumberOfColumns) {
  AffineInput affine;
  ASSERT_TRUE(affine.subtract(std::vector{1.0F, 2.0F}));
  EXPECT_FALSE(affine.divide(std::vector{1.0F, 2.0F, 3.0F}));
  EXPECT_EQ(affine.columns(), 2U);
}

TEST(AffineInput, IsWhatItsStepsDoOneAfterTheOther) {
  Random random(3);
  for (int attempt = 0; attempt < 200; ++attempt) {
    AffineInput affine;
    double x = random.uniform(-10, 10), expected = x;
    for (int step = 0; step < 5; ++step) {
      const auto c = static_cast<float>(random.uniform(0.5, 2));
      switch (random.below(4)) {
        case 0: expected -= c, affine.subtract({&c, 1}); break;
        case 1: expected += c, affine.add({&c, 1}); break;
        case 2: expected /= c, affine.divide({&c, 1}); break;
        default: expected *= c, affine.multiply({&c, 1}); break;
      }
    }
    const double found = (x - affine.mean(1)[0]) / affine.scale(1)[0];
    ASSERT_NEAR(found, expected, 1e-4) << attempt;
  }
}

}  // namespace
}  // namespace kanaria::model
