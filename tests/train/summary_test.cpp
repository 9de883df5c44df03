// SPDX-License-Identifier: Apache-2.0
#include "train/summary.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace kanaria::train {
namespace {

constexpr Measure kShares[] = {Measure::kRecall, Measure::kFalsePositiveRate, Measure::kPrecision,
                               Measure::kAccuracy, Measure::kErrorRate};

std::vector<Measure> all_measures() {
  std::vector<Measure> measures;
  for (size_t m = 0; m < kMeasures; ++m) measures.push_back(static_cast<Measure>(m));
  return measures;
}

// Every third of 90 cases mines; what scores above 0 is found.
std::vector<Case> made_up_cases() {
  std::vector<Case> cases;
  for (uint32_t i = 0; i < 90; ++i) {
    const bool mining = i % 3 == 1;
    const float score = static_cast<float>(i * 37 % 41) / 8 - 3 + (mining ? 1.25F : 0.0F);
    cases.push_back({i / 9, mining, score > 0, score});
  }
  return cases;
}

// `hits` of `mining` miners and `accused` of `benign` others found, each case a cluster.
std::vector<Case> cases_of(uint32_t mining, uint32_t hits, uint32_t benign, uint32_t accused) {
  std::vector<Case> cases;
  for (uint32_t i = 0; i < mining; ++i)
    cases.push_back({i, true, i < hits, i < hits ? 1.0F : -1.0F});
  for (uint32_t i = 0; i < benign; ++i)
    cases.push_back({mining + i, false, i < accused, i < accused ? 1.0F : -1.0F});
  return cases;
}

std::vector<Case> random_cases(uint64_t seed, size_t count, double share_of_mining,
                               uint32_t clusters) {
  Random random(seed);
  std::vector<Case> cases;
  for (size_t i = 0; i < count; ++i) {
    const bool mining = random.uniform() < share_of_mining;
    const auto score = static_cast<float>(random.uniform(-3, 3) + (mining ? 1 : 0));
    cases.push_back({static_cast<uint32_t>(random.below(clusters)), mining, score > 0, score});
  }
  return cases;
}

double width(const std::optional<Estimate>& estimate) { return estimate->high - estimate->low; }

TEST(Wilson, GivesThePublishedIntervals) {
  // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
  struct Published {
    uint64_t hits, cases;
    double low, high;
  };
  for (const auto& [hits, cases, low, high] :
       {Published{81, 263, 0.2553, 0.3662}, Published{15, 148, 0.0624, 0.1605},
        Published{0, 20, 0.0000, 0.1611}, Published{1, 29, 0.0061, 0.1718}}) {
    const Estimate estimate = wilson(hits, cases);
    EXPECT_NEAR(estimate.low, low, 5e-5) << hits << " of " << cases;
    EXPECT_NEAR(estimate.high, high, 5e-5) << hits << " of " << cases;
    EXPECT_DOUBLE_EQ(estimate.value, static_cast<double>(hits) / static_cast<double>(cases));
    EXPECT_EQ(estimate.cases, cases);
  }
}

TEST(Wilson, StaysBetweenZeroAndOneAndHoldsTheValue) {
  for (uint64_t cases = 1; cases <= 40; ++cases)
    for (uint64_t hits = 0; hits <= cases; ++hits) {
      const Estimate estimate = wilson(hits, cases), mirrored = wilson(cases - hits, cases);
      EXPECT_GE(estimate.low, 0);
      EXPECT_LE(estimate.high, 1);
      EXPECT_LE(estimate.low, estimate.value + 1e-15);
      EXPECT_GE(estimate.high, estimate.value - 1e-15);
      EXPECT_NEAR(estimate.low, 1 - mirrored.high, 1e-12);
    }
}

TEST(Summary, HasTheValuesScikitLearnGives) {
  const Summary summary = summarise(made_up_cases(), ScoreKind::kLogOdds, 1);
  EXPECT_EQ(summary.counts.true_positives, 19U);
  EXPECT_EQ(summary.counts.false_negatives, 11U);
  EXPECT_EQ(summary.counts.false_positives, 24U);
  EXPECT_EQ(summary.counts.true_negatives, 36U);
  EXPECT_EQ(summary.clusters, 10U);
  EXPECT_DOUBLE_EQ(summary.of(Measure::kRecall)->value, 0.6333333333333333);
  EXPECT_DOUBLE_EQ(summary.of(Measure::kFalsePositiveRate)->value, 0.4);
  EXPECT_DOUBLE_EQ(summary.of(Measure::kPrecision)->value, 0.4418604651162791);
  EXPECT_DOUBLE_EQ(summary.of(Measure::kF1)->value, 0.5205479452054794);
  EXPECT_DOUBLE_EQ(summary.of(Measure::kAccuracy)->value, 0.6111111111111112);
  EXPECT_DOUBLE_EQ(summary.of(Measure::kErrorRate)->value, 35.0 / 90);
  EXPECT_DOUBLE_EQ(summary.of(Measure::kMcc)->value, 0.2202063716511951);
  EXPECT_DOUBLE_EQ(summary.of(Measure::kRocArea)->value, 0.7155555555555556);
  EXPECT_DOUBLE_EQ(summary.of(Measure::kPrArea)->value, 0.6211292971408463);
}

TEST(Summary, SaysOnHowManyCasesAMeasureRests) {
  const Summary summary = summarise(made_up_cases(), ScoreKind::kLogOdds, 1);
  EXPECT_EQ(summary.of(Measure::kRecall)->cases, 30U);
  EXPECT_EQ(summary.of(Measure::kFalsePositiveRate)->cases, 60U);
  EXPECT_EQ(summary.of(Measure::kPrecision)->cases, 43U);
  EXPECT_EQ(summary.of(Measure::kAccuracy)->cases, 90U);
  EXPECT_EQ(summary.of(Measure::kErrorRate)->cases, 90U);
  for (const Measure of_both : {Measure::kF1, Measure::kMcc, Measure::kRocArea, Measure::kPrArea,
                                Measure::kCalibrationError})
    EXPECT_EQ(summary.of(of_both)->cases, 30U) << name(of_both);
}

// Slow twin: the distance of each bin, from all cases, one bin after the other.
double slow_calibration_error(const std::vector<Case>& cases) {
  double error = 0;
  for (int bin = 0; bin < 15; ++bin) {
    double count = 0, mining = 0, probability = 0;
    for (const Case& one : cases) {
      const double p = 1 / (1 + std::exp(-static_cast<double>(one.score)));
      const bool last = bin == 14;
      if (p < bin / 15.0 || (last ? p > 1 : p >= (bin + 1) / 15.0)) continue;
      count += 1;
      mining += one.mining ? 1 : 0;
      probability += p;
    }
    if (count > 0)
      error += count / static_cast<double>(cases.size()) *
               std::fabs(mining / count - probability / count);
  }
  return error;
}

TEST(Summary, CalibrationErrorAgreesWithTheSlowTwin) {
  EXPECT_NEAR(
      summarise(made_up_cases(), ScoreKind::kLogOdds, 1).of(Measure::kCalibrationError)->value,
      0.20854906104893495, 1e-6);  // the same bins in NumPy
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const auto cases = random_cases(seed, 200, 0.5, 10);
    EXPECT_NEAR(summarise(cases, ScoreKind::kLogOdds, 1).of(Measure::kCalibrationError)->value,
                slow_calibration_error(cases), 1e-5);
  }
}

