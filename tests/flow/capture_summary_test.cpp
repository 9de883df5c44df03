// SPDX-License-Identifier: Apache-2.0
#include "flow/capture_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/flow/conversation.h"
#include "tests/flow/frame_writer.h"

namespace kanaria::flow {
namespace {

// `cut`: frames a burst.
CaptureSummary summary_of(const std::vector<WrittenFrame>& frames, size_t cut = 256) {
  CaptureInspection inspection({});
  for (size_t at = 0; at < frames.size(); at += cut) {
    capture::FrameBurst burst;
    for (size_t i = at; i < std::min(at + cut, frames.size()); ++i) burst.push(frames[i].frame());
    inspection.add(burst);
  }
  return inspection.finish();
}

CaptureSummary summary_of(const Conversation& c) { return summary_of(written(c.packets())); }

Conversation talk(uint32_t client = 0x0a000001, Nanoseconds begin = 0, Nanoseconds pause = 1_s) {
  Conversation c({client, 40000});
  c.syn().at(begin).syn_ack().ack().client(100).after(pause).server(200).server_ack();
  c.client_fin().server_fin();
  return c;
}

TEST(CaptureClock, StepsBackWhenMoreThanASecondOlderThanTheNewest) {
  CaptureClock clock;
  EXPECT_FALSE(clock.note({10 * kSecond}));
  EXPECT_FALSE(clock.note({9 * kSecond}));
  EXPECT_TRUE(clock.note({9 * kSecond - 1}));
  EXPECT_FALSE(clock.note({11 * kSecond}));
  EXPECT_EQ(clock.newest()->ns, 11 * kSecond);
  clock.reset();
  EXPECT_FALSE(clock.note({1}));
}

TEST(CaptureSummary, OfNothingIsEmptyAndPassesTheGate) {
  const CaptureSummary summary = summary_of(std::vector<WrittenFrame>{});
  EXPECT_EQ(summary.quality.frames, 0U);
  EXPECT_FALSE(summary.period.has_value());
  EXPECT_TRUE(summary.quality.passes_gate());
  EXPECT_THAT(summary.longest, testing::IsEmpty());
}

TEST(CaptureSummary, CountsPacketsByClassAndMessages) {
  Conversation c = talk();
  c.client_range(0, 100);
  const CaptureSummary summary = summary_of(c);
  EXPECT_EQ(summary.packets_of(PacketClass::kSegment), 2U);
  EXPECT_EQ(summary.packets_of(PacketClass::kPureAck), 2U);
  EXPECT_EQ(summary.packets_of(PacketClass::kControl), 4U);
  EXPECT_EQ(summary.packets_of(PacketClass::kRetransmission), 1U);
  EXPECT_EQ(summary.messages, 2U);
  EXPECT_EQ(summary.quality.tcp(), 9U);
}

TEST(CaptureSummary, CountsConnectionsBySynCloseAndSides) {
  Conversation late({0x0a000002, 40000}), one_sided({0x0a000003, 40000});
  late.client(10).server(10);
  one_sided.client(10).client(10);
  const auto summary = summary_of(
      written(interleaved(std::vector{talk().packets(), late.packets(), one_sided.packets()})));
  EXPECT_EQ(summary.quality.flow.connections, 3U);
  EXPECT_EQ(summary.began_with_syn, 1U);
  EXPECT_EQ(summary.closed, 1U);
  EXPECT_EQ(summary.quality.flow.one_sided, 1U);
}

TEST(CaptureSummary, TimesAndBytesAreThoseOfTheFrames) {
  auto frames = written(talk().packets(), {.snap_bytes = 60});
  std::swap(frames.front().time, frames.back().time);
  const CaptureSummary summary = summary_of(frames);
  ASSERT_TRUE(summary.period.has_value());
  EXPECT_EQ(summary.period->first, kBegin);
  EXPECT_EQ(summary.period->span(), 1_s + 6_ms);
  EXPECT_EQ(summary.cut_frames, 2U);
  EXPECT_EQ(summary.captured_bytes, 6 * 54 + 2 * 60U);
  EXPECT_EQ(summary.original_bytes, 8 * 54 + 300U);
  EXPECT_EQ(summary.link_types.at(test::link::kEthernet), 8U);
}

TEST(CaptureSummary, CountsWhatIsAcknowledgedButNotHeld) {
  Conversation c = talk();
  c.client(10).at(5_s);  // behind a FIN and with 500 bytes of the server's acknowledged
  c.last().ack += 500;
  const CaptureSummary summary = summary_of(c);
  EXPECT_EQ(summary.quality.flow.acked_unseen, 1U);
  EXPECT_EQ(summary.with_acked_unseen, 1U);
  EXPECT_FALSE(summary.quality.passes_gate()) << "1 of 9 packets is above 10 %";
}

TEST(CaptureSummary, CountsVlansAndFramesCutInTheirOptions) {
  Conversation c;
  c.syn().mss(1460);
  auto frames = written(c.packets(), {.snap_bytes = 14 + 4 + 20 + 22, .vlan_ids = {7}});
  const CaptureSummary summary = summary_of(frames);
  EXPECT_EQ(summary.vlan_packets, 1U);
  EXPECT_EQ(summary.ipv6_packets, 0U);
  EXPECT_EQ(summary.quality.options_cut, 1U);
}

TEST(CaptureSummary, ListsTheFiveLongestConnectionsAndBusiestClients) {
  std::vector<std::vector<decode::Packet>> talks;
  for (uint32_t i = 0; i < 7; ++i)
    talks.push_back(talk(0x0a000001 + i, i, (1 + i % 4) * 1_s).packets());
  talks.push_back(talk(0x0a000004, 60_s).packets());
  const CaptureSummary summary = summary_of(written(interleaved(talks)));
  std::vector<Nanoseconds> spans;
  for (const auto& c : summary.longest) spans.push_back(c.span / kSecond);
  EXPECT_THAT(spans, testing::ElementsAre(4, 3, 3, 2, 2));
  EXPECT_EQ(summary.longest[1].ends.client, v4(0x0a000003)) << "of equals the earlier";
  EXPECT_EQ(summary.longest[0].packets, 8U);
  EXPECT_EQ(summary.longest[0].messages, 2U);
  ASSERT_EQ(summary.busiest.size(), 5U);
  EXPECT_EQ(summary.busiest[0].client, v4(0x0a000004));
  EXPECT_EQ(summary.busiest[0].connections, 2U);
  EXPECT_EQ(summary.busiest[1].client, v4(0x0a000001)) << "of equals the lower address";
}

TEST(CaptureSummary, IsTheSameHoweverTheFramesAreCutIntoBursts) {
  std::vector<std::vector<decode::Packet>> talks;
  for (uint32_t i = 0; i < 100; ++i) talks.push_back(talk(0x0a000001 + i, i * 10_ms).packets());
  const auto frames = written(interleaved(talks));
  const CaptureSummary whole = summary_of(frames);
  for (const size_t cut : {1U, 7U, 100U}) {
    const CaptureSummary summary = summary_of(frames, cut);
    EXPECT_EQ(summary.packets_by_class, whole.packets_by_class);
    EXPECT_EQ(summary.quality.flow.connections, whole.quality.flow.connections);
    EXPECT_EQ(summary.messages, whole.messages);
    EXPECT_EQ(summary.closed, whole.closed);
  }
}

}  // namespace
}  // namespace kanaria::flow
