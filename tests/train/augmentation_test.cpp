// SPDX-License-Identifier: Apache-2.0
// What docs/dataset.md says of a copy's perturbations, counted over many copies.
#include "train/augmentation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/sequences.h"

namespace kanaria::train {
namespace {

using Kind = PerturbationKind;

constexpr int kCopies = 20'000;

std::vector<std::vector<Perturbation>> many_draws() {
  Random random(1);
  std::vector<std::vector<Perturbation>> draws;
  for (int copy = 0; copy < kCopies; ++copy) draws.push_back(draw_perturbations(random));
  return draws;
}

std::vector<double> amounts_of(Kind kind) {
  std::vector<double> amounts;
  for (const auto& drawn : many_draws())
    for (const Perturbation& perturbation : drawn)
      if (perturbation.kind == kind) amounts.push_back(perturbation.amount);
  return amounts;
}

// Standard deviation of a share: at most sqrt(.25 / 20,000) < .004.
void expect_share(Kind kind, double share) {
  EXPECT_NEAR(static_cast<double>(amounts_of(kind).size()) / kCopies, share, 0.015);
}

TEST(Augmentation, EachPerturbationHasItsProbability) {
  expect_share(Kind::kSpeed, .25);
  expect_share(Kind::kScale, .1);
  expect_share(Kind::kDummies, .35 * .75 + .65 * .1);
  expect_share(Kind::kSplitting, .35 * .5 + .65 * .1);
  expect_share(Kind::kMerging, .65 * .12);
  expect_share(Kind::kClientOffset, .5);
  expect_share(Kind::kServerOffset, .5);
  expect_share(Kind::kBuckets, .65 * .15 / 3);
  expect_share(Kind::kPadding, .35 + .65 * .15 * 2 / 3);
  expect_share(Kind::kDelay, .35);
  expect_share(Kind::kJitter, .3);
  expect_share(Kind::kLoss, .15);
  expect_share(Kind::kClientUnseen, .06);
  expect_share(Kind::kServerUnseen, .06);
}

TEST(Augmentation, ADisguiseDoesSeveralThingsAtOnce) {
  int padded_with_dummies = 0, all_three = 0;
  for (const auto& drawn : many_draws()) {
    const auto has = [&](Kind kind) {
      return std::ranges::count(drawn, kind, &Perturbation::kind);
    };
    if (!has(Kind::kPadding) || !has(Kind::kDummies)) continue;
    ++padded_with_dummies;
    all_three += has(Kind::kSplitting) ? 1 : 0;
  }
  // A copy that is not disguised has both with .65 * .1 * .1, and all three with a tenth of that.
  EXPECT_NEAR(padded_with_dummies / double{kCopies}, .35 * .75 + .65 * .01, 0.015);
  EXPECT_NEAR(all_three / double{kCopies}, .35 * .75 * .5 + .65 * .001, 0.015);
}

TEST(Augmentation, AmountsLieInTheirRanges) {
  const auto expect_within = [](Kind kind, double low, double high) {
    const auto amounts = amounts_of(kind);
    const auto [least, most] = std::ranges::minmax(amounts);
    EXPECT_GE(least, low);
    EXPECT_LE(most, high);
    EXPECT_LT(least, low + (high - low) / 20) << "the range is used";
    EXPECT_GT(most, high - (high - low) / 20);
  };
  expect_within(Kind::kSpeed, .3, 3);
  expect_within(Kind::kDummies, .03, .6);
  expect_within(Kind::kSplitting, .05, .6);
  expect_within(Kind::kMerging, 0, .05);
  expect_within(Kind::kClientOffset, 0, 59);
  expect_within(Kind::kServerOffset, 0, 59);
  expect_within(Kind::kPadding, 1, 512);
  expect_within(Kind::kDelay, .001, .3);
  expect_within(Kind::kLoss, 0, .1);
  const auto values_of = [](Kind kind) {
    const auto amounts = amounts_of(kind);
    return std::set<double>(amounts.begin(), amounts.end());
  };
  EXPECT_EQ(values_of(Kind::kBuckets), (std::set<double>{8, 16, 32, 64, 128}));
  EXPECT_EQ(values_of(Kind::kJitter), (std::set<double>{.005, .02, .08}));
  EXPECT_EQ(values_of(Kind::kClientUnseen), (std::set<double>{.001, .04, .2}));
  EXPECT_EQ(values_of(Kind::kServerUnseen), (std::set<double>{.001, .04, .2}));
}

TEST(Augmentation, ScalesAreLognormal) {
  double sum = 0, squares = 0;
  const auto factors = amounts_of(Kind::kScale);
  for (const double factor : factors) {
    sum += std::log(factor);
    squares += std::log(factor) * std::log(factor);
  }
  const auto n = static_cast<double>(factors.size());  // about 2,000: deviations .006, .004
  EXPECT_NEAR(sum / n, 0, 0.03);
  EXPECT_NEAR(std::sqrt(squares / n), 0.25, 0.02);
}

LabelledConnection connection(Label label = Label::kMining, uint16_t port = 50000) {
  LabelledConnection made;
  made.ends = {*parse_ip_address("10.0.0.1"), *parse_ip_address("192.0.2.9"), port, 443};
  made.start = {5};
  made.label = label;
  return made;
}

using Plain = std::vector<std::tuple<Nanoseconds, flow::Direction, uint32_t>>;
Plain copy_of(const LabelledConnection& of, uint64_t seed, uint32_t copy, uint64_t piece = 0) {
  SegmentSequence sequence = random_sequence(3, 200);
  make_copy(sequence, of, seed, copy, piece);
  Plain plain;
  for (const auto& s : sequence)
    plain.emplace_back(s.time.ns, s.segment.direction, s.segment.bytes);
  return plain;
}

TEST(Augmentation, ACopyFollowsFromItsSeedConnectionAndNumberAlone) {
  for (uint32_t copy = 1; copy <= 10; ++copy)
    EXPECT_EQ(copy_of(connection(), 1, copy), copy_of(connection(), 1, copy));
  const auto distinct = [](const std::function<Plain(uint32_t)>& make) {
    std::set<Plain> copies;
    for (uint32_t i = 1; i <= 20; ++i) copies.insert(make(i));
    return copies.size();
  };
  EXPECT_GT(distinct([](uint32_t i) { return copy_of(connection(), 1, i); }), 15U);
  EXPECT_GT(distinct([](uint32_t i) { return copy_of(connection(), i, 1); }), 15U);
  EXPECT_GT(distinct([](uint32_t i) {
              return copy_of(connection(Label::kMining, static_cast<uint16_t>(i)), 1, 1);
            }),
            15U);
}

TEST(Augmentation, IsBlindToLabels) {
  for (uint32_t copy = 1; copy <= 20; ++copy)
    EXPECT_EQ(copy_of(connection(Label::kMining), 1, copy),
              copy_of(connection(Label::kBenign), 1, copy));
}

// Offsets, buckets, delay and speed use no random numbers: there, pieces differ in nothing.
TEST(Augmentation, PiecesOfAConnectionDifferByTheSame) {
  size_t alike = 0;
  for (uint32_t copy = 1; copy <= 50; ++copy)
    alike += copy_of(connection(), 1, copy, 0) == copy_of(connection(), 1, copy, 7) ? 1U : 0U;
  EXPECT_GT(alike, 5U);
  EXPECT_LT(alike, 45U) << "what is random in a piece is random in each of them";
}

}  // namespace
}  // namespace kanaria::train
