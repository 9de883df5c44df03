// SPDX-License-Identifier: Apache-2.0
#include "train/message_size.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

std::vector<uint32_t> sizes(const SizeRule& rule, size_t count, uint64_t seed = 1,
                            uint64_t said = 0) {
  Random random(seed);
  MessageSize size(rule, said, random);
  std::vector<uint32_t> drawn(count);
  for (uint32_t& bytes : drawn) bytes = size.next(random);
  return drawn;
}

SizeRule drawn_once(Range range) {
  SizeRule rule;
  rule.drawn = range;
  return rule;
}

TEST(MessageSize, IsDrawnOnceAConnection) {
  std::set<uint32_t> of_connections;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const auto drawn = sizes(drawn_once({100, 103}), 20, seed);
    EXPECT_THAT(drawn, testing::Each(drawn.front()));
    of_connections.insert(drawn.front());
  }
  EXPECT_EQ(of_connections, (std::set<uint32_t>{100, 101, 102, 103}));
}

TEST(MessageSize, EachMessageAddsBytesOfItsOwn) {
  SizeRule rule = drawn_once({100, 100});
  rule.each = {0, 3};
  const auto drawn = sizes(rule, 200);
  EXPECT_EQ(std::set(drawn.begin(), drawn.end()), (std::set<uint32_t>{100, 101, 102, 103}));
}

// {"id":1 …}, {"id":10 …}: a digit more from the tenth on.
TEST(MessageSize, ACounterAddsAByteAtEachPowerOfTen) {
  SizeRule rule = drawn_once({60, 60});
  rule.counts = 1;
  const auto drawn = sizes(rule, 1000);
  EXPECT_EQ(drawn[8], 60U);
  EXPECT_EQ(drawn[9], 61U);
  EXPECT_EQ(drawn[98], 61U);
  EXPECT_EQ(drawn[99], 62U);
  EXPECT_EQ(drawn[999], 63U);
}

// Coinhive counts 256 hashes a share: 256, 512, 768, 1024.
TEST(MessageSize, ACounterMayGoUpInLargerSteps) {
  SizeRule rule = drawn_once({46, 46});
  rule.counts = 256;
  EXPECT_THAT(sizes(rule, 4), testing::ElementsAre(48, 48, 48, 49));
}

TEST(MessageSize, ACounterGoesOnWhereTheConnectionWasMet) {
  SizeRule rule = drawn_once({60, 60});
  rule.counts = 1;
  EXPECT_THAT(sizes(rule, 2, 1, 98), testing::ElementsAre(61, 62));
}

TEST(MessageSize, OneOfSeveralIsChosenByItsShare) {
  SizeRule rule;
  rule.one_of = {drawn_once({10, 10}), drawn_once({20, 20})};
  rule.shares = {0.9, 0.1};
  const auto drawn = sizes(rule, 10'000);
  EXPECT_THAT(drawn, testing::Each(testing::AnyOf(10, 20)));
  EXPECT_NEAR(static_cast<double>(std::ranges::count(drawn, 20U)), 1000, 150);  // 5 σ
}

TEST(MessageSize, VariesByAFactorWhoseMedianIsOne) {
  SizeRule rule = drawn_once({1000, 1000});
  rule.varies = {0.5, 0.5};
  auto drawn = sizes(rule, 10'001);
  std::ranges::sort(drawn);
  EXPECT_NEAR(drawn[5000], 1000, 40);
  EXPECT_NEAR(drawn[8413] / 1000.0, std::exp(0.5), 0.08);  // a standard deviation above
}

TEST(MessageSize, IsNeverWithoutAByte) { EXPECT_THAT(sizes({}, 3), testing::Each(1)); }

}  // namespace
}  // namespace kanaria::train
