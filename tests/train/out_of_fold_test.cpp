// SPDX-License-Identifier: Apache-2.0
// Logits by models that learnt from none of a row's own unit. Rows have one value: benign ones lie
// at -1, mining ones at 1.
#include "train/out_of_fold.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/labelled_rows.h"
#include "train/row_scores.h"
#include "train/split.h"

namespace kanaria::train {
namespace {

const TrainOptions kQuick{.hidden = {8},
                          .batch = 8,
                          .epochs = 150,
                          .learning_rate = 0.02,
                          .validation_share = 0,
                          .weights = RowWeights::kSources};

struct Told {
  bool mining;
  std::string kind;
  float value;
};

DataSet rows_of(const std::vector<Told>& connections) {
  std::vector<MadeUpConnection> made_up;
  for (const Told& told : connections)
    made_up.push_back({.mining = told.mining, .kind = told.kind, .rows = 4});
  DataSet data = labelled_rows(made_up);
  for (size_t row = 0; row < data.rows(); ++row)
    data.values[row] = connections[data.connection[row]].value;
  return data;
}

// A connection each of four mining and four benign kinds, and then a contrary one: mining rows
// where only benign ones are, and further out.
DataSet kinds_and_a_contrary_one() {
  std::vector<Told> connections;
  for (const std::string kind : {"a", "b", "c", "d"}) {
    connections.push_back({true, kind, 1});
    connections.push_back({false, kind, -1});
  }
  connections.push_back({true, "contrary", -3});
  return rows_of(connections);
}

Result<std::vector<float>> scored(const DataSet& data, std::span<const uint32_t> rows,
                                  const TrainOptions& training = kQuick) {
  const std::atomic<bool> stop = false;
  return logits_out_of_fold(data, rows, training, 5, *nn::choose_simd(), stop, [](size_t) {});
}

TEST(LogitsOutOfFold, ARowIsScoredByAModelThatDidNotLearnFromItsUnit) {
  const DataSet data = kinds_and_a_contrary_one();
  const auto rows = all_rows(data);
  const auto logits = scored(data, rows);
  ASSERT_TRUE(logits) << logits.error().sentence;
  for (const uint32_t row : rows)
    EXPECT_EQ((*logits)[row] > 0, data.values[row] > 0) << "the rest's, not its own label: " << row;

  const std::atomic<bool> stop = false;
  const auto simd = *nn::choose_simd();
  const auto of_all = train_model(data, rows, kQuick, simd, stop, [](const EpochResult&) {});
  ASSERT_TRUE(of_all);
  EXPECT_GT(logits_of(*of_all, data, rows, simd).back(), 0) << "one that learnt from it knows it";
}

TEST(LogitsOutOfFold, AllConnectionsOfAUnitAreLeftOutTogether) {
  std::vector<Told> connections;
  for (const std::string kind : {"a", "b", "c"}) {
    connections.push_back({true, kind, 1});
    connections.push_back({false, kind, -1});
  }
  for (int i = 0; i < 10; ++i) connections.push_back({true, "contrary", -3});
  const DataSet data = rows_of(connections);
  const auto logits = scored(data, all_rows(data));
  ASSERT_TRUE(logits) << logits.error().sentence;
  for (size_t row = 6 * 4; row < data.rows(); ++row) EXPECT_LT((*logits)[row], 0) << row;
}

TEST(LogitsOutOfFold, ACopyIsLeftOutWithItsConnection) {
  DataSet data = kinds_and_a_contrary_one();
  for (int i = 0; i < 8; ++i) data.add_row(8, std::array{-3.0F}, DataSet::RowOf::kCopy);
  const auto logits = scored(data, all_rows(data));
  ASSERT_TRUE(logits) << logits.error().sentence;
  for (size_t row = 8 * 4; row < data.rows(); ++row) EXPECT_LT((*logits)[row], 0) << row;
}

TEST(LogitsOutOfFold, StandInTheOrderOfTheRowsGiven) {
  const DataSet data = kinds_and_a_contrary_one();
  std::vector<uint32_t> backward = all_rows(data);
  std::reverse(backward.begin(), backward.end());
  const auto logits = scored(data, backward);
  ASSERT_TRUE(logits) << logits.error().sentence;
  for (size_t i = 0; i < backward.size(); ++i)
    EXPECT_EQ((*logits)[i] > 0, data.values[backward[i]] > 0) << i;
}

TEST(LogitsOutOfFold, ConnectionsAreLeftOutWhereAClassHasOneUnit) {
  DataSet data = rows_of({{true, "xmr", 1},
                          {true, "xmr", 1},
                          {true, "xmr", 1},
                          {true, "xmr", -3},
                          {false, "web", -1},
                          {false, "web", -1},
                          {false, "web", -1}});
  const auto rows = all_rows(data);
  EXPECT_THAT(classes_of_one_unit(data, rows), testing::ElementsAre(true, true));
  const auto logits = scored(data, rows);
  ASSERT_TRUE(logits) << logits.error().sentence;
  for (const uint32_t row : rows) EXPECT_EQ((*logits)[row] > 0, data.values[row] > 0) << row;
}

TEST(LogitsOutOfFold, UnitsAreLeftOutOfTheClassThatHasSeveral) {
  std::vector<Told> connections{
      {true, "xmr", 1}, {true, "xmr", 1}, {false, "web", -1}, {false, "dns", -1}};
  for (int i = 0; i < 6; ++i) connections.push_back({false, "contrary", 3});
  const DataSet data = rows_of(connections);
  const auto rows = all_rows(data);
  EXPECT_THAT(classes_of_one_unit(data, rows), testing::ElementsAre(false, true));
  const auto logits = scored(data, rows);
  ASSERT_TRUE(logits) << logits.error().sentence;
  for (size_t row = 4 * 4; row < data.rows(); ++row) EXPECT_GT((*logits)[row], 0) << row;
}

TEST(LogitsOutOfFold, NeedTwoConnectionsOfEitherClass) {
  const auto sentence = [](const std::vector<Told>& connections) {
    const DataSet data = rows_of(connections);
    const auto logits = scored(data, all_rows(data));
    return logits ? "were given" : logits.error().sentence;
  };
  EXPECT_EQ(sentence({{true, "xmr", 1}, {false, "web", -1}, {false, "dns", -1}}),
            "log-odds are fitted on connections that were not learnt from, and there is one mining "
            "connection alone to learn from; add captures of others");
  EXPECT_EQ(sentence({{true, "xmr", 1}, {true, "xmr", 1}, {false, "web", -1}}),
            "log-odds are fitted on connections that were not learnt from, and there is one benign "
            "connection alone to learn from; add captures of others");
  EXPECT_EQ(sentence({{true, "xmr", 1}, {true, "eth", 1}}),
            "all 8 rows to learn from are mining; training needs both classes: add captures of the "
            "other");
  EXPECT_EQ(sentence({}), "there are no rows to learn from; add captures, or put less aside");
  EXPECT_EQ(sentence({{true, "xmr", 1}, {true, "xmr", 1}, {false, "web", -1}, {false, "web", -1}}),
            "were given");
}

TEST(LogitsOutOfFold, AreNoneWhenStopped) {
  const DataSet data = kinds_and_a_contrary_one();
  const std::atomic<bool> stop = true;
  const auto logits = logits_out_of_fold(data, all_rows(data), kQuick, 5, *nn::choose_simd(), stop,
                                         [](size_t) { ADD_FAILURE() << "a fold was told of"; });
  ASSERT_FALSE(logits);
  EXPECT_EQ(logits.error().sentence, "stopped while log-odds were fitted");
}

TEST(LogitsOutOfFold, AFoldThatCannotBeTrainedIsSaid) {
  const DataSet data = kinds_and_a_contrary_one();
  TrainOptions training = kQuick;
  training.hidden = {4096, 4096};
  const auto logits = scored(data, all_rows(data), training);
  ASSERT_FALSE(logits);
  EXPECT_THAT(logits.error().sentence, testing::HasSubstr("--hidden asks for 16785408 weights"));
}

}  // namespace
}  // namespace kanaria::train