TEST(Summary, CertainScoresThatAreRightHaveNoCalibrationErrorAndWrongOnesHaveOne) {
  std::vector<Case> cases = cases_of(20, 20, 20, 0);
  for (Case& one : cases) one.score = one.mining ? 100.0F : -100.0F;
  EXPECT_EQ(summarise(cases, ScoreKind::kLogOdds, 1).of(Measure::kCalibrationError)->value, 0);
  for (Case& one : cases) one.score = -one.score;
  EXPECT_EQ(summarise(cases, ScoreKind::kLogOdds, 1).of(Measure::kCalibrationError)->value, 1);
}

TEST(Summary, ScoresThatAreOnlyAnOrderHaveNoCalibrationError) {
  const Summary summary = summarise(made_up_cases(), ScoreKind::kOrder, 1);
  EXPECT_FALSE(summary.of(Measure::kCalibrationError));
  EXPECT_TRUE(summary.of(Measure::kRocArea));
}

TEST(Summary, FewerThanTenCasesGiveNoRate) {
  const Summary nine = summarise(cases_of(9, 8, 40, 20), ScoreKind::kLogOdds, 1);
  EXPECT_EQ(nine.counts.true_positives, 8U);  // the cases are told all the same
  for (const Measure needs_miners :
       {Measure::kRecall, Measure::kF1, Measure::kMcc, Measure::kRocArea, Measure::kPrArea,
        Measure::kCalibrationError})
    EXPECT_FALSE(nine.of(needs_miners)) << name(needs_miners);
  EXPECT_TRUE(nine.of(Measure::kFalsePositiveRate));
  EXPECT_TRUE(nine.of(Measure::kPrecision));
  EXPECT_TRUE(nine.of(Measure::kAccuracy));
  EXPECT_FALSE(nine.precision_at[0]);

  const Summary ten = summarise(cases_of(10, 9, 40, 20), ScoreKind::kLogOdds, 1);
  for (const Measure measure : all_measures()) EXPECT_TRUE(ten.of(measure)) << name(measure);
  EXPECT_TRUE(ten.precision_at[0]);
}

