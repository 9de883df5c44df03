// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/detect/length_model.h"
#include "tests/train/conversation_file.h"
#include "tests/train/labelled_rows.h"
#include "tests/train/toy_data.h"
#include "train/capture_verdicts.h"
#include "train/evaluation_cases.h"
#include "train/row_scores.h"

namespace kanaria::train {
namespace {

using detect::Verdict;
using test::TemporaryFolder;

EvaluationPlan quick_plan(SplitBy by, size_t folds) {
  EvaluationPlan plan;
  plan.by = by;
  plan.folds = folds;
  plan.training.hidden = {4};
  plan.training.epochs = 5;
  plan.training.batch = 32;
  return plan;
}

Result<Evaluation> evaluated(const DataSet& data, const EvaluationPlan& plan,
                             Verdicts verdicts = Verdicts::kNone, size_t stop_after = SIZE_MAX) {
  std::atomic<bool> stop{stop_after == 0};
  return evaluate(data, plan, verdicts, *nn::choose_simd(), {stop, [&](size_t fold) {
                                                               if (fold + 1 >= stop_after)
                                                                 stop = true;
                                                             }});
}

TEST(Evaluate, TestsEveryRowOnceByAModelThatDidNotLearnFromItsUnit) {
  const DataSet data = toy_data({.captures = 12, .distance = 1});
  const EvaluationPlan plan = quick_plan(SplitBy::kCapture, 3);
  const auto evaluation = evaluated(data, plan);
  ASSERT_TRUE(evaluation);
  EXPECT_EQ(evaluation->folds, 3U);
  EXPECT_TRUE(evaluation->connections.empty());
  std::vector<uint32_t> tested = evaluation->rows;
  std::sort(tested.begin(), tested.end());
  EXPECT_EQ(tested, all_rows(data));

  const std::atomic<bool> stop{false};
  size_t at = 0;
  for (const Split& fold : folds(data, all_rows(data), plan.by, 3, plan.training.seed)) {
    const auto model = train_model(data, fold.train, plan.training, *nn::choose_simd(), stop,
                                   [](const EpochResult&) {});
    const auto logits = logits_of(*model, data, fold.test, *nn::choose_simd());
    for (size_t i = 0; i < fold.test.size(); ++i, ++at) {
      EXPECT_EQ(evaluation->rows[at], fold.test[i]);
      EXPECT_EQ(evaluation->logits[at], logits[i]);
    }
  }
}

TEST(Evaluate, AModelThatIsGivenTestsEveryRowAsItIs) {
  DataSet data = toy_data({.captures = 4});
  data.value_names.resize(1);
  data.values.clear();
  for (size_t row = 0; row < data.rows(); ++row)
    data.values.push_back(static_cast<float>(row) - 70);
  EvaluationPlan plan = quick_plan(SplitBy::kCapture, 5);
  nn::Mlp mlp(1, {}, nn::Activation::kRelu);
  mlp.weight(0, 0, 0) = 2;
  plan.model = model::Model{.lens = "toy",
                            .value_names = {"tells"},
                            .scaling = {.mean = {0}, .scale = {1}, .clip = 1e6F},
                            .mlp = mlp,
                            .thresholds = {},
                            .provenance = {}};
  const auto evaluation = evaluated(data, plan);
  ASSERT_TRUE(evaluation);
  EXPECT_EQ(evaluation->folds, 1U);
  EXPECT_EQ(evaluation->rows, all_rows(data));
  for (size_t row = 0; row < data.rows(); ++row)
    EXPECT_EQ(evaluation->logits[row], 2 * data.values[row]);
}

TEST(Evaluate, AFoldWithoutAClassToLearnFromIsSaid) {
  // The only miner's capture is tested in one fold.
  const DataSet data = toy_data({.captures = 3});
  EvaluationPlan plan = quick_plan(SplitBy::kCapture, 3);
  plan.training.validation_share = 0;
  EXPECT_EQ(evaluated(data, plan).error().sentence,
            "fold 1 of 3: all 80 rows to learn from are benign; training needs both classes: add "
            "captures of the other");
}

TEST(Evaluate, OneUnitLeavesNothingToLearnFrom) {
  const DataSet data = toy_data({.captures = 4});  // all of one group
  EXPECT_EQ(evaluated(data, quick_plan(SplitBy::kSource, 5)).error().sentence,
            "all rows are of one unit of the split, so that none is left to learn from; add "
            "captures, or take another --split");
}

TEST(Evaluate, TellsNothingWhenItIsStopped) {
  const DataSet data = toy_data({.captures = 12});
  const EvaluationPlan plan = quick_plan(SplitBy::kCapture, 3);
  EXPECT_EQ(evaluated(data, plan, Verdicts::kNone, 0).error().sentence,
            "stopped in fold 1 of 3; nothing is told of a part");
  EXPECT_EQ(evaluated(data, plan, Verdicts::kNone, 1).error().sentence,
            "stopped in fold 2 of 3; nothing is told of a part");
}

class EvaluateCaptures : public testing::Test {
 protected:
  // Each of 6 captures holds a miner, 10.0.0.1, and another one, 10.0.0.2.
  EvaluateCaptures() {
    std::string labels = "file,src_ip,label\n";
    for (int i = 0; i < 6; ++i) {
      const std::string name = std::to_string(i) + ".pcap";
      const Nanoseconds begin = i * 3600 * kSecond;
      folder_.write(name, pcap_of({mining_talk({0x0a000001, 40000}, begin, 12).packets(),
                                   other_talk({0x0a000002, 40000}, begin, 12).packets()}));
      labels += name + ",10.0.0.1,mining\n" + name + ",10.0.0.2,benign\n";
    }
    data_ = *build_data_set(*Labels::load(folder_.write("LABELS.csv", labels)), {}, [](double) {});
  }
  std::vector<ConnectionOutcome> verdicts(uint32_t capture, const model::Model& model) const {
    return *capture_verdicts(data_, capture, model);
  }

