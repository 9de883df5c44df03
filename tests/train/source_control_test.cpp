// SPDX-License-Identifier: Apache-2.0
#include "train/source_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/train/labelled_rows.h"

namespace kanaria::train {
namespace {

double area(const DataSet& data, SplitBy by, size_t count = 4) {
  return area_of_knowing_the_source(data, folds(data, all_rows(data), by, count, 1));
}

// 24 captures of two connections each; group by group and class by class as told.
DataSet captures_of(auto group_of, auto is_mining, uint32_t captures = 24) {
  std::vector<MadeUpConnection> connections;
  for (uint32_t capture = 0; capture < captures; ++capture)
    for (uint32_t i = 0; i < 2; ++i)
      connections.push_back({.capture = capture,
                             .mining = is_mining(capture, i),
                             .group = "group " + std::to_string(group_of(capture)),
                             .rows = 3 + capture % 5});
  return labelled_rows(connections);
}

TEST(KnowingTheSource, TellsEverythingWhereTheClassesComeFromDifferentSources) {
  const DataSet data = captures_of([](uint32_t capture) { return capture % 4; },
                                   [](uint32_t capture, uint32_t) { return capture % 2 == 0; });
  EXPECT_EQ(area(data, SplitBy::kRandom), 1);
  EXPECT_EQ(area(data, SplitBy::kCapture), 1);
}

TEST(KnowingTheSource, TellsNothingUnderASplitBySource) {
  // Sources with quite different shares of mining, so that those of the training parts differ.
  const DataSet mixed = captures_of(
      [](uint32_t capture) { return capture % 6; },
      [](uint32_t capture, uint32_t i) { return i == 0 ? capture % 6 < 4 : capture % 6 < 1; });
  const DataSet pure = captures_of([](uint32_t capture) { return capture % 4; },
                                   [](uint32_t capture, uint32_t) { return capture % 2 == 0; });
  for (const size_t count : {2UL, 3UL, 4UL}) {
    EXPECT_EQ(area(mixed, SplitBy::kSource, count), 0.5) << count;
    EXPECT_EQ(area(pure, SplitBy::kSource, count), 0.5) << count;
  }
}

TEST(KnowingTheSource, TellsNothingWhereThereIsOneSource) {
  const DataSet data =
      captures_of([](uint32_t) { return 0; },
                  [](uint32_t capture, uint32_t i) { return capture % 3 == 0 && i == 0; });
  for (const SplitBy by : {SplitBy::kRandom, SplitBy::kCapture, SplitBy::kConnection})
    EXPECT_EQ(area(data, by), 0.5);
}

TEST(KnowingTheSource, TellsSomethingWhereSourcesDiffer) {
  // A third of the one source's connections mines, two thirds of the other's do: of a miner and
  // another one, the source is right 4 times in 9, wrong once, and silent else: (4 + 4 / 2) / 9.
  Random random(1);
  std::vector<MadeUpConnection> connections;
  for (uint32_t i = 0; i < 3000; ++i) {
    const bool first = i % 2 == 0;
    const bool mining = (i / 2) % 3 < (first ? 1U : 2U);
    connections.push_back(
        {.capture = i, .mining = mining, .group = first ? "first" : "second", .rows = 1});
  }
  EXPECT_NEAR(area(labelled_rows(connections), SplitBy::kCapture), 6.0 / 9, 0.01);
}

TEST(KnowingTheSource, OfNoFoldsIsGuessing) {
  const DataSet data = labelled_rows({{.mining = true}});
  EXPECT_EQ(area_of_knowing_the_source(data, {}), 0.5);
}

// Benign captures whose one value is the group's number, and a miner that must not matter.
DataSet groups_with(const std::vector<uint32_t>& captures_of_group, double noise = 0) {
  std::vector<MadeUpConnection> connections;
  uint32_t capture = 0;
  for (uint32_t group = 0; group < captures_of_group.size(); ++group)
    for (uint32_t i = 0; i < captures_of_group[group]; ++i)
      connections.push_back(
          {.capture = capture++, .group = "group " + std::to_string(group), .rows = 20});
  connections.push_back({.capture = capture, .mining = true, .group = "group 0", .rows = 500});
  DataSet data = labelled_rows(connections);
  Random random(1);
  for (size_t row = 0; row < data.rows(); ++row) {
    const std::string& group = data.connections[data.connection[row]].group;
    data.values[row] =
        static_cast<float>((1 - noise) * (group.back() - '0') + random.uniform(-0.1, 0.1));
  }
  return data;
}

TrainOptions quick() {
  TrainOptions options;
  options.hidden = {8};
  options.epochs = 60;
  options.batch = 16;
  options.learning_rate = 0.02;
  return options;
}

Result<std::vector<SourceGuess>> guess(const DataSet& data, size_t most, bool stopped = false) {
  const std::atomic<bool> stop{stopped};
  return guess_sources(data, quick(), most, *nn::choose_simd(), stop);
}

TEST(GuessSources, FindsSourcesThatCanBeTold) {
  const auto guesses = guess(groups_with({8, 6, 4}), 5);
  ASSERT_TRUE(guesses) << guesses.error().sentence;
  ASSERT_EQ(guesses->size(), 3U);
  EXPECT_EQ((*guesses)[0].source, "group 0");
  EXPECT_EQ((*guesses)[0].rows, 160U);  // without those of the miner
  EXPECT_EQ((*guesses)[1].source, "group 1");
  EXPECT_EQ((*guesses)[2].source, "group 2");
  for (const SourceGuess& one : *guesses) EXPECT_GT(one.roc_area, 0.99) << one.source;
}

TEST(GuessSources, FindsNothingWhereSourcesAreAlike) {
  const auto guesses = guess(groups_with({30, 30}, 1), 1);
  ASSERT_EQ(guesses->size(), 1U);
  EXPECT_NEAR((*guesses)[0].roc_area, 0.5, 0.1);
}

TEST(GuessSources, TakesTheLargestWithAtLeastTwoCaptures) {
  const auto guesses = guess(groups_with({3, 1, 5, 2}), 2);
  ASSERT_EQ(guesses->size(), 2U);
  EXPECT_EQ((*guesses)[0].source, "group 2");
  EXPECT_EQ((*guesses)[1].source, "group 0");
}

TEST(GuessSources, IsSilentWhereThereIsNothingToTellApart) {
  EXPECT_TRUE(guess(groups_with({5}), 5)->empty());
  EXPECT_TRUE(guess(groups_with({1, 1}), 5)->empty());
  // All others stand in one capture: they can be learnt from or tested on, not both.
  EXPECT_TRUE(guess(groups_with({5, 1}), 5)->empty());
}

TEST(GuessSources, SaysWhenItWasStopped) {
  EXPECT_EQ(guess(groups_with({8, 6}), 5, true).error().sentence,
            "stopped while sources were guessed; nothing is told of a part");
}

}  // namespace
}  // namespace kanaria::train
