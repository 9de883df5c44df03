// SPDX-License-Identifier: Apache-2.0
#include "train/score_curve.h"

#include <algorithm>
#include <array>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace kanaria::train {
namespace {

struct Scored {
  std::vector<float> scores;
  std::vector<bool> mining;
};

ScoreCurve curve_of(const Scored& cases, size_t most_cells = SIZE_MAX) {
  const ScoreCells cells = score_cells(cases.scores, std::min(most_cells, cases.scores.size()));
  ScoreCurve curve(cells.count);
  for (size_t i = 0; i < cases.scores.size(); ++i) curve.add(cells.of_score[i], cases.mining[i]);
  return curve;
}

// Slow twin: every pair of a mining and a benign case.
double slow_roc_area(const Scored& cases) {
  double won = 0, pairs = 0;
  for (size_t m = 0; m < cases.scores.size(); ++m)
    for (size_t b = 0; b < cases.scores.size(); ++b) {
      if (!cases.mining[m] || cases.mining[b]) continue;
      pairs += 1;
      won += cases.scores[m] > cases.scores[b] ? 1 : cases.scores[m] == cases.scores[b] ? 0.5 : 0;
    }
  return pairs == 0 ? 0.5 : won / pairs;
}

// Slow twin: for each mining case the precision when it and all that score no lower are found.
double slow_pr_area(const Scored& cases) {
  double sum = 0, all_mining = 0;
  for (size_t m = 0; m < cases.scores.size(); ++m) {
    if (!cases.mining[m]) continue;
    double found = 0, right = 0;
    for (size_t i = 0; i < cases.scores.size(); ++i) {
      if (cases.scores[i] < cases.scores[m]) continue;
      found += 1;
      right += cases.mining[i] ? 1 : 0;
    }
    sum += right / found;
    all_mining += 1;
  }
  return all_mining == 0 ? 0 : sum / all_mining;
}

// Scores of a few distinct values: many are equal.
Scored random_cases(Random& random, size_t count, double share_of_mining, uint64_t values) {
  Scored cases;
  for (size_t i = 0; i < count; ++i) {
    const bool mining = random.uniform() < share_of_mining;
    const auto value = static_cast<float>(random.below(values)) / 4 - 3 + (mining ? 1.5F : 0.0F);
    cases.scores.push_back(value);
    cases.mining.push_back(mining);
  }
  return cases;
}

TEST(ScoreCurve, HasTheAreasScikitLearnGivesWithEqualScores) {
  const Scored cases{{0.9F, 0.8F, 0.8F, 0.7F, 0.7F, 0.7F, 0.5F, 0.4F, 0.4F, 0.3F, 0.2F, 0.2F, 0.1F,
                      -0.5F, -0.5F, -1.0F},
                     {true, true, false, true, false, true, false, true, false, false, true, false,
                      false, false, true, false}};
  EXPECT_DOUBLE_EQ(curve_of(cases).roc_area(), 0.6825396825396826);  // roc_auc_score
  EXPECT_DOUBLE_EQ(curve_of(cases).pr_area(), 0.646031746031746);    // average_precision_score
}

TEST(ScoreCurve, HasTheAreasAndPointsScikitLearnGives) {
  const Scored cases{{3, 1, 2, -1, 0, -2.5F, 4, 5.5F},
                     {true, false, true, false, true, false, false, true}};
  EXPECT_DOUBLE_EQ(curve_of(cases).roc_area(), 0.75);
  EXPECT_DOUBLE_EQ(curve_of(cases).pr_area(), 0.7708333333333333);
  // roc_curve(drop_intermediate=False)
  const std::vector<double> rates{0, 0, 0.25, 0.25, 0.25, 0.5, 0.5, 0.75, 1};
  const std::vector<double> recalls{0, 0.25, 0.25, 0.5, 0.75, 0.75, 1, 1, 1};
  const auto points = curve_of(cases).points();
  ASSERT_EQ(points.size(), rates.size());
  for (size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(points[i].false_positive_rate, rates[i]) << i;
    EXPECT_EQ(points[i].recall, recalls[i]) << i;
  }
}

TEST(ScoreCurve, AgreesWithTheSlowTwin) {
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    const Scored cases =
        random_cases(random, 1 + random.below(60), random.uniform(), 1 + random.below(30));
    EXPECT_NEAR(curve_of(cases).roc_area(), slow_roc_area(cases), 1e-12);
    EXPECT_NEAR(curve_of(cases).pr_area(), slow_pr_area(cases), 1e-12);
  }
}

