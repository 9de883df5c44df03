// SPDX-License-Identifier: Apache-2.0
#include "detect/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/detect/recorded_events.h"

namespace kanaria::detect {
namespace {

using namespace flow;
using testing::ElementsAre;

constexpr ConnectionId kOne = make_id(3, 1);

Message message(Timestamp start, uint32_t bytes = 100) {
  return {start, start, bytes, 1, Direction::kToServer};
}
ConnectionId other(uint32_t place) { return make_id(3, 100 + place); }

TEST(Histories, TellWhatBecameOfAConnection) {
  Histories histories;
  histories.add_message(kOne, 1, message(kBegin, 70));
  histories.add_evidence(kOne, {kBegin, 0.5});
  histories.add_alarm(kOne, {kBegin, 0.5});
  const auto history = histories.take(kOne);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->messages.points().size(), 1U);
  EXPECT_EQ(history->messages.points()[0].bytes, 70U);
  EXPECT_EQ(history->evidence.points()[0].evidence, 0.5);
  EXPECT_EQ(history->alarm->time, kBegin);
}

TEST(Histories, OfConnectionsWithoutMessagesThereIsNone) {
  Histories histories;
  histories.add_evidence(kOne, {kBegin, 0.5});
  EXPECT_FALSE(histories.take(kOne));
}

TEST(Histories, APlaceThatWasTakenBeginsAnew) {
  Histories histories;
  histories.add_message(kOne, 1, message(kBegin));
  histories.take(kOne);
  histories.add_message(kOne, 2, message(kBegin));
  EXPECT_EQ(histories.take(kOne)->messages.seen(), 1U);
}

TEST(Histories, OfTooManyTheLeastEvidenceIsGivenUpAndOfEqualsTheLongestSilent) {
  Histories histories;
  histories.add_message(kOne, 1, message(kBegin));
  histories.add_evidence(kOne, {kBegin, 0.1});
  for (uint32_t i = 0; i < Histories::kMostHistories + 9; ++i)
    histories.add_message(other(i), 2 + i, message(kBegin));
  EXPECT_TRUE(histories.take(kOne));
  EXPECT_FALSE(histories.take(other(0)));
  EXPECT_FALSE(histories.take(other(9)));
  EXPECT_TRUE(histories.take(other(10)));
}

TEST(Histories, AnAlarmedOneIsGivenUpLast) {
  Histories histories;
  histories.add_message(kOne, 1, message(kBegin));
  histories.add_alarm(kOne, {kBegin, 0.6});
  histories.add_evidence(kOne, {kBegin, 0.0});
  for (uint32_t i = 0; i < 3 * Histories::kMostHistories; ++i) {
    histories.add_message(other(i), 2 + i, message(kBegin));
    histories.add_evidence(other(i), {kBegin, 0.9});
  }
  EXPECT_TRUE(histories.take(kOne));
}

// A line for each ended connection: everything its history holds.
class HistoryLines final : public EventSink {
 public:
  void on_alert(const AlertEvent&) override {}
  void on_flow_end(const FlowEndEvent& event) override {
    std::string line =
        endpoint_text(event.connection.ends.client, event.connection.ends.client_port);
    if (event.history == nullptr) line += " none";
    if (event.history != nullptr) {
      for (const MessagePoint& point : event.history->messages.points())
        line += fmt::format(" {}/{}/{}", point.time.ns, point.bytes, index_of(point.direction));
      for (const EvidencePoint& point : event.history->evidence.points())
        line += fmt::format(" {}={:.17g}", point.time.ns, point.evidence);
      if (event.history->alarm) line += fmt::format(" alarm {}", event.history->alarm->time.ns);
    }
    lines.push_back(line);
  }
  std::vector<std::string> lines;
};

std::vector<std::string> histories(std::span<const WrittenFrame> frames, unsigned workers,
                                   std::span<const size_t> bursts, HistoryKeeping keeping) {
  const model::Model model = length_model();
  HistoryLines sink;
  DetectorOptions options = with_workers(workers);
  options.histories = keeping;
  const auto detector = *Detector::create(options, model, sink);
  detector->begin_input();
  hand_over(frames, bursts, *detector);
  detector->finish();
  return sink.lines;
}

std::vector<WrittenFrame> many_conversations(uint32_t count) {
  std::vector<std::vector<decode::Packet>> all;
  for (uint32_t i = 0; i < count; ++i) {
    Conversation c({0x0a000000 + i / 500, static_cast<uint16_t>(40000 + i % 500)},
                   {0xc0000201, 3333});
    c.syn().at(i * 1_ms).syn_ack().ack();
    for (int round = 0; round < 4; ++round) c.client(60 + i % 50).after(9_s).server(250).after(3_s);
    all.push_back(c.packets());
  }
  return written(interleaved(all));
}

constexpr size_t kOddBursts[] = {1, 7, 200, 64};

TEST(HistoryOfARun, IsTheSameWhateverTheWorkersAndBursts) {
  const auto frames = many_conversations(300);
  const auto one = histories(frames, 1, kWholeBursts, HistoryKeeping::kOfEachConnection);
  EXPECT_EQ(one.size(), 300U);
  EXPECT_EQ(histories(frames, 3, kWholeBursts, HistoryKeeping::kOfEachConnection), one);
  EXPECT_EQ(histories(frames, 1, kOddBursts, HistoryKeeping::kOfEachConnection), one);
}

// Twice as many connections as there are places for histories.
TEST(HistoryOfARun, IsTheSameWhateverTheWorkersAndBurstsWhenPlacesAreShort) {
  const auto frames = many_conversations(2 * Histories::kMostHistories * kShards);
  const auto one = histories(frames, 1, kWholeBursts, HistoryKeeping::kOfEachConnection);
  EXPECT_GT(std::count_if(one.begin(), one.end(),
                          [](const std::string& line) { return line.ends_with("none"); }),
            0);
  EXPECT_TRUE(histories(frames, 3, kOddBursts, HistoryKeeping::kOfEachConnection) == one);
}

TEST(HistoryOfARun, IsNotKeptUnlessAskedFor) {
  EXPECT_THAT(histories(many_conversations(1), 1, kWholeBursts, HistoryKeeping::kNone),
              ElementsAre("10.0.0.0:40000 none"));
}

TEST(HistoryOfARun, HoldsEveryMessageAndTheEvidenceOfEachPair) {
  const auto lines =
      histories(many_conversations(1), 1, kWholeBursts, HistoryKeeping::kOfEachConnection);
  const auto at = [](Nanoseconds since) { return (kBegin + since).ns; };
  const std::string begin = fmt::format("10.0.0.0:40000 {}/60/0 {}/250/1 {}/60/0", at(9002_ms),
                                        at(12002_ms), at(21002_ms));
  EXPECT_THAT(lines[0], testing::StartsWith(begin));
  // 60 bytes alarm nobody, 250 do: the evidence after one, two and three pairs.
  EXPECT_THAT(lines[0], testing::HasSubstr(fmt::format(" {}=1 {}=0.5 {}=0.66666666666666663",
                                                       at(12002_ms), at(21002_ms), at(24002_ms))));
}

}  // namespace
}  // namespace kanaria::detect
