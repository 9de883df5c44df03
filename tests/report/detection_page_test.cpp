// SPDX-License-Identifier: Apache-2.0
#include "report/detection_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample_report.h"

namespace kanaria::report {
namespace {

using testing::HasSubstr;
using testing::Not;

size_t count(std::string_view text, std::string_view what) {
  size_t found = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

detect::History history_of(const detect::ConnectionReport& c) {
  detect::History history;
  for (int i = 0; i < 30; ++i) {
    const Timestamp time = c.start + i * 20 * kSecond;
    history.messages.add({time, 118, flow::Direction::kToServer});
    history.evidence.add({time, i / 30.0});
  }
  history.alarm = detect::EvidencePoint{c.start + 60 * kSecond, 0.625};
  return history;
}

class Page : public testing::Test {
 protected:
  Page() { page_.begin_input("a.pcap"); }
  void tell(const detect::ConnectionReport& c) {
    const detect::History history = history_of(c);
    page_.on_flow_end({flow::EndReason::kInputEnd, c, {}, &history});
  }
  std::string html() {
    page_.finish(quality_);
    return page_.to_html();
  }

  DetectionPage page_{"kanaria 1", "lens pair 1"};
  detect::CaptureQuality quality_;
};

detect::ConnectionReport suspicious_connection() {
  detect::ConnectionReport c = clear_connection();
  c.verdict = detect::Verdict::kSuspicious;
  c.evidence = 0.375;
  return c;
}

TEST_F(Page, SaysWhenNobodyMines) {
  tell(clear_connection());
  EXPECT_THAT(html(), HasSubstr("<p>No host was found mining.</p>"));
}

TEST_F(Page, OfNoConnectionAtAllIsAPageStill) {
  EXPECT_THAT(html(), HasSubstr("lens pair 1; 0 connections in 0 frames</p>"));
}

TEST_F(Page, DrawsAMiningConnectionWithItsReasons) {
  tell(mining_connection());
  const std::string text = html();
  EXPECT_THAT(text, HasSubstr("<h3>192.0.2.10:50000 mines with 203.0.113.5:3333</h3>"));
  EXPECT_THAT(text, HasSubstr("<p>15 of 20 looks resemble mining;"));
  EXPECT_THAT(text,
              HasSubstr("Alarm on 2026-11-23 09:01:00 UTC, 60 s after its first packet, by packet "
                        "99 of a.pcap, with evidence 0.625 (threshold 0.5)."));
  EXPECT_THAT(text, HasSubstr("with evidence that never exceeded 0.5 it would be suspicious, with "
                              "at most 0.25 clear. It ended with 0.75."));
  EXPECT_EQ(count(text, "<figure>"), 1U);
}

TEST_F(Page, SaysWhatMakesAVerdictLessCertain) {
  detect::ConnectionReport c = mining_connection();
  c.established = false;
  c.acked_unseen = 7;
  c.evidence = 0.25;
  tell(c);
  const std::string text = html();
  EXPECT_THAT(text, HasSubstr("Only one direction of it was seen"));
  EXPECT_THAT(text, HasSubstr("7 of its packets acknowledge data that the capture does not hold"));
  EXPECT_THAT(text, HasSubstr("Its evidence has fallen to 0.25 since"));
  EXPECT_THAT(text, HasSubstr("Its beginning was not captured."));
}

TEST_F(Page, SaysAtWhichEvidenceASuspiciousConnectionWouldMineOrBeClear) {
  tell(suspicious_connection());
  EXPECT_THAT(html(), HasSubstr("evidence 0.375: mining above 0.5, clear at or below 0.25"));
}

TEST_F(Page, ListsAuthorisedMinersApart) {
  const detect::Authorisation allowed = authorisation();
  detect::ConnectionReport rig = mining_connection();
  rig.authorisation = &allowed;
  tell(rig);
  const std::string text = html();
  EXPECT_THAT(text, HasSubstr("No host was found mining without authorisation."));
  EXPECT_THAT(text, HasSubstr("Mining is authorised until 2026-12-31: lab &quot;rig&quot;."));
  EXPECT_LT(text.find("<h2 id=\"authorised-miners\">"), text.find("<h3>192.0.2.10"));
}

TEST_F(Page, AConnectionWithoutHistoryIsListedButNotDrawn) {
  page_.on_flow_end({flow::EndReason::kInputEnd, mining_connection(), {}});
  const std::string text = html();
  EXPECT_EQ(count(text, "<figure>"), 0U);
  EXPECT_THAT(text, HasSubstr("<td>192.0.2.10</td><td>203.0.113.5:3333</td>"));
  EXPECT_THAT(text, HasSubstr("1 more of these connections is not drawn"));
}

TEST_F(Page, OfThousandsOfAlarmsDrawsAFewAndSaysHowManyItLeavesOut) {
  for (int i = 0; i < 3000; ++i) {
    detect::ConnectionReport c = mining_connection();
    c.ends.client_port = static_cast<uint16_t>(i);
    c.ends.server.bytes[15] = static_cast<uint8_t>(i % 5);
    tell(c);
  }
  const std::string text = html();
  EXPECT_EQ(count(text, "<figure>"), 20U);  // four of each channel
  EXPECT_THAT(text, HasSubstr("2,980 more of these connections are not drawn"));
  EXPECT_LT(text.size(), 5'000'000U);
}

TEST_F(Page, DrawsOneConnectionOfEachChannelBeforeASecondOne) {
  for (int i = 0; i < 100; ++i) {
    detect::ConnectionReport c = mining_connection();
    c.ends.client_port = static_cast<uint16_t>(i);
    c.ends.server_port = static_cast<uint16_t>(i < 60 ? 3333 : i);
    c.evidence = i < 60 ? 0.99 : 0.6;
    tell(c);
  }
  EXPECT_EQ(count(html(), " mines with 203.0.113.5:3333</h3>"),
            PicturedConnections::kMostOfChannel);
}

TEST_F(Page, ListsTheOthersWithTheMostEvidenceAndSaysHowManyItLeavesOut) {
  for (int i = 0; i < 5000; ++i) {
    detect::ConnectionReport c = clear_connection();
    c.ends.client_port = static_cast<uint16_t>(i);
    c.messages = static_cast<uint32_t>(i);
    tell(c);
  }
  const std::string text = html();
  EXPECT_THAT(text, HasSubstr("[2001:db8::1]:4999"));
  EXPECT_THAT(text, HasSubstr("[2001:db8::1]:4800<"));
  EXPECT_THAT(text, Not(HasSubstr("[2001:db8::1]:4799<")));
  EXPECT_THAT(text, HasSubstr("4,800 connections are left out."));
}

TEST_F(Page, ShowsHostileNamesAsText) {
  page_.begin_input("<script>alert(1)</script>.pcap");
  page_.add_remark("<img src=x>");
  detect::ConnectionReport c = mining_connection();
  c.alarm->input = 1;
  tell(c);
  const std::string text = html();
  EXPECT_THAT(text, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(text, Not(HasSubstr("<img")));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;.pcap"));
}

TEST_F(Page, SaysWhatWasReadAndWhatBecameOfIt) {
  quality_.frames = 1234567;
  quality_.statuses.frames[static_cast<size_t>(decode::DecodeStatus::kNotTcp)] = 1234567;
  quality_.flow.one_sided = 1;
  const std::string text = html();
  EXPECT_THAT(text, HasSubstr("<p>1 input: a.pcap.</p>"));
  EXPECT_THAT(text, HasSubstr("<td class=\"right\">1,234,567</td>"));
  EXPECT_THAT(text, HasSubstr("1 connection shows one direction only: less certain.</p>"));
}

}  // namespace
}  // namespace kanaria::report