TEST(Summary, FewerThanTenFoundGiveNoPrecision) {
  const Summary summary = summarise(cases_of(20, 5, 40, 4), ScoreKind::kLogOdds, 1);
  EXPECT_FALSE(summary.of(Measure::kPrecision));
  EXPECT_TRUE(summary.of(Measure::kRecall));
}

TEST(Summary, OfNothingTellsNothing) {
  const Summary summary = summarise({}, ScoreKind::kLogOdds, 1);
  EXPECT_EQ(summary.counts.cases(), 0U);
  EXPECT_EQ(summary.clusters, 0U);
  for (const Measure measure : all_measures()) EXPECT_FALSE(summary.of(measure));
}

TEST(Summary, IntervalsHoldTheValueAndAreNoNarrowerThanWilsons) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const auto cases = random_cases(seed, 150, 0.4, 12);
    const Summary summary = summarise(cases, ScoreKind::kLogOdds, seed);
    for (const Measure measure : all_measures()) {
      const auto& estimate = summary.of(measure);
      ASSERT_TRUE(estimate);
      EXPECT_LE(estimate->low, estimate->value) << name(measure);
      EXPECT_GE(estimate->high, estimate->value) << name(measure);
    }
    const Confusion& c = summary.counts;
    const Estimate alone[] = {
        wilson(c.true_positives, c.mining()), wilson(c.false_positives, c.benign()),
        wilson(c.true_positives, c.found()), wilson(c.true_positives + c.true_negatives, c.cases()),
        wilson(c.false_positives + c.false_negatives, c.cases())};
    for (size_t i = 0; i < std::size(kShares); ++i) {
      EXPECT_LE(summary.of(kShares[i])->low, alone[i].low) << name(kShares[i]);
      EXPECT_GE(summary.of(kShares[i])->high, alone[i].high) << name(kShares[i]);
    }
  }
}

TEST(Summary, CasesThatAreCopiesOfOneAnotherMakeIntervalsWider) {
  // 20 captures of 100 equal rows each know as much as 20 rows.
  std::vector<Case> copies, independent;
  for (uint32_t capture = 0; capture < 20; ++capture)
    for (uint32_t row = 0; row < 100; ++row) {
      const bool mining = capture % 2 == 0, found = mining != (capture % 5 == 0);
      copies.push_back({capture, mining, found, found ? 1.0F : -1.0F});
      independent.push_back({capture * 100 + row, mining, found, found ? 1.0F : -1.0F});
    }
  const Summary wide = summarise(copies, ScoreKind::kLogOdds, 1);
  const Summary narrow = summarise(independent, ScoreKind::kLogOdds, 1);
  EXPECT_EQ(wide.clusters, 20U);
  EXPECT_EQ(narrow.clusters, 2000U);
  for (const Measure measure : all_measures()) {
    EXPECT_DOUBLE_EQ(wide.of(measure)->value, narrow.of(measure)->value);
    EXPECT_GT(width(wide.of(measure)), 3 * width(narrow.of(measure))) << name(measure);
  }
}