TEST(ScoreCurve, WithoutAClassTheAreasAreThoseOfGuessing) {
  EXPECT_EQ(curve_of({{1, 2}, {true, true}}).roc_area(), 0.5);
  EXPECT_EQ(curve_of({{1, 2}, {false, false}}).roc_area(), 0.5);
  EXPECT_EQ(curve_of({{1, 2}, {true, true}}).pr_area(), 1);
  EXPECT_EQ(curve_of({{1, 2}, {false, false}}).pr_area(), 0);
  EXPECT_EQ(ScoreCurve(0).roc_area(), 0.5);
  EXPECT_EQ(ScoreCurve(0).pr_area(), 0);
  EXPECT_EQ(ScoreCurve(0).points().size(), 1U);
}

TEST(ScoreCurve, EqualScoresAreGuessing) {
  const Scored same{{2, 2, 2, 2}, {true, false, false, false}};
  EXPECT_EQ(curve_of(same).roc_area(), 0.5);
  EXPECT_EQ(curve_of(same).pr_area(), 0.25);
}

TEST(ScoreCurve, AddsUpToTheCurveOfAllCases) {
  Random random(2);
  const Scored cases = random_cases(random, 100, 0.4, 20);
  const ScoreCells cells = score_cells(cases.scores, 100);
  ScoreCurve first(cells.count), second(cells.count);
  for (size_t i = 0; i < 100; ++i)
    (i < 37 ? first : second).add(cells.of_score[i], cases.mining[i]);
  first += second;
  EXPECT_EQ(first.roc_area(), curve_of(cases).roc_area());
  EXPECT_EQ(first.pr_area(), curve_of(cases).pr_area());
  first.clear();
  EXPECT_EQ(first.roc_area(), 0.5);
  EXPECT_EQ(first.pr_area(), 0);
}

TEST(ScoreCurve, PointsRiseFromNothingFoundToEverythingFound) {
  Random random(3);
  const auto points = curve_of(random_cases(random, 500, 0.3, 50), 20).points();
  EXPECT_EQ(points.front().false_positive_rate, 0);
  EXPECT_EQ(points.front().recall, 0);
  EXPECT_EQ(points.back().false_positive_rate, 1);
  EXPECT_EQ(points.back().recall, 1);
  for (size_t i = 1; i < points.size(); ++i) {
    EXPECT_GE(points[i].false_positive_rate, points[i - 1].false_positive_rate);
    EXPECT_GE(points[i].recall, points[i - 1].recall);
  }
}

TEST(ScoreCells, KeepTheOrderOfScoresAndEqualScoresTogether) {
  Random random(4);
  for (const size_t most : {1UL, 2UL, 7UL, 64UL, 1000UL}) {
    const Scored cases = random_cases(random, 400, 0.5, 40);
    const ScoreCells cells = score_cells(cases.scores, most);
    EXPECT_LE(cells.count, most);
    std::set<uint32_t> used(cells.of_score.begin(), cells.of_score.end());
    EXPECT_EQ(used.size(), cells.count);
    EXPECT_EQ(*used.rbegin() + 1, cells.count);
    for (size_t a = 0; a < 400; ++a)
      for (size_t b = 0; b < 400; ++b) {
        if (cases.scores[a] == cases.scores[b]) {
          ASSERT_EQ(cells.of_score[a], cells.of_score[b]);
        }
        if (cases.scores[a] < cases.scores[b]) {
          ASSERT_LE(cells.of_score[a], cells.of_score[b]);
        }
      }
  }
}

