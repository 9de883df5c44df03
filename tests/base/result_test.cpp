// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <memory>

#include <gtest/gtest.h>

namespace kanaria {
namespace {

TEST(Result, HoldsAValue) {
  const Result<int> result = 5;
  ASSERT_TRUE(result);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(*result, 5);
}

TEST(Result, HoldsASentence) {
  const Result<int> result = Error{"x.pcap: is empty"};
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().sentence, "x.pcap: is empty");
}

TEST(Result, GivesUpAValueThatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> owned = *std::move(result);
  EXPECT_EQ(*owned, 5);
}

TEST(Result, ReachesMembersOfItsValue) {
  const Result<std::string> result = std::string("four");
  EXPECT_EQ(result->size(), 4U);
}

TEST(Status, SuccessHoldsNothingElse) {
  const Status status = Done{};
  EXPECT_TRUE(status.ok());
}

}  // namespace
}  // namespace kanaria
