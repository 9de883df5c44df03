// SPDX-License-Identifier: Apache-2.0
#include "train/grid.h"

#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/toy_data.h"
#include "train/row_scores.h"
#include "train/split.h"

namespace kanaria::train {
namespace {

using nn::Activation, nn::OptimizerKind;
using Key = std::pair<uint32_t, uint64_t>;

GridSpace small_space() {
  return {.hidden_layers = {1, 2},
          .nodes = {2, 4},
          .batch = {32},
          .optimizer = {OptimizerKind::kSgd, OptimizerKind::kAdam},
          .activation = {Activation::kRelu, Activation::kTanh}};
}

bool equal(const GridScore& a, const GridScore& b) {
  const Confusion &c = a.counts, &d = b.counts;
  return a.rung == b.rung && a.combination == b.combination && a.rows_trained == b.rows_trained &&
         (a.loss == b.loss || (std::isnan(a.loss) && std::isnan(b.loss))) &&
         c.true_positives == d.true_positives && c.false_negatives == d.false_negatives &&
         c.false_positives == d.false_positives && c.true_negatives == d.true_negatives;
}

class Grid : public testing::Test {
 protected:
  Grid() : data_(toy_data({.captures = 10, .rows_each = 20, .distance = 1})) {
    parts_ = split(data_, all_rows(data_), SplitBy::kCapture, 0.4, 1);
    options_.training.epochs = 4;
  }

  using Scores = std::map<Key, GridScore>;
  struct Searched {
    bool ended = false;
    Scores scores;  // taken, of this search
  };
  // `known` are the scores of an earlier search; stops once `stop_after` were taken.
  Searched search(const GridSpace& space, const Scores& known = {}, size_t stop_after = SIZE_MAX) {
    const auto rows = prepare_training(data_, parts_.train, RowWeights::kEqual);
    std::atomic<bool> stop{stop_after == 0};
    Searched searched;
    std::atomic<int> taking{0};
    searched.ended = search_grid(
        space, *rows, parts_.test, options_, *nn::choose_simd(), stop,
        [&](uint32_t rung, uint64_t combination) -> std::optional<GridScore> {
          const auto found = known.find({rung, combination});
          return found == known.end() ? std::nullopt : std::optional(found->second);
        },
        [&](const GridScore& score) {
          EXPECT_EQ(taking.fetch_add(1), 0) << "two threads at once";
          const bool is_new =
              searched.scores.emplace(Key{score.rung, score.combination}, score).second;
          EXPECT_TRUE(is_new) << "a combination was trained twice";
          if (searched.scores.size() >= stop_after) stop = true;
          taking.fetch_sub(1);
          return searched.scores.size() < refuse_after_;
        });
    return searched;
  }