  TemporaryFolder folder_;
  DataSet data_;
};

TEST_F(EvaluateCaptures, VerdictsAreThoseOfTheDetectorWithTheModelGiven) {
  EvaluationPlan plan = quick_plan(SplitBy::kCapture, 5);
  plan.model = detect::length_model();
  const auto evaluation = evaluated(data_, plan, Verdicts::kOfConnections);
  ASSERT_TRUE(evaluation);
  ASSERT_EQ(evaluation->connections.size(), 12U);
  size_t at = 0;
  for (uint32_t capture = 0; capture < 6; ++capture)
    for (const ConnectionOutcome& outcome : verdicts(capture, *plan.model)) {
      const ConnectionOutcome& evaluated = evaluation->connections[at++];
      EXPECT_EQ(evaluated.connection, outcome.connection);
      EXPECT_EQ(evaluated.verdict, outcome.verdict);
      EXPECT_EQ(evaluated.evidence, outcome.evidence);
    }
  const auto cases = connection_cases(data_, *evaluation, 24);
  ASSERT_EQ(cases.size(), 12U);
  for (const Case& one : cases) EXPECT_EQ(one.found, one.mining);
}

TEST_F(EvaluateCaptures, VerdictsAreNotReadOnOnceItIsStopped) {
  EvaluationPlan plan = quick_plan(SplitBy::kCapture, 5);
  plan.model = detect::length_model();
  EXPECT_EQ(evaluated(data_, plan, Verdicts::kOfConnections, 0).error().sentence,
            "stopped among the captures; nothing is told of a part");
}

TEST_F(EvaluateCaptures, EachConnectionIsJudgedInTheFoldThatTestsIt) {
  for (const SplitBy by : {SplitBy::kCapture, SplitBy::kConnection}) {
    const EvaluationPlan plan = quick_plan(by, 3);
    const auto evaluation = evaluated(data_, plan, Verdicts::kOfConnections);
    ASSERT_TRUE(evaluation) << evaluation.error().sentence;
    std::set<uint32_t> judged;
    for (const ConnectionOutcome& outcome : evaluation->connections)
      EXPECT_TRUE(judged.insert(outcome.connection).second) << "judged twice";
    EXPECT_EQ(judged.size(), 12U);

    // Fold by fold: those of its test part, by its model.
    const std::atomic<bool> stop{false};
    size_t at = 0;
    for (const Split& fold : folds(data_, all_rows(data_), by, 3, plan.training.seed)) {
      const auto model = train_model(data_, fold.train, plan.training, *nn::choose_simd(), stop,
                                     [](const EpochResult&) {});
      std::set<uint32_t> tested;
      for (const uint32_t row : fold.test) tested.insert(data_.connection[row]);
      for (uint32_t capture = 0; capture < 6; ++capture)
        for (const ConnectionOutcome& outcome : verdicts(capture, *model))
          if (tested.contains(outcome.connection)) {
            EXPECT_EQ(evaluation->connections[at].connection, outcome.connection);
            EXPECT_EQ(evaluation->connections[at++].evidence, outcome.evidence);
          }
    }
    EXPECT_EQ(at, 12U);
  }
}

// --- cases

TEST(RowCases, HaveTheRowsCaptureLabelAndLogit) {
  const DataSet data = labelled_rows(
      {{.capture = 0, .mining = true, .rows = 2}, {.capture = 3, .mining = false, .rows = 2}});
  Evaluation evaluation;
  evaluation.rows = {3, 0, 1};
  evaluation.logits = {0.5F, 0.4F, 0.6F};
  const auto cases = row_cases(data, evaluation, 0.5F);
  ASSERT_EQ(cases.size(), 3U);
  EXPECT_EQ(cases[0].cluster, 3U);
  EXPECT_FALSE(cases[0].mining);
  EXPECT_FALSE(cases[0].found) << "a logit at the threshold is not above it";
  EXPECT_FALSE(cases[1].found);
  EXPECT_TRUE(cases[2].found);
  EXPECT_TRUE(cases[2].mining);
  EXPECT_EQ(cases[2].score, 0.6F);
}

// Outcomes of the connections of `data` in their order.
Evaluation judged(const std::vector<std::pair<uint32_t, Verdict>>& messages_and_verdicts,
                  const std::vector<double>& evidence) {
  Evaluation evaluation;
  for (uint32_t i = 0; i < messages_and_verdicts.size(); ++i)
    evaluation.connections.push_back({i, messages_and_verdicts[i].first,
                                      messages_and_verdicts[i].second, evidence[i], std::nullopt});
  return evaluation;
}

TEST(ConnectionCases, OnlyThoseSaidToMineAreFound) {
  const DataSet data =
      labelled_rows({{.mining = true}, {.mining = true}, {.mining = true}, {}, {}});
  const auto cases = connection_cases(data,
                                      judged({{30, Verdict::kUndecided},
                                              {30, Verdict::kSuspicious},
                                              {30, Verdict::kMining},
                                              {30, Verdict::kClear},
                                              {30, Verdict::kMining}},
                                             {0.9, 0.4, 0.7, 0.1, 0.6}),
                                      24);
  ASSERT_EQ(cases.size(), 5U);
  Confusion counts;
  for (const Case& one : cases) counts.add(one.mining, one.found);
  EXPECT_EQ(counts.true_positives, 1U);
  EXPECT_EQ(counts.false_negatives, 2U);
  EXPECT_EQ(counts.false_positives, 1U);
  EXPECT_EQ(counts.true_negatives, 1U);
  EXPECT_EQ(cases[1].score, 0.4F);
}

TEST(ConnectionCases, HaveAtLeastTheMessagesAskedFor) {
  const DataSet data = labelled_rows({{.mining = true}, {.mining = true}, {}});
  const auto of = [&](uint32_t least) {
    return connection_cases(
               data,
               judged({{23, Verdict::kMining}, {24, Verdict::kMining}, {25, Verdict::kClear}},
                      {1, 1, 0}),
               least)
        .size();
  };
  EXPECT_EQ(of(0), 3U);
  EXPECT_EQ(of(24), 2U);
  EXPECT_EQ(of(26), 0U);
}

TEST(HostCases, AreTheClientsOfACapture) {
  DataSet data = labelled_rows({{.capture = 0, .mining = false},
                                {.capture = 0, .mining = true},
                                {.capture = 0, .mining = false},
                                {.capture = 1, .mining = false},
                                {.capture = 1, .mining = true}});
  for (const size_t i : {0UL, 1UL, 3UL}) data.connections[i].ends.client = flow::v4(1);
  for (const size_t i : {2UL, 4UL}) data.connections[i].ends.client = flow::v4(2);
  const auto evaluation = judged({{30, Verdict::kMining},  // of a host that mines elsewhere
                                  {30, Verdict::kClear},
                                  {30, Verdict::kSuspicious},
                                  {30, Verdict::kClear},
                                  {10, Verdict::kMining}},  // too few messages
                                 {0.9, -0.5, 0.3, -2.0, 1});
  const auto cases = host_cases(data, channels_of(data, evaluation, 24));
  ASSERT_EQ(cases.size(), 3U);
  const auto case_of = [&](uint32_t capture, bool mining) {
    return *std::find_if(cases.begin(), cases.end(), [&](const Case& one) {
      return one.cluster == capture && one.mining == mining;
    });
  };
  EXPECT_TRUE(case_of(0, true).found);
  EXPECT_EQ(case_of(0, true).score, 0.9F);
  EXPECT_FALSE(case_of(0, false).found);
  EXPECT_EQ(case_of(0, false).score, 0.3F);
  EXPECT_FALSE(case_of(1, false).found) << "the same address in another capture is another host";
  EXPECT_EQ(case_of(1, false).score, -2.0F);
}

TEST(Channels, AreTheConnectionsOfAClientWithAServersPort) {
  DataSet data = labelled_rows({{.mining = true}, {.mining = true}, {.mining = true}, {}});
  for (size_t i = 0; i < 4; ++i) {
    data.connections[i].ends.client_port = static_cast<uint16_t>(40000 + i);
    data.connections[i].ends.server_port = i < 2 ? 3333 : i == 2 ? 4444 : 443;
  }
  Evaluation evaluation = judged({{15, Verdict::kSuspicious},
                                  {10, Verdict::kClear},
                                  {20, Verdict::kClear},
                                  {30, Verdict::kClear}},
                                 {0.4, 0.6, 0.1, 0});
  const auto at = [](Nanoseconds s) { return Timestamp{s * kSecond}; };
  evaluation.connections[0].traffic = {at(100), at(200), {5, 10}};
  evaluation.connections[1].traffic = {at(50), at(300), {4, 6}};
  for (size_t i : {0, 1}) evaluation.connections[i].channel_alarm = ChannelAlarm{at(250), 21};

  const auto channels = channels_of(data, evaluation, 24);
  ASSERT_EQ(channels.size(), 2U) << "one has too few messages";
  const auto& mining = channels[channels[0].mining ? 0 : 1];
  EXPECT_TRUE(mining.found) << "neither connection is, but both together";
  EXPECT_EQ(mining.messages, 25U);
  EXPECT_EQ(mining.evidence, 0.6);
  EXPECT_DOUBLE_EQ(mining.seconds_to_alarm().amount, 200)
      << "from the first payload of the earlier one";
  EXPECT_TRUE(mining.seconds_to_alarm().found);
  EXPECT_EQ(mining.messages_to_alarm().amount, 21);
}

TEST(Channels, NeverFoundWereWatchedUntilTheirLastPayload) {
  const DataSet data = labelled_rows({{.mining = true}});
  Evaluation evaluation = judged({{30, Verdict::kClear}}, {0});
  evaluation.connections[0].traffic = {{10 * kSecond}, {70 * kSecond}, {20, 10}};
  const auto channels = channels_of(data, evaluation, 24);
  ASSERT_EQ(channels.size(), 1U);
  EXPECT_FALSE(channels[0].seconds_to_alarm().found);
  EXPECT_DOUBLE_EQ(channels[0].seconds_to_alarm().amount, 60);
  EXPECT_EQ(channels[0].messages_to_alarm().amount, 30);
}

}  // namespace
}  // namespace kanaria::train
