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
                   .typical_size = {{{99, 12}, {63, 20}}},
                   .span = 12 * kMinute};
  EXPECT_EQ(explain(report),
            "37 of 39 pairs of messages look like mining; 40 messages in 12 min, often 63 bytes "
            "from the server, often 99 bytes from the client");
}

TEST(Explanation, LeavesOutASideThatSaidNothing) {
  ConnectionReport report;
  report.verdict = Verdict::kClear;
  report.messages = 8;
  report.reason = {
      .rows = 7, .alarming_rows = 0, .typical_size = {{{0, 0}, {63, 2}}}, .span = 45 * kSecond};
  EXPECT_EQ(explain(report),
            "0 of 7 pairs of messages look like mining; 8 messages in 45 s, often 63 bytes from "
            "the server");
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
