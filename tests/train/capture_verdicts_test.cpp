// SPDX-License-Identifier: Apache-2.0
#include "train/capture_verdicts.h"

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/detect/random_traffic.h"
#include "tests/detect/recorded_events.h"
#include "tests/train/conversation_file.h"
#include "train/connection_index.h"

namespace kanaria::train {
namespace {

using detect::Verdict;
using flow::End;
using test::TemporaryFolder;

class CaptureVerdicts : public testing::Test {
 protected:
  // A data set of one capture of each list of conversations, in which 10.0.0.1 mines.
  DataSet data_of(const std::vector<std::vector<Packets>>& captures) {
    std::string labels = "file,src_ip,label\n";
    for (size_t i = 0; i < captures.size(); ++i) {
      const std::string name = std::to_string(i) + ".pcap";
      folder_.write(name, pcap_of(captures[i]));
      labels += name + ",10.0.0.1,mining\n" + name + ",,benign\n";
    }
    const auto loaded = Labels::load(folder_.write("LABELS.csv", labels));
    return *build_data_set(*loaded, {}, [](double) {});
  }

  TemporaryFolder folder_;
  model::Model model_ = detect::length_model();
};

TEST_F(CaptureVerdicts, AreThoseOfTheDetector) {
  detect::RandomTraffic traffic(1, {});
  std::vector<Packets> conversations;
  for (uint32_t i = 0; i < 60; ++i)
    conversations.push_back(traffic.conversation(
        {0x0a000001 + i % 7, static_cast<uint16_t>(40000 + i)}, {0xc0000201, 3333}));
  const DataSet data = data_of({conversations});
  const auto outcomes = capture_verdicts(data, 0, model_);
  ASSERT_TRUE(outcomes);

  const auto events = detect::detected(flow::written(flow::interleaved(conversations)));
  const ConnectionIndex index(data, 0);
  std::map<uint32_t, detect::ConnectionReport> reports;
  for (const auto& report : events.ends())
    if (const auto place = index.find(report.first_number)) reports.emplace(*place, report);
  ASSERT_EQ(outcomes->size(), reports.size());
  EXPECT_EQ(outcomes->size(), data.connections.size());
  std::array<size_t, 4> seen{};
  for (const ConnectionOutcome& outcome : *outcomes) {
    const detect::ConnectionReport& report = reports.at(outcome.connection);
    EXPECT_EQ(outcome.messages, report.messages);
    EXPECT_EQ(outcome.verdict, report.verdict);
    EXPECT_EQ(outcome.evidence, report.evidence);
    const double wait = report.alarm ? seconds(report.alarm->time - report.start) : -1;
    EXPECT_DOUBLE_EQ(outcome.seconds_to_alarm.value_or(-1), wait);
    ++seen[static_cast<size_t>(outcome.verdict)];
  }
  EXPECT_GT(seen[static_cast<size_t>(Verdict::kMining)], 0U);
  EXPECT_GT(seen[static_cast<size_t>(Verdict::kClear)], 0U);
}

TEST_F(CaptureVerdicts, TellWhenAChannelSpokeAndWhenItsAlarmCame) {
  const auto talk = mining_talk({0x0a000001, 40000}, 0, 12).packets();
  const DataSet data =
      data_of({{talk, mining_talk({0x0a000001, 40001}, 5 * kSecond, 3).packets()}});
  const auto outcomes = *capture_verdicts(data, 0, model_);
  ASSERT_EQ(outcomes.size(), 2U);
  const auto first = std::ranges::find_if(talk, [](const auto& p) { return p.payload_bytes > 0; });
  EXPECT_EQ(outcomes[0].traffic.first_payload, first->time);
  EXPECT_EQ(outcomes[0].traffic.last_payload, talk.back().time);
  EXPECT_EQ(outcomes[0].traffic.messages, (std::array<uint32_t, 2>{12, 24}));
  ASSERT_TRUE(outcomes[0].channel_alarm);
  const Timestamp alarm = outcomes[0].channel_alarm->time;
  EXPECT_DOUBLE_EQ(*outcomes[0].seconds_to_alarm, seconds(alarm - talk.front().time));
  ASSERT_TRUE(outcomes[1].channel_alarm) << "it is of the same channel";
  EXPECT_EQ(outcomes[1].channel_alarm->time, alarm);
  // Each says one message a segment.
  uint32_t until = 9;  // the other one's, who fell silent before
  for (const auto& packet : talk) until += packet.payload_bytes > 0 && packet.time <= alarm;
  EXPECT_EQ(outcomes[0].channel_alarm->messages, until);
}

TEST_F(CaptureVerdicts, StandInTheOrderOfTheDataSetWhateverEndsFirst) {
  auto ends_last = mining_talk({0x0a000001, 40000}, 0, 30);
  auto ends_first = other_talk({0x0a000002, 40001}, kSecond, 3);
  const DataSet data = data_of({{ends_last.packets(), ends_first.packets()}});
  const auto outcomes = capture_verdicts(data, 0, model_);
  ASSERT_EQ(outcomes->size(), 2U);
  EXPECT_EQ((*outcomes)[0].connection, 0U);
  EXPECT_EQ((*outcomes)[0].verdict, Verdict::kMining);
  EXPECT_EQ((*outcomes)[1].connection, 1U);
}

TEST_F(CaptureVerdicts, TellConnectionsOfOneTupleApart) {
  auto first = mining_talk({0x0a000001, 40000}, 0, 10);
  first.client_rst();
  flow::Conversation second({0x0a000001, 40000});
  second.isn(77777, 88888).syn().at(600 * kSecond).syn_ack().ack();
  for (int i = 0; i < 20; ++i) second.client(20).after(5 * kSecond).server(900).after(kSecond);
  const DataSet data = data_of({{first.packets(), second.packets()}});
  ASSERT_EQ(data.connections.size(), 2U);
  const auto outcomes = capture_verdicts(data, 0, model_);
  ASSERT_EQ(outcomes->size(), 2U);
  EXPECT_EQ((*outcomes)[0].verdict, Verdict::kMining);
  EXPECT_EQ((*outcomes)[0].messages, 30U);
  EXPECT_EQ((*outcomes)[1].messages, 40U);
  EXPECT_NE((*outcomes)[1].verdict, Verdict::kMining);
}

TEST_F(CaptureVerdicts, AreOnlyOfTheCaptureAskedFor) {
  const DataSet data = data_of({{mining_talk({0x0a000001, 40000}, 0).packets()},
                                {other_talk({0x0a000001, 40000}, 0).packets()}});
  for (const uint32_t capture : {0U, 1U}) {
    const auto outcomes = capture_verdicts(data, capture, model_);
    ASSERT_EQ(outcomes->size(), 1U);
    EXPECT_EQ((*outcomes)[0].connection, capture);
    EXPECT_EQ((*outcomes)[0].verdict == Verdict::kMining, capture == 0);
  }
}

TEST_F(CaptureVerdicts, AreOnlyOfLabelledConnections) {
  folder_.write("a.pcap", pcap_of({mining_talk({0x0a000001, 40000}, 0).packets(),
                                   other_talk({0x0a000002, 40000}, 0).packets()}));
  const auto labels =
      Labels::load(folder_.write("L.csv", "file,src_ip,label\na.pcap,10.0.0.2,benign\n"));
  const DataSet data = *build_data_set(*labels, {}, [](double) {});
  const auto outcomes = capture_verdicts(data, 0, model_);
  ASSERT_EQ(outcomes->size(), 1U);
  EXPECT_EQ((*outcomes)[0].verdict, Verdict::kClear);
}

TEST_F(CaptureVerdicts, OfADamagedCaptureAreOfWhatStandsBeforeTheDamage) {
  const DataSet data = data_of({{mining_talk({0x0a000001, 40000}, 0, 20).packets()}});
  std::filesystem::resize_file(data.captures[0], std::filesystem::file_size(data.captures[0]) - 1);
  const auto outcomes = capture_verdicts(data, 0, model_);
  ASSERT_EQ(outcomes->size(), 1U);
  EXPECT_EQ((*outcomes)[0].messages, 59U);
}

TEST_F(CaptureVerdicts, SayWhenTheCaptureIsGoneOrTheLensUnknown) {
  const DataSet data = data_of({{mining_talk({0x0a000001, 40000}, 0).packets()}});
  model_.lens = "rythm";
  EXPECT_FALSE(capture_verdicts(data, 0, model_));
  std::filesystem::remove(data.captures[0]);
  EXPECT_EQ(capture_verdicts(data, 0, detect::length_model()).error().sentence,
            data.captures[0] + ": there is no such file; check the name");
}

}  // namespace
}  // namespace kanaria::train