TEST(ScoreCells, HoldAboutAsManyScoresEach) {
  Random random(5);
  std::vector<float> scores;
  for (int i = 0; i < 10'000; ++i) scores.push_back(static_cast<float>(random.uniform()));
  const ScoreCells cells = score_cells(scores, 100);
  ASSERT_EQ(cells.count, 100U);
  std::vector<size_t> held(cells.count, 0);
  for (const uint32_t cell : cells.of_score) ++held[cell];
  EXPECT_THAT(held, testing::Each(100U));
}

TEST(ScoreCells, OfBothClassesHoldNoMoreThanAPartOfEither) {
  Random random(6);
  for (const double share_of_mining : {0.0, 0.002, 0.05, 0.5, 1.0}) {
    const Scored cases = random_cases(random, 5000, share_of_mining, 100'000);
    const ScoreCells cells = score_cells(cases.scores, cases.mining, 32);
    EXPECT_LE(cells.count, 4U * 32 + 1);
    std::vector<std::set<float>> distinct(cells.count);
    std::vector<std::array<size_t, 2>> held(cells.count);
    std::array<size_t, 2> all{};
    for (size_t i = 0; i < cases.scores.size(); ++i) {
      distinct[cells.of_score[i]].insert(cases.scores[i]);
      ++held[cells.of_score[i]][cases.mining[i]];
      ++all[cases.mining[i]];
    }
    for (size_t cell = 0; cell < cells.count; ++cell) {
      EXPECT_FALSE(distinct[cell].empty());
      if (distinct[cell].size() == 1) continue;  // cannot be divided
      EXPECT_LE(held[cell][0] * 32, all[0]);
      EXPECT_LE(held[cell][1] * 32, all[1]);
    }
  }
}

TEST(ScoreCells, OfBothClassesKeepTheAreasHoweverRareMiningIs) {
  Random random(7);
  for (const double share_of_mining : {0.001, 0.01, 0.1, 0.5, 0.9, 0.999}) {
    const Scored cases = random_cases(random, 20'000, share_of_mining, 24);
    Scored spread = cases;  // hardly two scores are equal
    for (float& score : spread.scores) score += static_cast<float>(random.uniform(0, 0.25));
    for (const Scored& scored : {cases, spread}) {
      const ScoreCells cells = score_cells(scored.scores, scored.mining, 64);
      ScoreCurve curve(cells.count);
      for (size_t i = 0; i < scored.scores.size(); ++i)
        curve.add(cells.of_score[i], scored.mining[i]);
      EXPECT_NEAR(curve.roc_area(), curve_of(scored).roc_area(), 0.005) << share_of_mining;
      EXPECT_NEAR(curve.pr_area(), curve_of(scored).pr_area(), 0.01) << share_of_mining;
    }
  }
}

TEST(ScoreCells, OfBothClassesKeepTheOrderOfScoresAndEqualScoresTogether) {
  Random random(8);
  const Scored cases = random_cases(random, 400, 0.1, 40);
  const ScoreCells cells = score_cells(cases.scores, cases.mining, 5);
  for (size_t a = 0; a < 400; ++a)
    for (size_t b = 0; b < 400; ++b) {
      if (cases.scores[a] == cases.scores[b]) {
        ASSERT_EQ(cells.of_score[a], cells.of_score[b]);
      }
      if (cases.scores[a] < cases.scores[b]) {
        ASSERT_LE(cells.of_score[a], cells.of_score[b]);
      }
    }
  EXPECT_EQ(score_cells({}, {}, 64).count, 0U);
}

TEST(ScoreCells, OfNoScoresAreNone) {
  EXPECT_EQ(score_cells({}, 10).count, 0U);
  EXPECT_EQ(score_cells({}, 0).count, 0U);
  EXPECT_EQ(score_cells(std::vector<float>{3}, 0).count, 1U);
}

}  // namespace
}  // namespace kanaria::train
