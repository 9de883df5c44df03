// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation_report.h"

#include <algorithm>
#include <sstream>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/detect/length_model.h"
#include "tests/train/conversation_file.h"
#include "tests/train/labelled_rows.h"

namespace kanaria::train {
namespace {

using detect::Verdict;
using test::TemporaryFolder;
using testing::ElementsAre;

// 20 miners of source a, 20 others of b and 30 of c, each in a capture of its own.
DataSet sample_data() {
  std::vector<MadeUpConnection> connections;
  for (uint32_t i = 0; i < 70; ++i)
    connections.push_back({.capture = i,
                           .mining = i < 20,
                           .group = i < 20   ? "a"
                                    : i < 40 ? "b"
                                             : "c",
                           .rows = 1});
  DataSet data = labelled_rows(connections);
  data.lens = "pair";
  for (uint32_t i = 0; i < 70; ++i) data.connections[i].ends.client = flow::v4(i);
  return data;
}

// 15 of the miners and 2 of source b found; one miner and one other undecided.
Evaluation sample_evaluation() {
  Evaluation evaluation;
  evaluation.folds = 5;
  for (uint32_t i = 0; i < 70; ++i) {
    const bool found = i < 15 || i == 20 || i == 21;
    const Verdict verdict = found                ? Verdict::kMining
                            : i == 19 || i == 69 ? Verdict::kUndecided
                                                 : Verdict::kClear;
    evaluation.rows.push_back(i);
    evaluation.logits.push_back(found ? 1.0F : -1.0F);
    evaluation.connections.push_back(
        {i, 30, verdict, found ? 0.9 : 0.1, found ? std::optional(100.0 - i) : std::nullopt});
  }
  return evaluation;
}

EvaluationReport sample_report() {
  const DataSet data = sample_data();
  return summarise(data, {}, sample_evaluation(), 24);
}

TEST(EvaluationReport, HasAScopeForRowsConnectionsChannelsAndHosts) {
  const EvaluationReport report = sample_report();
  ASSERT_EQ(report.scopes.size(), 4U);
  EXPECT_EQ(report.scopes[0].scope, "rows");
  EXPECT_EQ(report.scopes[1].scope, "connections");
  EXPECT_EQ(report.scopes[2].scope, "channels");
  EXPECT_EQ(report.scopes[3].scope, "hosts");
  for (const ScopeResult& scope : report.scopes) {
    EXPECT_EQ(scope.summary.counts.true_positives, 15U);
    EXPECT_EQ(scope.summary.counts.false_negatives, 5U);
    EXPECT_EQ(scope.summary.counts.false_positives, 2U);
    EXPECT_EQ(scope.summary.counts.true_negatives, 48U);
    EXPECT_EQ(scope.curve.size(), 3U);  // two scores
  }
  EXPECT_EQ(report.rows, 70U);
  EXPECT_EQ(report.connections, 70U);
  EXPECT_EQ(report.captures, 70U);
  EXPECT_EQ(report.folds, 5U);
}

TEST(EvaluationReport, WithoutVerdictsHasRowsOnly) {
  const DataSet data = sample_data();
  Evaluation evaluation = sample_evaluation();
  evaluation.connections.clear();
  const EvaluationReport report = summarise(data, {}, evaluation, 24);
  ASSERT_EQ(report.scopes.size(), 1U);
  EXPECT_TRUE(report.sources.empty());
}

TEST(EvaluationReport, TellsSourcesMinersFirstThenTheLargest) {
  std::vector<std::tuple<std::string, bool, uint64_t, uint64_t>> sources;
  for (const SourceResult& source : sample_report().sources)
    sources.emplace_back(source.source, source.mining, source.connections, source.found);
  EXPECT_THAT(sources, ElementsAre(std::tuple("a", true, 20, 15), std::tuple("c", false, 30, 0),
                                   std::tuple("b", false, 20, 2)));
}

TEST(EvaluationReport, CountsTheUndecided) {
  const EvaluationReport report = sample_report();
  EXPECT_EQ(report.undecided_mining, 1U);
  EXPECT_EQ(report.undecided_benign, 1U);
}

TEST(EvaluationReport, OfChangedTrafficTellsNoRows) {
  const DataSet data = sample_data();
  EvaluationPlan plan;
  plan.perturbations = {{PerturbationKind::kOffset, 100}};
  const EvaluationReport report = summarise(data, plan, sample_evaluation(), 24);
  ASSERT_EQ(report.scopes.size(), 3U) << "rows were not changed";
  EXPECT_EQ(report.scopes[0].scope, "connections");
}

TEST(EvaluationReport, RowsAreFoundAboveTheThresholdOfTheModelGiven) {
  const DataSet data = sample_data();
  EvaluationPlan plan;
  plan.model = model::Model{.lens = "pair",
                            .value_names = {"tells"},
                            .scaling = {},
                            .mlp = nn::Mlp(1, {}, nn::Activation::kRelu),
                            .thresholds = {.alarming_logit = 1.0F},
                            .provenance = {}};
  const EvaluationReport report = summarise(data, plan, sample_evaluation(), 24);
  EXPECT_EQ(report.scopes[0].summary.counts.found(), 0U);
  EXPECT_EQ(report.scopes[1].summary.counts.found(), 17U);
}

TEST(EvaluationReport, ACurveTellsSingleFalsePositivesApartAndDropsWhatLooksAlike) {
  const DataSet data =
      labelled_rows({{.capture = 0, .mining = true, .rows = 20}, {.capture = 1, .rows = 5000}});
  Evaluation evaluation;
  evaluation.rows = all_rows(data);
  for (const uint32_t row : evaluation.rows)  // benign ones all apart
    evaluation.logits.push_back(row < 20 ? -2.5F : -static_cast<float>(row - 20));
  const std::vector<CurvePoint> curve = summarise(data, {}, evaluation, 24).scopes[0].curve;
  std::vector<double> rates;
  for (const CurvePoint& point : curve) rates.push_back(point.false_positive_rate);
  ASSERT_GT(rates.size(), 5U);
  EXPECT_LT(rates.size(), 1000U);
  rates.resize(6);
  EXPECT_THAT(rates, ElementsAre(0, 1 / 5000.0, 2 / 5000.0, 3 / 5000.0, 3 / 5000.0, 4 / 5000.0));
  EXPECT_EQ(curve[3].recall, 0);
  EXPECT_EQ(curve[4].recall, 1);
  EXPECT_EQ(curve.back().false_positive_rate, 1);
  EXPECT_EQ(curve.back().recall, 1);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(EvaluationCsv, HasALineAMeasureOfEachScope) {
  const auto lines = lines_of(csv_of(sample_report()));
  EXPECT_EQ(lines[0], "scope,measure,value,low,high,cases");
  EXPECT_EQ(lines[1], "rows,true positives,15,,,15");
  EXPECT_EQ(lines[2], "rows,false negatives,5,,,5");
  EXPECT_EQ(lines[3], "rows,false positives,2,,,2");
  EXPECT_EQ(lines[4], "rows,true negatives,48,,,48");
  EXPECT_THAT(lines[5], testing::MatchesRegex("rows,recall,0\\.75,0\\.[0-9]+,0\\.[0-9]+,20"));
  // Calibration error is told of rows only.
  const auto of_scopes = std::ranges::count_if(lines, [](const std::string& line) {
    return line.starts_with("rows,") || line.starts_with("connections,") ||
           line.starts_with("channels,") || line.starts_with("hosts,");
  });
  EXPECT_EQ(of_scopes, (4 + 10 + 4) + 3 * (4 + 9 + 4));
}

TEST(EvaluationCsv, LeavesOutWhatRestsOnTooFewCases) {
  const DataSet data = labelled_rows({{.mining = true}, {}});
  Evaluation evaluation;
  evaluation.rows = {0, 3};
  evaluation.logits = {1, -1};
  const auto lines = lines_of(csv_of(summarise(data, {}, evaluation, 24)));
  EXPECT_EQ(lines.size(), 5U);
}

TEST(EvaluationCsv, TellsKindsTimesAlarmsAndTheUndecided) {
  DataSet data = sample_data();
  for (LabelledConnection& connection : data.connections)
    connection.kind = connection.label == Label::kMining ? "miner, plain" : "talk";
  Evaluation evaluation = sample_evaluation();
  for (ConnectionOutcome& outcome : evaluation.connections) {
    outcome.traffic = {{0}, {3600 * kSecond}, {15, 15}};
    if (outcome.verdict == Verdict::kMining)
      outcome.channel_alarm = ChannelAlarm{{(100 - outcome.connection) * kSecond}, 12};
  }
  EXPECT_THAT(lines_of(csv_of(summarise(data, {}, evaluation, 24))),
              testing::IsSupersetOf({
                  "undecided,mining connections,1,,,1",
                  "undecided,benign connections,1,,,1",
                  "false alarms,connection-hours,50,,,2",
                  "false alarms,per connection-hour,0.04,,0.125916,2",
                  "\"time to detect, all\",channels,20,,,20",
                  "\"time to detect, all\",never found,5,,,5",
                  "\"time to detect, all\",\"seconds, 0.5\",95,,,20",
                  "\"time to detect, all\",\"seconds, 0.95\",,,,20",
                  "kinds,macro recall,0.75,,,2",
                  "\"kind miner, plain\",found,15,,,15",
                  "kind talk,accused,2,,,2",
              }));
}

class Baselines : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(Baselines, AreJudgedOnTheConnectionsThatWereEvaluated) {
  auto odd_ttl = [](Packets packets) {
    for (auto& packet : packets) packet.ttl = 70;
    return packets;
  };
  folder_.write("a.pcap", pcap_of({odd_ttl(mining_talk({0x0a000001, 40000}, 0).packets()),
                                   mining_talk({0x0a000002, 40000}, 0).packets(),
                                   odd_ttl(other_talk({0x0a000003, 40000}, 0).packets()),
                                   odd_ttl(other_talk({0x0a000004, 40000}, 0, 2).packets())}));
  const DataSet data = *build_data_set(
      *Labels::load(folder_.write("L.csv",
                                  "file,src_ip,label\na.pcap,10.0.0.1,mining\na.pcap,10.0.0.2,"
                                  "mining\na.pcap,,benign\n")),
      {}, [](double) {});
  Evaluation evaluation;
  for (uint32_t i = 0; i < 4; ++i)
    evaluation.connections.push_back({i, i == 3 ? 6U : 30U, Verdict::kClear, 0, std::nullopt});
  EvaluationPlan plan;
  plan.model = detect::length_model();
  const std::atomic<bool> stop{false};
  const auto all = baselines(data, plan, evaluation, 24, *nn::choose_simd(), stop);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 5U) << "nothing is trained where a model is given";
  EXPECT_EQ((*all)[0].name, "never mining");
  EXPECT_EQ((*all)[0].counts.false_negatives, 2U);
  EXPECT_EQ((*all)[0].counts.true_negatives, 1U);
  EXPECT_EQ((*all)[1].name, "abnormal TTL");
  EXPECT_EQ((*all)[1].counts.true_positives, 1U);
  EXPECT_EQ((*all)[1].counts.false_negatives, 1U);
  EXPECT_EQ((*all)[1].counts.false_positives, 1U);
  EXPECT_EQ((*all)[1].counts.true_negatives, 0U);
  EXPECT_EQ((*all)[2].name, "fixed ISN or IP id");
  EXPECT_EQ((*all)[2].counts.cases(), 3U);
  EXPECT_EQ((*all)[3].name, "pool's port");
  EXPECT_EQ((*all)[3].counts.true_positives, 2U);
  EXPECT_EQ((*all)[3].counts.false_positives, 0U);
  EXPECT_EQ((*all)[4].name, "equal pushes");
  EXPECT_EQ((*all)[4].counts.true_positives, 2U);
  EXPECT_EQ((*all)[4].counts.false_positives, 1U) << "its server repeats itself too";
}

}  // namespace
}  // namespace kanaria::train
