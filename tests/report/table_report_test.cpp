// SPDX-License-Identifier: Apache-2.0
#include "report/table_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample_report.h"

namespace kanaria::report {
namespace {

std::string table(Coverage coverage, const std::vector<std::string>& inputs,
                  const std::vector<detect::ConnectionReport>& connections,
                  const detect::CaptureQuality& quality = {}) {
  CaughtOutput caught;
  TableReport report(caught.output(), coverage);
  for (const std::string& input : inputs) report.begin_input(input);
  for (const auto& connection : connections)
    report.on_flow_end({flow::EndReason::kInputEnd, connection, detect::Standings()});
  report.finish(quality);
  return caught.text();
}

TEST(TableReport, SaysWhenNobodyMines) {
  EXPECT_EQ(table(Coverage::kAlarms, {"a.pcap"}, {clear_connection()}),
            "No host was found mining.\n\n"
            "1 connection in 0 frames (0 TCP): 0 mining, 0 suspicious, 1 clear, 0 too short to "
            "judge.\n");
}

TEST(TableReport, SaysWhoMinesWithWhomSinceWhenHowSureAndWhy) {
  EXPECT_EQ(table(Coverage::kAlarms, {"a.pcap"}, {clear_connection(), mining_connection()}),
            "HOST                         MINES WITH                       SINCE (UTC)           "
            "EVIDENCE\n"
            "192.0.2.10                   203.0.113.5:3333                 2026-11-23 09:00:00     "
            "  0.75\n"
            "    15 of 20 looks resemble mining; 30 messages in 10 min; 11 pushes of the server, "
            "often 277 bytes; 14 messages of the client, often 118 bytes; 5 answers, after 0.040 s "
            "on average\n\n"
            "2 connections in 0 frames (0 TCP): 1 mining, 0 suspicious, 1 clear, 0 too short to "
            "judge.\n");
}

TEST(TableReport, NamesTheInputOnlyWhenThereAreSeveral) {
  EXPECT_THAT(table(Coverage::kAlarms, {"a.pcap", "b.pcap"}, {mining_connection()}),
              testing::HasSubstr("\n    in a.pcap\n"));
  EXPECT_THAT(table(Coverage::kAlarms, {"a.pcap"}, {mining_connection()}),
              testing::Not(testing::HasSubstr("a.pcap")));
}

TEST(TableReport, ListsAuthorisedMinersApart) {
  const detect::Authorisation allowed = authorisation();
  detect::ConnectionReport rig = mining_connection(), other = mining_connection();
  rig.authorisation = &allowed;
  other.ends.client = *parse_ip_address("192.0.2.99");
  const std::string text = table(Coverage::kAlarms, {"a.pcap"}, {rig, other});
  const size_t others = text.find("\n192.0.2.99 "), heading = text.find("\nauthorised:\n");
  EXPECT_LT(others, heading);
  EXPECT_LT(heading, text.find("\n192.0.2.10 "));
  EXPECT_THAT(text, testing::HasSubstr("\n    authorised until 2026-12-31: lab \"rig\"\n"));
  EXPECT_THAT(text, testing::HasSubstr(": 2 mining (1 authorised), "));
}

TEST(TableReport, SaysWhenNobodyMinesWithoutAuthorisation) {
  const detect::Authorisation allowed = authorisation();
  detect::ConnectionReport rig = mining_connection();
  rig.authorisation = &allowed;
  EXPECT_THAT(table(Coverage::kAlarms, {"a.pcap"}, {rig}),
              testing::StartsWith("No host was found mining without authorisation.\nHOST "));
  EXPECT_THAT(table(Coverage::kEveryConnection, {"a.pcap"}, {rig}),
              testing::HasSubstr("0.75  authorised until 2026-12-31: lab \"rig\"\n"));
}

TEST(TableReport, ListsEveryConnectionSortedByHostWhenAskedFor) {
  const std::string text =
      table(Coverage::kEveryConnection, {"a.pcap"}, {clear_connection(), mining_connection()});
  EXPECT_THAT(text, testing::StartsWith("CLIENT "));
  const size_t v4 = text.find("\n192.0.2.10:50000 "), v6 = text.find("\n[2001:db8::1]:40000 ");
  EXPECT_LT(v4, v6);
  EXPECT_NE(v6, std::string::npos);
}

TEST(TableReport, CountsFramesAndOneSidedConnections) {
  detect::CaptureQuality quality;
  quality.frames = 12;
  quality.flow.one_sided = 1;
  EXPECT_THAT(table(Coverage::kAlarms, {"a"}, {clear_connection()}, quality),
              testing::EndsWith("1 connection in 12 frames (0 TCP): 0 mining, 0 suspicious, 1 "
                                "clear, 0 too short to judge.\n1 connection shows one direction "
                                "only: its verdict is less certain.\n"));
  quality.flow.one_sided = 3;
  EXPECT_THAT(table(Coverage::kAlarms, {"a"}, {clear_connection()}, quality),
              testing::EndsWith("3 connections show one direction only: their verdicts are less "
                                "certain.\n"));
}

}  // namespace
}  // namespace kanaria::report
