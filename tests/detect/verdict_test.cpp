// SPDX-License-Identifier: Apache-2.0
#include "detect/verdict.h"

#include <gtest/gtest.h>

namespace kanaria::detect {
namespace {

TEST(Explanation, OfTooLittleSaysHowMuchThereWas) {
  ConnectionReport report;
  report.messages = 5;
  report.reason.span = 12 * kSecond;
  EXPECT_EQ(explain(report), "5 messages in 12 s: too little to judge");
}

TEST(Explanation, OfAVerdictGivesItsNumbersAndTypicalSizes) {
  ConnectionReport report;
  report.verdict = Verdict::kMining;
  report.messages = 40;
  report.reason = {.rows = 39,
                   .alarming_rows = 37,
                   .roles = {{{16, {99, 12}}, {12, {277, 11}}, {12, {63, 2}}}},
                   .reply_time = 40 * kSecond / 1000,
                   .span = 12 * kMinute};
  EXPECT_EQ(explain(report),
            "37 of 39 looks resemble mining; 40 messages in 12 min; 12 pushes of the server, often "
            "277 bytes; 16 messages of the client, often 99 bytes; 12 answers, after 0.040 s on "
            "average");
}

TEST(Explanation, LeavesOutARoleThatNothingPlayed) {
  ConnectionReport report;
  report.verdict = Verdict::kClear;
  report.messages = 8;
  report.reason = {
      .rows = 7, .alarming_rows = 0, .roles = {{{}, {8, {63, 3}}, {}}}, .span = 45 * kSecond};
  EXPECT_EQ(explain(report),
            "0 of 7 looks resemble mining; 8 messages in 45 s; 8 pushes of the server, often 63 "
            "bytes");
}

TEST(VerdictName, IsThatOfTheDefinitions) {
  EXPECT_EQ(name(Verdict::kUndecided), "undecided");
  EXPECT_EQ(name(Verdict::kClear), "clear");
  EXPECT_EQ(name(Verdict::kSuspicious), "suspicious");
  EXPECT_EQ(name(Verdict::kMining), "mining");
}

TEST(ScopeName, IsThatOfTheDefinitions) {
  EXPECT_EQ(name(Scope::kConnection), "connection");
  EXPECT_EQ(name(Scope::kChannel), "channel");
  EXPECT_EQ(name(Scope::kHost), "host");
}

}  // namespace
}  // namespace kanaria::detect
