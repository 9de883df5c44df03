// SPDX-License-Identifier: Apache-2.0
// What a detector tells of frames, and in which order.
#include "detect/detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/detect/recorded_events.h"

namespace kanaria::detect {
namespace {

using namespace flow;
using testing::ElementsAre;

constexpr End kMiner{0x0a000001, 40000}, kPool{0xc0000201, 3333};

// `rounds` times 5 s: a job, a result, its answer; all of them alarming lengths.
Conversation mining(End client, End server, Nanoseconds begin, int rounds) {
  Conversation c(client, server);
  c.syn().at(begin).syn_ack().ack();
  for (int i = 0; i < rounds; ++i) {
    c.server(250).at(begin + (i + 1) * 5_s).ack().client(120).after(1_s).server(70).ack();
  }
  return c;
}
Conversation mining(int rounds = 10) { return mining(kMiner, kPool, 0, rounds); }

// The same, of lengths that are not.
Conversation chatting(int rounds) {
  Conversation c(kMiner, kPool);
  c.handshake();
  for (int i = 0; i < rounds; ++i) c.client(20).after(5_s).server(30).after(100_ms);
  return c;
}

std::vector<WrittenFrame> frames(std::vector<std::vector<decode::Packet>> conversations) {
  return written(interleaved(conversations));
}

TEST(Detector, RaisesTheAlarmOfAMiningConnection) {
  const RecordedEvents events = detected(written(mining().packets()));
  ASSERT_EQ(events.alerts().size(), 1U);
  EXPECT_EQ(events.alerts()[0].verdict, Verdict::kMining);
  EXPECT_EQ(to_string(events.alerts()[0].ends.client), "10.0.0.1");
  EXPECT_EQ(events.ends()[0].verdict, Verdict::kMining);
}

TEST(Detector, RaisesNoneOfAnother) {
  const RecordedEvents events = detected(written(chatting(50).packets()));
  EXPECT_THAT(events.what(), ElementsAre("end input end"));
  EXPECT_EQ(events.ends()[0].verdict, Verdict::kClear);
}

TEST(Detector, TellsConnectionThenChannelThenHost) {
  EXPECT_THAT(detected(written(mining().packets())).what(),
              ElementsAre("alert connection", "alert channel", "alert host", "end input end"));
}

TEST(Detector, TellsOfAChannelAndAHostOnce) {
  const auto events = detected(frames({mining(kMiner, kPool, 0, 10).packets(),
                                       mining({0x0a000001, 40001}, kPool, 1_min, 10).packets()}));
  EXPECT_THAT(events.what(), ElementsAre("alert connection", "alert channel", "alert host",
                                         "alert connection", "end input end", "end input end"));
}

TEST(Detector, TellsOfASecondChannelOfAHost) {
  const auto events = detected(frames({mining(kMiner, kPool, 0, 10).packets(),
                                       mining(kMiner, {0xc0000201, 4444}, 1_min, 10).packets()}));
  EXPECT_THAT(events.what(),
              ElementsAre("alert connection", "alert channel", "alert host", "alert connection",
                          "alert channel", "end input end", "end input end"));
}

TEST(Detector, TellsTheEndWithItsChannelAndHost) {
  const RecordedEvents events = detected(written(mining().packets()));
  EXPECT_EQ(events.told.back().channel.verdict, Verdict::kMining);
  EXPECT_EQ(events.told.back().host.verdict, Verdict::kMining);
}

TEST(Detector, TellsEventsInTheOrderOfTheirPackets) {
  std::vector<std::vector<decode::Packet>> conversations;
  for (uint32_t i = 0; i < 20; ++i)
    conversations.push_back(
        mining({0x0a000001 + i, 40000}, kPool, static_cast<Nanoseconds>(40 - i) * 2_s, 10)
            .client_rst()
            .packets());
  const auto alerts = detected(frames(conversations), with_workers(3)).alerts();
  ASSERT_EQ(alerts.size(), 20U);
  for (size_t i = 1; i < alerts.size(); ++i)
    EXPECT_LT(alerts[i - 1].alarm->number, alerts[i].alarm->number);
}

TEST(Detector, TellsEachConnectionsEndOnce) {
  Conversation c = mining();
  c.client_rst().isn(7, 8).syn().after(1_s);
  EXPECT_EQ(detected(written(c.packets())).ends().size(), 2U);
}

// What an alarm knows

// The conversation goes on in the same burst after the packet that raises the alarm.
ConnectionReport alarm_of(const Conversation& c) {
  const auto alerts = detected(written(c.packets())).alerts();
  return alerts.empty() ? ConnectionReport{} : alerts[0];
}

TEST(AlarmReport, CountsNoPacketAfterItsOwn) {
  const ConnectionReport report = alarm_of(mining(10));
  ASSERT_TRUE(report.alarm);
  EXPECT_EQ(report.packets[0] + report.packets[1], report.alarm->number);
  EXPECT_EQ(report.end, report.alarm->time);
}

TEST(AlarmReport, OfAConnectionClosedLaterIsNotClosed) {
  EXPECT_FALSE(alarm_of(mining(10).client_rst()).closed);
}

TEST(AlarmReport, KnowsNoAckedUnseenAfterItsOwnPacket) {
  Conversation c = mining(10);
  c.ack();
  c.last().ack += 5000;
  EXPECT_EQ(alarm_of(c).acked_unseen, 0U);
}

TEST(AlarmReport, OfOneSideHeardLaterIsNotEstablished) {
  Conversation c(kMiner, kPool);
  for (int i = 0; i < 12; ++i) c.client(100).after(5_s);
  c.server(30);
  EXPECT_FALSE(alarm_of(c).established);
}

TEST(AlarmReport, EndsAtTheSameTimeForAnyCuttingIntoBursts) {
  Conversation c(kMiner, kPool);
  for (int i = 0; i < 6; ++i) c.client(100).after(5_s).server(100).after(5_s);
  auto packets = c.packets();
  const uint64_t alarm = alarm_of(c).alarm->number;
  packets[alarm - 1].time = packets[alarm - 2].time + -500_ms;
  constexpr size_t kOneByOne[] = {1};
  const auto whole = detected(written(packets)).alerts();
  const auto cut = detected(written(packets), {}, kOneByOne).alerts();
  EXPECT_EQ(cut[0].alarm->number, alarm);
  EXPECT_EQ(cut[0].end, whole[0].end);
}

// Several inputs

struct Inputs {
  model::Model model = length_model();
  RecordedEvents events;
  std::unique_ptr<Detector> detector;

