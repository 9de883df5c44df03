// SPDX-License-Identifier: Apache-2.0
#include "train/perturbed_verdicts.h"

#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/detect/length_model.h"
#include "tests/detect/random_traffic.h"
#include "tests/train/conversation_file.h"
#include "train/capture_verdicts.h"

namespace kanaria::train {
namespace {

using detect::Verdict;

class PerturbedVerdictsOf : public testing::Test {
 protected:
  // A data set of one capture in which 10.0.0.1 mines.
  void capture(const std::vector<Packets>& conversations) {
    folder_.write("a.pcap", pcap_of(conversations));
    const auto labels = Labels::load(
        folder_.write("L.csv", "file,src_ip,label\na.pcap,10.0.0.1,mining\na.pcap,,benign\n"));
    data_ = *build_data_set(*labels, {}, [](double) {});
    tested_.assign(data_.connections.size(), true);
  }
  PerturbedVerdicts verdicts(const std::vector<Perturbation>& perturbations) const {
    return *perturbed_verdicts(data_, 0, tested_, model_, perturbations, 1);
  }

  test::TemporaryFolder folder_;
  DataSet data_;
  std::vector<bool> tested_;
  model::Model model_ = detect::length_model();
};

TEST_F(PerturbedVerdictsOf, TrafficThatIsLeftAsItIsAreThoseOfDetection) {
  detect::RandomTraffic traffic(1, {});
  std::vector<Packets> conversations;
  for (uint32_t i = 0; i < 60; ++i)
    conversations.push_back(traffic.conversation(
        {0x0a000001 + i % 7, static_cast<uint16_t>(40000 + i)}, {0xc0000201, 3333}));
  capture(conversations);
  const auto expected = *capture_verdicts(data_, 0, model_);
  const auto outcomes = verdicts({{PerturbationKind::kOffset, 0}}).outcomes;
  ASSERT_EQ(outcomes.size(), expected.size());
  for (size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(outcomes[i].connection, expected[i].connection);
    EXPECT_EQ(outcomes[i].messages, expected[i].messages);
    EXPECT_EQ(outcomes[i].verdict, expected[i].verdict);
    EXPECT_EQ(outcomes[i].evidence, expected[i].evidence);
    EXPECT_EQ(outcomes[i].seconds_to_alarm, expected[i].seconds_to_alarm);
    EXPECT_EQ(outcomes[i].traffic.first_payload, expected[i].traffic.first_payload);
    EXPECT_EQ(outcomes[i].traffic.last_payload, expected[i].traffic.last_payload);
    EXPECT_EQ(outcomes[i].traffic.messages, expected[i].traffic.messages);
    EXPECT_EQ(outcomes[i].channel_alarm.has_value(), expected[i].channel_alarm.has_value());
    if (!outcomes[i].channel_alarm || !expected[i].channel_alarm) continue;
    EXPECT_EQ(outcomes[i].channel_alarm->time, expected[i].channel_alarm->time);
    EXPECT_EQ(outcomes[i].channel_alarm->messages, expected[i].channel_alarm->messages);
  }
}

TEST_F(PerturbedVerdictsOf, AMinerThatGrowsBeyondWhatTheModelKnowsIsClear) {
  capture({mining_talk({0x0a000001, 40000}, 0).packets()});
  EXPECT_EQ(verdicts({{PerturbationKind::kOffset, 10}}).outcomes[0].verdict, Verdict::kMining);
  const auto grown = verdicts({{PerturbationKind::kOffset, 400}});
  EXPECT_EQ(grown.outcomes[0].verdict, Verdict::kClear);
  EXPECT_EQ(grown.outcomes[0].messages, 30U);
}

TEST_F(PerturbedVerdictsOf, TestedConnectionsAloneAreTold) {
  capture({mining_talk({0x0a000001, 40000}, 0).packets(),
           other_talk({0x0a000002, 40000}, 0).packets()});
  tested_ = {false, true};
  const auto outcomes = verdicts({{PerturbationKind::kOffset, 10}}).outcomes;
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].connection, 1U);
}

// 10 rounds of 250, 120 and 70 bytes.
TEST_F(PerturbedVerdictsOf, TheCostIsThatOfMinersAlone) {
  capture({mining_talk({0x0a000001, 40000}, 0).packets(),
           other_talk({0x0a000002, 40000}, 0).packets()});
  const auto cost = verdicts({{PerturbationKind::kOffset, 44}}).cost;
  EXPECT_EQ(cost.bytes, 4400U);
  EXPECT_EQ(cost.messages, 30U);
  EXPECT_DOUBLE_EQ(cost.share_of_bytes(), 0.3);
  EXPECT_EQ(cost.messages_added, 0);
  EXPECT_EQ(cost.delay(), 0);
}

TEST_F(PerturbedVerdictsOf, DummiesCostMessagesAndSlownessTime) {
  capture({mining_talk({0x0a000001, 40000}, 0).packets()});
  EXPECT_EQ(verdicts({{PerturbationKind::kDummies, 0.5}}).cost.messages_added, 15);
  const auto both = verdicts({{PerturbationKind::kDelay, 3}, {PerturbationKind::kOffset, 44}}).cost;
  EXPECT_NEAR(both.delay(), 3 * 3200.0 / 4400, 1e-9) << "the server's bytes alone are late";
}

TEST_F(PerturbedVerdictsOf, ACaptureThatIsGoneIsSaid) {
  capture({mining_talk({0x0a000001, 40000}, 0).packets()});
  data_.captures[0] += "x";
  EXPECT_EQ(perturbed_verdicts(data_, 0, tested_, model_, {}, 1).error().sentence,
            data_.captures[0] + ": there is no such file; check the name");
}

}  // namespace
}  // namespace kanaria::train