  DataSet data_;
  Split parts_;
  GridOptions options_;
  size_t refuse_after_ = SIZE_MAX;
};

TEST_F(Grid, ScoresEveryCombinationOnceAsTrainingItAloneWould) {
  const GridSpace space = small_space();
  const Searched searched = search(space);
  EXPECT_TRUE(searched.ended);
  ASSERT_EQ(searched.scores.size(), space.size());
  const auto rows = prepare_training(data_, parts_.train, RowWeights::kEqual);
  const std::atomic<bool> stop{false};
  for (const auto& [key, score] : searched.scores) {
    EXPECT_EQ(score.rung, 0U);
    EXPECT_EQ(score.rows_trained, 4 * parts_.train.size());
    const auto model =
        train_on(*rows, {}, with_combination(options_.training, space.at(score.combination)),
                 *nn::choose_simd(), stop, [](const EpochResult&) {});
    const auto logits = logits_of(*model, data_, parts_.test, *nn::choose_simd());
    EXPECT_EQ(score.loss, mean_loss(logits, data_, parts_.test));
    const Confusion counts = confusion(logits, data_, parts_.test, 0.0F);
    EXPECT_EQ(score.counts.true_positives, counts.true_positives);
    EXPECT_EQ(score.counts.true_negatives, counts.true_negatives);
    EXPECT_EQ(score.counts.cases(), parts_.test.size());
  }
}

TEST_F(Grid, GivesTheSameScoresWhateverTheNumberOfWorkers) {
  for (const uint64_t least_rows : {0U, 60U}) {
    options_.plan.least_rows = least_rows;
    options_.workers = 1;
    const Searched alone = search(small_space());
    for (const unsigned workers : {2U, 3U, 40U}) {
      options_.workers = workers;
      const Searched together = search(small_space());
      EXPECT_TRUE(together.ended);
      ASSERT_EQ(together.scores.size(), alone.scores.size());
      for (const auto& [key, score] : alone.scores)
        EXPECT_TRUE(equal(together.scores.at(key), score)) << key.first << ' ' << key.second;
    }
  }
}

TEST_F(Grid, TrainsNothingAgainThatIsKnown) {
  const Searched whole = search(small_space());
  const Searched nothing_left = search(small_space(), whole.scores);
  EXPECT_TRUE(nothing_left.ended);
  EXPECT_TRUE(nothing_left.scores.empty());

  Scores half;
  for (const auto& [key, score] : whole.scores)
    if (key.second % 2 == 0) half[key] = score;
  const Searched rest = search(small_space(), half);
  EXPECT_TRUE(rest.ended);
  EXPECT_EQ(rest.scores.size() + half.size(), whole.scores.size());
  for (const auto& [key, score] : rest.scores) EXPECT_TRUE(equal(score, whole.scores.at(key)));
}

TEST_F(Grid, KnownScoresDecideWhoGoesOnAsIfTheyHadBeenTrained) {
  options_.plan.least_rows = 60;
  const Searched whole = search(small_space());
  Scores first_rung;
  for (const auto& [key, score] : whole.scores)
    if (key.first == 0) first_rung[key] = score;
  const Searched rest = search(small_space(), first_rung);
  EXPECT_EQ(rest.scores.size() + first_rung.size(), whole.scores.size());
  for (const auto& [key, score] : rest.scores) EXPECT_TRUE(equal(score, whole.scores.at(key)));
}

TEST_F(Grid, IsNotEndedWhenItIsStopped) {
  const Searched at_once = search(small_space(), {}, 0);
  EXPECT_FALSE(at_once.ended);
  EXPECT_TRUE(at_once.scores.empty());
  for (const unsigned workers : {1U, 3U}) {
    options_.workers = workers;
    const Searched stopped = search(small_space(), {}, 2);
    EXPECT_FALSE(stopped.ended);
    EXPECT_EQ(stopped.scores.size(), 2U);
  }
}

TEST_F(Grid, WhatWasDoneBeforeItWasStoppedIsAsGoodAsWithoutStopping) {
  const Searched whole = search(small_space());
  const Searched stopped = search(small_space(), {}, 5);
  for (const auto& [key, score] : stopped.scores) EXPECT_TRUE(equal(score, whole.scores.at(key)));
}

TEST_F(Grid, EndsWhenAScoreIsNotTaken) {
  refuse_after_ = 3;
  const Searched refused = search(small_space());
  EXPECT_FALSE(refused.ended);
  EXPECT_EQ(refused.scores.size(), 3U);
}

TEST_F(Grid, ACombinationThatDivergesIsRankedLastAndDoesNotEndTheSearch) {
  GridSpace space = small_space();
  space.hidden_layers = {2};
  space.nodes = {40};
  space.optimizer = {OptimizerKind::kSgd};
  space.activation = {Activation::kRelu};
  space.learning_rate = {10.0, 1e-3};
  data_ = toy_data({.captures = 10, .rows_each = 20, .distance = 8});
  options_.training.epochs = 60;
  const Searched searched = search(space);
  EXPECT_TRUE(searched.ended);
  ASSERT_EQ(searched.scores.size(), 2U);
  const GridScore &diverged = searched.scores.at({0, 0}), &learnt = searched.scores.at({0, 1});
  for (const Rank rank : {Rank::kF1, Rank::kMcc, Rank::kAccuracy, Rank::kLoss})
    EXPECT_LT(value_of(diverged, rank), value_of(learnt, rank)) << name(rank);
}

TEST_F(Grid, ALossThatIsNoNumberIsRankedBelowEverything) {
  GridSpace space = small_space();
  space.hidden_layers = {2};
  space.optimizer = {OptimizerKind::kAdam};
  space.activation = {Activation::kRelu};
  space.learning_rate = {1e30, 1e-2};  // no file may ask for it, but it surely diverges
  options_.plan.least_rows = 60;
  const Searched searched = search(space);
  EXPECT_TRUE(searched.ended);
  for (const auto& [key, score] : searched.scores) {
    const bool diverging = space.at(key.second).learning_rate == 1e30;
    EXPECT_EQ(std::isnan(score.loss), diverging);
    EXPECT_EQ(value_of(score, Rank::kLoss) == -std::numeric_limits<double>::infinity(), diverging);
    EXPECT_EQ(score.counts.cases(), diverging ? 0U : parts_.test.size());
    EXPECT_FALSE(diverging && key.first > 0) << "went on";
  }
}

TEST_F(Grid, HalvingLetsTheBestQuarterGoOnWithFourTimesTheRows) {
  options_.plan.least_rows = 20;
  options_.rank = Rank::kLoss;
  GridSpace space = small_space();
  space.nodes = {1, 2, 3, 4, 5};
  const Searched searched = search(space);  // 40 combinations
  const auto plan = rungs(space.size(), 4 * parts_.train.size(), options_.plan);
  ASSERT_EQ(plan.size(), 4U);
  for (uint32_t rung = 0; rung < plan.size(); ++rung) {
    std::vector<std::pair<double, uint64_t>> of_rung;
    for (const auto& [key, score] : searched.scores)
      if (key.first == rung) {
        EXPECT_EQ(score.rows_trained, plan[rung].rows);
        of_rung.emplace_back(-value_of(score, Rank::kLoss), key.second);
      }
    ASSERT_EQ(of_rung.size(), plan[rung].combinations);
    if (rung + 1 == plan.size()) break;
    std::sort(of_rung.begin(), of_rung.end());
    for (size_t place = 0; place < of_rung.size(); ++place)
      EXPECT_EQ(searched.scores.contains({rung + 1, of_rung[place].second}),
                place < plan[rung + 1].combinations)
          << rung << ' ' << place;
  }
}

TEST_F(Grid, OfEqualCombinationsTheFirstGoOn) {
  options_.plan.least_rows = 100;
  GridSpace space = small_space();
  space.nodes = {4};
  space.hidden_layers = {1};
  space.optimizer = {OptimizerKind::kAdam};
  space.activation = {Activation::kRelu};
  space.learning_rate = {1e-30, 1e-30, 1e-30, 1e-30};  // four names for one training
  const Searched searched = search(space);
  EXPECT_TRUE(searched.scores.contains({1, 0}));
  EXPECT_FALSE(searched.scores.contains({1, 1}));
}

TEST(Rungs, WithoutHalvingTrainAllOnEverything) {
  const auto plan = rungs(672, 1'000'000, {});
  ASSERT_EQ(plan.size(), 1U);
  EXPECT_EQ(plan[0].combinations, 672U);
  EXPECT_EQ(plan[0].rows, 1'000'000U);
}

std::vector<std::pair<uint64_t, uint64_t>> pairs_of(const std::vector<Rung>& plan) {
  std::vector<std::pair<uint64_t, uint64_t>> pairs;
  for (const Rung& rung : plan) pairs.emplace_back(rung.combinations, rung.rows);
  return pairs;
}

TEST(Rungs, QuarterTheCombinationsAndQuadrupleTheRows) {
  EXPECT_THAT(pairs_of(rungs(524'256, 10'000'000, {.least_rows = 2048})),
              testing::ElementsAre(testing::Pair(524'256, 2048), testing::Pair(131'064, 8192),
                                   testing::Pair(32'766, 32'768), testing::Pair(8192, 131'072),
                                   testing::Pair(2048, 524'288), testing::Pair(512, 2'097'152),
                                   testing::Pair(128, 8'388'608), testing::Pair(32, 10'000'000)));
}

TEST(Rungs, RoundTheCombinationsUpAndEndWithOneOnEverything) {
  EXPECT_THAT(pairs_of(rungs(5, 1'000'000, {.least_rows = 10})),
              testing::ElementsAre(testing::Pair(5, 10), testing::Pair(2, 40),
                                   testing::Pair(1, 1'000'000)));
  EXPECT_THAT(pairs_of(rungs(1, 100, {.least_rows = 10})),
              testing::ElementsAre(testing::Pair(1, 100)));
}

TEST(Rungs, WithMoreLeastRowsThanThereAreTrainAllOnEverything) {
  EXPECT_THAT(pairs_of(rungs(50, 100, {.least_rows = 100})),
              testing::ElementsAre(testing::Pair(50, 100)));
  EXPECT_THAT(pairs_of(rungs(50, 100, {.least_rows = UINT64_MAX})),
              testing::ElementsAre(testing::Pair(50, 100)));
}

TEST(Rank, NamesAreKnownBothWays) {
  for (const std::string_view text : {"f1", "mcc", "accuracy", "loss"}) {
    ASSERT_TRUE(rank_named(text));
    EXPECT_EQ(name(*rank_named(text)), text);
  }
  EXPECT_EQ(rank_named("recall"), std::nullopt);
}

TEST(Rank, IsTheMeasureOrTheLossTurnedRound) {
  GridScore score;
  score.loss = 0.25;
  score.counts = {
      .true_positives = 160, .false_negatives = 3, .false_positives = 2, .true_negatives = 3992};
  EXPECT_EQ(value_of(score, Rank::kF1), score.counts.f1());
  EXPECT_EQ(value_of(score, Rank::kMcc), score.counts.mcc());
  EXPECT_EQ(value_of(score, Rank::kAccuracy), score.counts.accuracy());
  EXPECT_EQ(value_of(score, Rank::kLoss), -0.25);
}

}  // namespace
}  // namespace kanaria::train