  explicit Inputs(const DetectorOptions& options = {})
      : detector(*Detector::create(options, model, events)) {}
  Inputs& add(std::span<const decode::Packet> packets) {
    detector->begin_input();
    hand_over(written(packets), kWholeBursts, *detector);
    return *this;
  }
  Inputs& finish() {
    detector->finish();
    return *this;
  }
};

std::vector<decode::Packet> renumbered(std::vector<decode::Packet> packets) {
  for (size_t i = 0; i < packets.size(); ++i) packets[i].number = i + 1;
  return packets;
}

TEST(NextInput, ContinuesConnectionsOfARotatedCapture) {
  const auto packets = mining(10).packets();
  const auto middle = packets.begin() + 20;
  Inputs inputs;
  inputs.add(renumbered({packets.begin(), middle})).add(renumbered({middle, packets.end()}));
  inputs.finish();
  ASSERT_EQ(inputs.events.ends().size(), 1U);
  EXPECT_EQ(inputs.events.ends()[0].messages, 30U);
  EXPECT_EQ(inputs.events.alerts()[0].input, 0U) << "where the connection began";
}

TEST(NextInput, NamesTheInputOfTheAlarm) {
  const auto packets = mining(10).packets();
  const auto middle = packets.begin() + 10;
  Inputs inputs;
  inputs.add(renumbered({packets.begin(), middle})).add(renumbered({middle, packets.end()}));
  EXPECT_EQ(inputs.finish().events.alerts()[0].alarm->input, 1U);
}

TEST(NextInput, EndsConnectionsWhenItBeginsEarlier) {
  Inputs inputs;
  inputs.add(mining(kMiner, kPool, 1_min, 10).packets());
  inputs.add(mining({0x0a000002, 40000}, kPool, 0, 10).packets());
  EXPECT_THAT(inputs.events.what(),
              ElementsAre("alert connection", "alert channel", "alert host", "end input end",
                          "alert connection", "alert channel", "alert host"));
}

TEST(NextInput, GivenTwiceIsJudgedTwice) {
  Inputs inputs;
  inputs.add(mining(10).packets()).add(mining(10).packets()).finish();
  ASSERT_EQ(inputs.events.ends().size(), 2U);
  EXPECT_EQ(inputs.events.ends()[0].verdict, Verdict::kMining);
  EXPECT_EQ(inputs.events.ends()[1].verdict, Verdict::kMining);
}

TEST(NextInput, EndsConnectionsWhenItBeginsAfterTheIdleTimeout) {
  Inputs inputs;
  inputs.add(mining(kMiner, kPool, 0, 1).packets());
  inputs.add(mining({0x0a000002, 40000}, kPool, 1000_s, 1).packets());
  EXPECT_THAT(inputs.events.what(), ElementsAre("end input end"));
}

TEST(NextInput, WithoutTcpDecidesNothing) {
  Inputs inputs;
  inputs.add(mining(kMiner, kPool, 0, 1).packets()).add({});
  EXPECT_TRUE(inputs.events.told.empty());
}

// Two captures begun at once: packets of the same number and time in both.
TEST(NextInput, EventsHaveOneOrderWhateverTheNumberOfWorkers) {
  const auto tell = [](unsigned workers) {
    Inputs inputs(with_workers(workers));
    for (uint32_t input = 0; input < 2; ++input) {
      std::vector<std::vector<decode::Packet>> conversations;
      for (uint32_t i = 0; i < 40; ++i)
        conversations.push_back(
            Conversation({0x0a000000 + 1000 * input + i, 40000}, kPool).client(1).at(0).packets());
      inputs.add(interleaved(conversations));
    }
    return lines(inputs.finish().events);
  };
  EXPECT_EQ(tell(1), tell(3));
}

// Quality

CaptureQuality quality_of(const std::vector<WrittenFrame>& given) {
  Inputs inputs;
  inputs.detector->begin_input();
  hand_over(given, kWholeBursts, *inputs.detector);
  inputs.detector->finish();
  return inputs.detector->quality();
}

TEST(CaptureQuality, CountsFramesByStatus) {
  auto given = written(mining(1).packets());
  given[0].bytes.resize(40);
  const CaptureQuality quality = quality_of(given);
  EXPECT_EQ(quality.frames, given.size());
  EXPECT_EQ(quality.tcp(), given.size() - 1);
  EXPECT_EQ(quality.statuses.of(decode::DecodeStatus::kCutInTcp), 1U);
}

TEST(CaptureQuality, CountsClockStepsOfMoreThanOneSecond) {
  Conversation c;
  c.client(1).at(10_s).client(1).at(9_s).client(1).at(9_s - 1).client(1).at(10_s);
  EXPECT_EQ(quality_of(written(c.packets())).clock_steps, 1U);
}

TEST(CaptureQuality, PassesTheGateAtTenPercent) {
  CaptureQuality quality;
  quality.statuses.frames[static_cast<size_t>(decode::DecodeStatus::kTcp)] = 10;
  quality.flow.acked_unseen = 1;
  EXPECT_TRUE(quality.passes_gate());
  quality.flow.acked_unseen = 2;
  EXPECT_FALSE(quality.passes_gate());
}

TEST(CaptureQuality, OfNothingPassesTheGate) { EXPECT_TRUE(CaptureQuality().passes_gate()); }

// Models

TEST(Detector, RefusesAModelOfAnUnknownLens) {
  model::Model model = length_model();
  model.lens = "rythm";
  RecordedEvents events;
  const auto detector = Detector::create({}, model, events);
  ASSERT_FALSE(detector);
  EXPECT_EQ(detector.error().sentence,
            "unknown lens 'rythm': choose one of rhythm, pair, lengths, header");
}

TEST(Detector, RefusesAModelOfAnotherVersionOfItsLens) {
  model::Model model = length_model();
  model.lens_version = 2;
  RecordedEvents events;
  const auto detector = Detector::create({}, model, events);
  ASSERT_FALSE(detector);
  EXPECT_EQ(detector.error().sentence,
            "the model was trained with another version of its lens; train it again");
}

TEST(Detector, RefusesAModelOfOtherValuesThanItsLensHas) {
  model::Model model = length_model();
  std::swap(model.value_names.front(), model.value_names.back());
  RecordedEvents events;
  EXPECT_FALSE(Detector::create({}, model, events));
}

}  // namespace
}  // namespace kanaria::detect
