// SPDX-License-Identifier: Apache-2.0
#include "train/flow_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/train/conversation_file.h"

namespace kanaria::train {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

class FlowStatistics : public testing::Test {
 protected:
  std::vector<FlowRecord> records(const flow::Conversation& conversation) {
    folder_.write("a.pcap", pcap_of({conversation.packets()}));
    const auto labels = Labels::load(folder_.write("L.csv", "file,label\na.pcap,mining\n"));
    const DataSet data = *build_data_set(*labels, {}, [](double) {});
    return *flow_records(data, 0);
  }

  test::TemporaryFolder folder_;
};

// A conversation without handshake: `rounds` of 100 bytes up and 300 down, a second apart.
flow::Conversation rounds(int count, Nanoseconds pause = kSecond) {
  flow::Conversation c({0x0a000001, 40000});
  for (int i = 0; i < count; ++i) c.client(100).after(pause).server(300);
  return c;
}

TEST_F(FlowStatistics, AreThoseOfSidesAndTheFirst30PacketsWithPayload) {
  auto conversation = rounds(20);
  const auto packets = conversation.packets();
  const auto all = records(conversation);
  ASSERT_EQ(all.size(), 1U);
  const auto& s = all[0].statistics;
  float up = 0, down = 0;
  for (const auto& packet : packets)
    (packet.payload_bytes == 100 ? up : down) += static_cast<float>(packet.ip_bytes);
  EXPECT_EQ(s[0], up);
  EXPECT_EQ(s[1], down);
  EXPECT_EQ(s[2], 20);
  EXPECT_EQ(s[3], 20);
  EXPECT_EQ(s[4], 0.5F);
  EXPECT_EQ(s[5], 0.5F);
  const auto second = [&](size_t packet) { return packets[packet].time.ns / kSecond; };
  EXPECT_FLOAT_EQ(s[6], static_cast<float>(second(29) - second(0)) / 29);
  EXPECT_EQ(s[7], static_cast<float>(second(39) - second(0)));
  EXPECT_EQ(s[8], 200);
  EXPECT_EQ(s[10], 100);
  EXPECT_FLOAT_EQ(s[11], 1.0F / 3);
}

TEST_F(FlowStatistics, FewerThanEightPacketsOfASideMakeNoRecord) {
  EXPECT_EQ(records(rounds(7)).size(), 0U);
  EXPECT_EQ(records(rounds(8)).size(), 1U);
}

TEST_F(FlowStatistics, ARecordEndsAfterFiveMinutes) {
  const auto all = records(rounds(80, 10 * kSecond));
  EXPECT_GE(all.size(), 2U);
  for (const FlowRecord& record : all) EXPECT_LE(record.statistics[7], 300);
}

TEST_F(FlowStatistics, ARecordEndsInSilence) {
  auto conversation = rounds(10);
  conversation.client(100).after(31 * kSecond).server(300);
  for (int i = 0; i < 10; ++i) conversation.client(100).after(kSecond).server(300);
  const auto all = records(conversation);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].statistics[2] + all[1].statistics[2], 21);
  EXPECT_EQ(records(rounds(10, 31 * kSecond)).size(), 0U);
}

}  // namespace
}  // namespace kanaria::train
