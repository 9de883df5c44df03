// SPDX-License-Identifier: Apache-2.0
#include "report/csv_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample_report.h"

namespace kanaria::report {
namespace {

constexpr std::string_view kHeader =
    "file,start,end,src_ip,src_port,dest_ip,dest_port,community_id,verdict,evidence,threshold,"
    "messages,alarm_time,reason,authorised,channel_verdict,host_verdict,host_evidence,rows,"
    "alarming_rows,packets_toserver,packets_toclient,bytes_toserver,bytes_toclient\n";

std::string csv(Coverage coverage, const std::string& file,
                const std::vector<detect::ConnectionReport>& connections) {
  CaughtOutput caught;
  CsvReport report(caught.output(), coverage);
  report.begin_input(file);
  detect::Standings standings;
  for (const auto& connection : connections) {
    standings.add(connection);
    report.on_flow_end({flow::EndReason::kInputEnd, connection, standings});
  }
  report.finish({});
  return caught.text();
}

TEST(CsvReport, BeginsWithItsHeaderEvenWhenNothingFollows) {
  EXPECT_EQ(csv(Coverage::kEveryConnection, "a.pcap", {}), kHeader);
}

TEST(CsvReport, HasARowAConnection) {
  EXPECT_EQ(
      csv(Coverage::kAlarms, "a.pcap", {mining_connection()}),
      std::string(kHeader) +
          "a.pcap,1795424400.123456789,1795425000.123456789,192.0.2.10,50000,203.0.113.5,3333,"
          "1:oJcZG459BdPSgkBu3axSpvpW5RY=,mining,0.750000,0.500000,30,1795424460.123456789,"
          "\"15 of 20 looks resemble mining; 30 messages in 10 min; 11 pushes of the server, often "
          "277 bytes; 14 messages of the client, often 118 bytes; 5 answers, after 0.040 s on "
          "average\",no,mining,mining,0.750000,20,15,40,"
          "50,4000,9000\n");
}

TEST(CsvReport, SaysWhichConnectionIsAuthorised) {
  const detect::Authorisation allowed = authorisation();
  detect::ConnectionReport rig = mining_connection();
  rig.authorisation = &allowed;
  EXPECT_THAT(csv(Coverage::kAlarms, "a.pcap", {rig}),
              testing::HasSubstr("on average\",yes,mining,mining,"));
}

TEST(CsvReport, LeavesTheAlarmTimeOfOthersEmptyAndThemselvesOutWithoutAll) {
  EXPECT_EQ(csv(Coverage::kAlarms, "a.pcap", {clear_connection()}), kHeader);
  EXPECT_THAT(csv(Coverage::kEveryConnection, "a.pcap", {clear_connection()}),
              testing::HasSubstr(",2001:db8::1,40000,2001:db8::2,443,"));
  EXPECT_THAT(csv(Coverage::kEveryConnection, "a.pcap", {clear_connection()}),
              testing::HasSubstr(",clear,0.000000,0.500000,30,,"));
}

TEST(CsvReport, QuotesNamesThatHoldCommasQuotesOrLineBreaks) {
  EXPECT_THAT(csv(Coverage::kAlarms, "a,b.pcap", {mining_connection()}),
              testing::HasSubstr("\n\"a,b.pcap\",1795"));
  EXPECT_THAT(csv(Coverage::kAlarms, "say \"no\".pcap", {mining_connection()}),
              testing::HasSubstr("\n\"say \"\"no\"\".pcap\",1795"));
  EXPECT_THAT(csv(Coverage::kAlarms, "two\nlines", {mining_connection()}),
              testing::HasSubstr("\n\"two\nlines\",1795"));
}

TEST(CsvReport, NamesTheInputInWhichTheConnectionBegan) {
  CaughtOutput caught;
  CsvReport report(caught.output(), Coverage::kAlarms);
  report.begin_input("first.pcap");
  report.begin_input("second.pcap");
  detect::ConnectionReport connection = mining_connection();
  connection.input = 1;
  report.on_flow_end({flow::EndReason::kInputEnd, connection, detect::Standings()});
  EXPECT_THAT(caught.text(), testing::HasSubstr("\nsecond.pcap,"));
}

}  // namespace
}  // namespace kanaria::report
