// SPDX-License-Identifier: Apache-2.0
#include "report/inspect_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::report {
namespace {

using decode::DecodeStatus;
using flow::PacketClass;

IpAddress address(const char* text) { return *parse_ip_address(text); }

InspectedCapture sample() {
  InspectedCapture capture{.name = "day.pcap", .format = "pcap", .dropped = {}, .summary = {}};
  flow::CaptureSummary& s = capture.summary;
  s.quality.frames = 12;
  s.quality.statuses.frames[static_cast<size_t>(DecodeStatus::kTcp)] = 10;
  s.quality.statuses.frames[static_cast<size_t>(DecodeStatus::kCutInTcp)] = 2;
  s.quality.flow = {.stray = 1, .acked_unseen = 1, .connections = 2, .one_sided = 1, .forced = 0};
  s.quality.options_cut = 3;
  s.quality.clock_steps = 4;
  s.link_types = {{1, 12}};
  const Timestamp begin{1'767'225'600 * kSecond};
  s.period = {begin, begin + 90 * kSecond + 1'500'000};
  s.captured_bytes = 700;
  s.original_bytes = 9000;
  s.cut_frames = 11;
  s.ipv6_packets = 5;
  s.vlan_packets = 10;
  s.packets_by_class = {3, 2, 1, 1, 2};
  s.messages = 2;
  s.began_with_syn = 1;
  s.closed = 1;
  s.with_acked_unseen = 1;
  s.longest = {
      {{address("10.0.0.1"), address("2001:db8::1"), 40000, 3333}, begin, 90 * kSecond, 1, 7, 2}};
  s.busiest = {{address("10.0.0.1"), 2}, {address("10.0.0.2"), 1}};
  return capture;
}

TEST(InspectReport, IsOneScreenForPeople) {
  EXPECT_EQ(
      inspect_text(sample()),
      "day.pcap: pcap, Ethernet\n"
      "  frames             12, 700 bytes captured of 9000; 11 frames cut\n"
      "  time (UTC)         2026-01-01 00:00:00 to 2026-01-01 00:01:30, 90 s\n"
      "  tcp                10         an IP packet with a TCP header\n"
      "  cut_in_tcp         2          the captured bytes end within the first 20 bytes of the TCP "
      "header\n"
      "  TCP packets        10: 2 segments, 1 retransmissions, 1 keep-alives, 2 pure ACKs, 3 "
      "control, 1 stray\n"
      "  of these           IPv6 50.0 %, with VLAN 100.0 %\n"
      "  connections        2: 1 seen from their SYN, 1 closed, 1 one-sided; 2 messages\n"
      "  acked unseen       1 of 10 TCP packets (10.00 %), in 1 connections\n"
      "  gate (10 %)        passed\n"
      "  cut in headers     2 frames; 3 more within the TCP options\n"
      "  clock steps        4 packets more than 1 s older than one before them\n"
      "  longest            10.0.0.1:40000 -> [2001:db8::1]:3333: 90 s, 7 packets, 2 messages\n"
      "  busiest clients    10.0.0.1: 2 connections\n"
      "                     10.0.0.2: 1 connection\n");
}

TEST(InspectReport, AFailedGateSaysWhatToDo) {
  InspectedCapture capture = sample();
  capture.summary.quality.flow.acked_unseen = 2;
  EXPECT_THAT(inspect_text(capture),
              testing::HasSubstr("  acked unseen       2 of 10 TCP packets (20.00 %), in 1 "
                                 "connections\n"
                                 "  gate (10 %)        FAILED: the capturing device lost packets; "
                                 "capture with a larger buffer or closer to the hosts\n"));
}

TEST(InspectReport, DropsAreToldWhereTheyWereCounted) {
  InspectedCapture capture = sample();
  EXPECT_THAT(inspect_text(capture), testing::Not(testing::HasSubstr("dropped")));
  capture.dropped = 0;
  EXPECT_THAT(inspect_text(capture),
              testing::HasSubstr("  dropped            0 packets, by the count of the capturing "
                                 "system\n"));
}

TEST(InspectReport, SeveralLinkTypesAreCountedAndUnknownOnesNumbered) {
  InspectedCapture capture = sample();
  capture.summary.link_types = {{1, 5}, {147, 7}};
  EXPECT_THAT(inspect_text(capture),
              testing::StartsWith("day.pcap: pcap, Ethernet (5), link type 147 (7)\n"));
}

TEST(InspectReport, AnEmptyCaptureHasNeitherTimeNorRatio) {
  const InspectedCapture capture{.name = "e", .format = "pcap", .dropped = {}, .summary = {}};
  EXPECT_THAT(inspect_text(capture),
              testing::AllOf(testing::StartsWith("e: pcap\n  frames             0, 0 bytes"),
                             testing::Not(testing::HasSubstr("time")),
                             testing::HasSubstr("0 of 0 TCP packets (0.00 %)")));
}

TEST(InspectReport, TheTotalCountsCapturesThatFail) {
  std::vector<InspectedCapture> captures(3, sample());
  captures[1].summary.quality.flow.acked_unseen = 10;
  EXPECT_EQ(inspect_total(captures),
            "3 captures: 36 frames, 30 TCP packets, 6 connections; acked unseen 12 (40.00 %); 2 "
            "pass the gate, 1 fail\n");
}

TEST(InspectReport, JsonIsOneObjectALine) {
  InspectedCapture capture = sample();
  capture.name = "a\"b\xff.pcap";
  capture.dropped = 9;
  EXPECT_EQ(
      inspect_json(capture),
      R"({"file":"a\"b)"
      "\xef\xbf\xbd"
      R"(.pcap","format":"pcap","link_types":[{"number":1,"name":"Ethernet","frames":12}],)"
      R"("first":"2026-01-01T00:00:00.000000+0000","last":"2026-01-01T00:01:30.001500+0000",)"
      R"("seconds":90.0015,"frames":{"count":12,"captured_bytes":700,"original_bytes":9000,"cut":11},)"
      R"("statuses":{"tcp":10,"cut_in_tcp":2},"packets":{"tcp":10,"segments":2,"retransmissions":1,)"
      R"("keep_alives":1,"pure_acks":2,"control":3,"stray":1,"ipv6":5,"vlan":10},)"
      R"("connections":{"count":2,"began_with_syn":1,"closed":1,"one_sided":1,"with_acked_unseen":1,)"
      R"("messages":2,"longest":[{"src_ip":"10.0.0.1","src_port":40000,"dest_ip":"2001:db8::1",)"
      R"("dest_port":3333,"start":"2026-01-01T00:00:00.000000+0000","seconds":90.0,"packets":7,)"
      R"("messages":2}]},"quality":{"acked_unseen":1,"acked_unseen_ratio":0.1,"passes_gate":true,)"
      R"("options_cut":3,"clock_steps":4,"dropped":9},"busiest_clients":[{"ip":"10.0.0.1",)"
      R"("connections":2},{"ip":"10.0.0.2","connections":1}]})"
      "\n");
}

}  // namespace
}  // namespace kanaria::report