TEST(Summary, IndependentCasesHaveAboutTheIntervalsOfTheNormalApproximation) {
  // 400 of 500 miners found: 0.8 ± 1.96 √(0.8 · 0.2 / 500).
  const Summary summary = summarise(cases_of(500, 400, 500, 50), ScoreKind::kLogOdds, 1);
  const double half = 1.96 * std::sqrt(0.8 * 0.2 / 500);
  EXPECT_NEAR(summary.of(Measure::kRecall)->low, 0.8 - half, 0.01);
  EXPECT_NEAR(summary.of(Measure::kRecall)->high, 0.8 + half, 0.01);
}

TEST(Summary, APerfectOrderHasAnIntervalOfAreasNearOneHoweverRareMiningIs) {
  for (const uint32_t miners : {10U, 40U, 400U}) {
    std::vector<Case> cases;
    for (uint32_t i = 0; i < 10'000; ++i) {
      const bool mining = i < miners;
      const float score = static_cast<float>(i) / 10'000 + (mining ? 2.0F : 0.0F);
      cases.push_back({i % 20, mining, mining, score});
    }
    const Summary summary = summarise(cases, ScoreKind::kOrder, 1);
    EXPECT_EQ(summary.of(Measure::kRocArea)->value, 1);
    EXPECT_NEAR(summary.of(Measure::kPrArea)->value, 1, 1e-9);
    EXPECT_GT(summary.of(Measure::kRocArea)->low, 0.99) << miners;
    EXPECT_GT(summary.of(Measure::kPrArea)->low, 0.99) << miners;
  }
}

TEST(Summary, TheSameSeedGivesTheSameIntervalsAndAnotherSeedOthers) {
  const auto cases = random_cases(1, 200, 0.4, 12);
  const auto low = [&](uint64_t seed) {
    return summarise(cases, ScoreKind::kLogOdds, seed).of(Measure::kMcc)->low;
  };
  EXPECT_EQ(low(1), low(1));
  EXPECT_NE(low(1), low(2));
}

TEST(Summary, DoesNotDependOnTheOrderOfCasesOfACluster) {
  auto cases = random_cases(1, 200, 0.4, 12);
  std::stable_sort(cases.begin(), cases.end(),
                   [](const Case& a, const Case& b) { return a.cluster < b.cluster; });
  const Summary before = summarise(cases, ScoreKind::kLogOdds, 1);
  std::stable_sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) {
    return std::pair(a.cluster, a.score) < std::pair(b.cluster, b.score);
  });
  const Summary after = summarise(cases, ScoreKind::kLogOdds, 1);
  for (const Measure measure : all_measures()) {
    EXPECT_NEAR(before.of(measure)->low, after.of(measure)->low, 1e-9) << name(measure);
    EXPECT_NEAR(before.of(measure)->high, after.of(measure)->high, 1e-9) << name(measure);
  }
}

TEST(Summary, PrecisionAtABaseRateFollowsFromRecallAndFalsePositiveRate) {
  const Summary summary = summarise(cases_of(100, 90, 1000, 10), ScoreKind::kLogOdds, 1);
  const Estimate& recall = *summary.of(Measure::kRecall);
  const Estimate& rate = *summary.of(Measure::kFalsePositiveRate);
  // Bayes: 0.9 of 1 miner in 1000 is found, 0.01 of the other 999 accused.
  EXPECT_NEAR(summary.precision_at[1]->value, 0.9 / (0.9 + 9.99), 1e-12);
  for (size_t i = 0; i < kBaseRates.size(); ++i) {
    const double base = kBaseRates[i];
    const auto& precision = summary.precision_at[i];
    EXPECT_DOUBLE_EQ(precision->low,
                     base * recall.low / (base * recall.low + (1 - base) * rate.high));
    EXPECT_DOUBLE_EQ(precision->high,
                     base * recall.high / (base * recall.high + (1 - base) * rate.low));
    EXPECT_EQ(precision->cases, 100U);
  }
}

TEST(Summary, NobodyFoundAndNobodyAccusedIsAPrecisionOfZero) {
  const Summary summary = summarise(cases_of(20, 0, 20, 0), ScoreKind::kLogOdds, 1);
  EXPECT_EQ(summary.precision_at[0]->value, 0);
  EXPECT_EQ(summary.precision_at[0]->low, 0);
  EXPECT_EQ(summary.precision_at[0]->high, 1);
}

}  // namespace
}  // namespace kanaria::train
