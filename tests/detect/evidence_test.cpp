// SPDX-License-Identifier: Apache-2.0
// The rule of docs/definitions.md, "Verdict of the `pair` lens", at its borders.
#include "detect/evidence.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "tests/flow/conversation.h"

namespace kanaria::detect {
namespace {

using namespace flow;

constexpr model::Thresholds kThresholds{.alarming_logit = 0.0F, .alarming_share = 0.5};

Message message_of(uint32_t bytes, Direction direction) {
  Message message;
  message.start = message.end = kBegin;
  message.bytes = bytes;
  message.direction = direction;
  return message;
}

class Connection {
 public:
  Connection& messages(int count) {
    for (int i = 0; i < count; ++i) evidence_.add_message(message_of(0, Direction::kToServer), 0);
    return *this;
  }
  // Rows at a time; true in alarmed() once one of them raised the alarm.
  Connection& rows(int count, float logit, Nanoseconds at = 40_s) {
    for (int i = 0; i < count; ++i)
      alarms_ += evidence_.add_row(logit, 0, {kBegin + at, ++number_, 0}, kThresholds) ? 1 : 0;
    return *this;
  }
  Connection& alarming(int count, Nanoseconds at = 40_s) { return rows(count, 1.0F, at); }
  Connection& harmless(int count, Nanoseconds at = 40_s) { return rows(count, -1.0F, at); }

  Verdict verdict() const { return evidence_.verdict(kThresholds); }
  int alarms() const { return alarms_; }
  const Evidence& evidence() const { return evidence_; }

 private:
  Evidence evidence_;
  uint64_t number_ = 0;
  int alarms_ = 0;
};

// Undecided

TEST(Verdict, IsUndecidedBelowEightMessages) {
  EXPECT_EQ(Connection().messages(7).alarming(20).verdict(), Verdict::kUndecided);
  EXPECT_EQ(Connection().messages(8).alarming(20).verdict(), Verdict::kMining);
}

TEST(Verdict, IsUndecidedBelowThirtySeconds) {
  EXPECT_EQ(Connection().messages(8).alarming(20, 30_s - 1).verdict(), Verdict::kUndecided);
  EXPECT_EQ(Connection().messages(8).alarming(20, 30_s).verdict(), Verdict::kMining);
}

TEST(Verdict, IsUndecidedWithoutAnything) {
  EXPECT_EQ(Evidence().verdict(kThresholds), Verdict::kUndecided);
}

TEST(Verdict, ARowOutOfTimeOrderShortensNothing) {
  EXPECT_EQ(Connection().messages(8).harmless(1, 30_s).harmless(1, 1_s).verdict(), Verdict::kClear);
}

// Mining

TEST(Verdict, IsMiningFromEightAlarmingRowsOn) {
  EXPECT_EQ(Connection().messages(8).alarming(7).verdict(), Verdict::kSuspicious);
  EXPECT_EQ(Connection().messages(8).alarming(8).verdict(), Verdict::kMining);
}

TEST(Verdict, IsMiningAboveTheThresholdNotAtIt) {
  EXPECT_EQ(Connection().messages(8).harmless(8).alarming(8).verdict(), Verdict::kSuspicious);
  EXPECT_EQ(Connection().messages(8).harmless(8).alarming(9).verdict(), Verdict::kMining);
}

TEST(Verdict, ARowIsAlarmingAboveTheLogitNotAtIt) {
  EXPECT_EQ(Connection().messages(8).rows(20, 0.0F).evidence().strength(kThresholds), 0.0);
  EXPECT_EQ(Connection().messages(8).rows(20, 1e-6F).evidence().strength(kThresholds), 1.0);
}

TEST(Verdict, ALogitThatIsNoNumberIsNotAlarming) {
  EXPECT_EQ(Connection().messages(8).rows(20, std::nanf("")).verdict(), Verdict::kClear);
}

TEST(Verdict, MiningStaysWhateverFollows) {
  const Connection connection = Connection().messages(8).alarming(8).harmless(1000);
  EXPECT_EQ(connection.verdict(), Verdict::kMining);
  EXPECT_LT(connection.evidence().strength(kThresholds), 0.01);
}

TEST(Verdict, BecomesMiningAtARowNotAtTheMessageThatMakesItJudged) {
  Connection connection = Connection().messages(7).alarming(9).messages(1);
  EXPECT_EQ(connection.verdict(), Verdict::kSuspicious);
  EXPECT_EQ(connection.alarming(1).verdict(), Verdict::kMining);
}

// Alarm

TEST(Alarm, IsRaisedOnce) {
  EXPECT_EQ(Connection().messages(8).alarming(100).alarms(), 1);
  EXPECT_EQ(Connection().messages(8).alarming(8).harmless(100).alarming(500).alarms(), 1);
}

TEST(Alarm, NamesTheRowThatRaisedIt) {
  const Connection connection = Connection().messages(8).alarming(20);
  EXPECT_EQ(connection.evidence().alarm()->number, 8U);
  EXPECT_EQ(connection.evidence().alarm()->time, kBegin + 40_s);
}

TEST(Alarm, IsNeverRaisedByARowThatIsNotEnough) {
  EXPECT_EQ(Connection().messages(8).harmless(100).alarming(100).alarms(), 0);
  EXPECT_EQ(Connection().messages(8).harmless(100).alarming(101).alarms(), 1);
}

// Suspicious and clear

TEST(Verdict, IsSuspiciousFromFourAlarmingRowsOn) {
  EXPECT_EQ(Connection().messages(8).alarming(3).verdict(), Verdict::kClear);
  EXPECT_EQ(Connection().messages(8).alarming(4).verdict(), Verdict::kSuspicious);
}

TEST(Verdict, IsSuspiciousAboveHalfTheThresholdNotAtIt) {
  EXPECT_EQ(Connection().messages(8).alarming(5).harmless(15).verdict(), Verdict::kClear);
  EXPECT_EQ(Connection().messages(8).alarming(5).harmless(14).verdict(), Verdict::kSuspicious);
}

TEST(Verdict, SuspicionDoesNotStay) {
  EXPECT_EQ(Connection().messages(8).alarming(7).harmless(100).verdict(), Verdict::kClear);
}

TEST(Verdict, TheStrongerOneIsTheGreater) {
  EXPECT_LT(Verdict::kUndecided, Verdict::kClear);
  EXPECT_LT(Verdict::kClear, Verdict::kSuspicious);
  EXPECT_LT(Verdict::kSuspicious, Verdict::kMining);
}

// Reason

TEST(Reason, TellsWhatTheVerdictRestsOn) {
  const Reason reason = Connection().messages(8).alarming(5).harmless(2, 50_s).evidence().reason();
  EXPECT_EQ(reason.rows, 7U);
  EXPECT_EQ(reason.alarming_rows, 5U);
  EXPECT_EQ(reason.span, 50_s);
}

TEST(Reason, TypicalSizesAreOfEachRole) {
  Evidence evidence;
  for (int i = 0; i < 3; ++i) evidence.add_message(message_of(99, Direction::kToServer), 0);
  for (int i = 0; i < 5; ++i) evidence.add_message(message_of(63, Direction::kToClient), 0);
  const Reason reason = evidence.reason();
  EXPECT_EQ(reason.of(MessageRole::kUp).messages, 3U);
  EXPECT_EQ(reason.of(MessageRole::kUp).typical_size.bytes, 99U);
  EXPECT_EQ(reason.of(MessageRole::kReply).messages, 1U);
  EXPECT_EQ(reason.of(MessageRole::kPush).messages, 4U);
  EXPECT_EQ(reason.of(MessageRole::kPush).typical_size.bytes, 63U);
}

Message message_at(Nanoseconds time, Direction direction) {
  Message message = message_of(50, direction);
  message.start = message.end = kBegin + time;
  return message;
}

TEST(Reason, SpanCountsFromTheFirstMessageToTheLatestRow) {
  Evidence evidence;
  for (const Nanoseconds at : {10_s, 20_s})
    evidence.add_message(message_at(at, Direction::kToServer), 0);
  EXPECT_EQ(evidence.reason().span, 0);
  for (const Nanoseconds at : {20_s, 18_s})
    evidence.add_row(1, 2, {kBegin + at, 1, 0}, kThresholds);
  EXPECT_EQ(evidence.reason().span, 10_s);
}

TEST(Reason, AnAnswerComesRightBehindTheClientWithinAQuarterSecondAndThreeRoundTrips) {
  for (const auto& [gap, is_reply] :
       {std::pair{550 * kSecond / 1000, true}, std::pair{551 * kSecond / 1000, false}}) {
    Evidence evidence;
    evidence.add_message(message_at(0, Direction::kToServer), 0);
    evidence.add_message(message_at(gap, Direction::kToClient), kSecond / 10);
    EXPECT_EQ(evidence.reason().of(MessageRole::kReply).messages, is_reply ? 1U : 0U) << gap;
    EXPECT_EQ(evidence.reason().reply_time, is_reply ? gap : 0) << gap;
  }
}

// Sum of log-odds: docs/definitions.md, "Verdict of the `rhythm` lens".

constexpr model::Thresholds kSum{.evidence_threshold = 3.0};

class SummedConnection {
 public:
  // So many messages, then a row.
  SummedConnection& row(int messages, float log_odds, Nanoseconds at = 40_s) {
    for (int i = 0; i < messages; ++i)
      evidence_.add_message(message_of(0, Direction::kToServer), 0);
    alarms_ += evidence_.add_row(log_odds, 0, {kBegin + at, 1, 0}, kSum) ? 1 : 0;
    return *this;
  }
  double strength() const { return evidence_.strength(kSum); }
  Verdict verdict() const { return evidence_.verdict(kSum); }
  int alarms() const { return alarms_; }

 private:
  Evidence evidence_;
  int alarms_ = 0;
};

TEST(SummedEvidence, CountsARowByWhatIsNewInItAndAtMostHalf) {
  EXPECT_DOUBLE_EQ(SummedConnection().row(8, 2).strength(), 1.0);
  EXPECT_DOUBLE_EQ(SummedConnection().row(16, 2).strength(), 1.0);
  EXPECT_DOUBLE_EQ(SummedConnection().row(8, 2).row(2, 4).strength(), 1.5);
  EXPECT_DOUBLE_EQ(SummedConnection().row(8, 2).row(0, 4).strength(), 1.0);
}

TEST(SummedEvidence, CountsNoMessageThatCameAfterTheRow) {
  Evidence evidence;
  for (int i = 0; i < 9; ++i) evidence.add_message(message_of(0, Direction::kToServer), 0);
  evidence.add_row(0, 8, {kBegin + 40_s, 1, 0}, kSum);
  evidence.add_message(message_of(0, Direction::kToServer), 0);
  evidence.add_row(8, 10, {kBegin + 40_s, 1, 0}, kSum);
  EXPECT_DOUBLE_EQ(evidence.strength(kSum), 1.0);
}

TEST(SummedEvidence, ClipsARowAtNine) {
  EXPECT_DOUBLE_EQ(SummedConnection().row(8, 1e6F).strength(), 4.5);
  EXPECT_DOUBLE_EQ(SummedConnection().row(8, 9).row(6, -1e6F).strength(), 4.5 - 9 * 0.375);
}

TEST(SummedEvidence, ForgetsWhatSpokeAgainstLongAgo) {
  SummedConnection connection;
  for (int i = 0; i < 1000; ++i) connection.row(6, -9);
  EXPECT_EQ(connection.strength(), 0.0);
  for (int i = 0; i < 4; ++i) connection.row(8, 9);
  EXPECT_EQ(connection.verdict(), Verdict::kMining);
}

TEST(SummedEvidence, IsLessANatForEachDoublingOfTheMessages) {
  EXPECT_DOUBLE_EQ(SummedConnection().row(16, 8).strength(), 4.0);
  EXPECT_DOUBLE_EQ(SummedConnection().row(32, 8).strength(), 3.0);
  EXPECT_DOUBLE_EQ(SummedConnection().row(8, 8).row(56, 8).strength(), 8.0 - 2.0);
  EXPECT_DOUBLE_EQ(SummedConnection().row(8, 1).row(1016, 0).strength(), 0.0);
}

TEST(SummedEvidence, MinesAboveTheThresholdNotAtIt) {
  EXPECT_EQ(SummedConnection().row(8, 6).verdict(), Verdict::kSuspicious);
  EXPECT_EQ(SummedConnection().row(8, 6.01F).verdict(), Verdict::kMining);
}

TEST(SummedEvidence, IsSuspiciousAboveHalfTheThreshold) {
  EXPECT_EQ(SummedConnection().row(8, 3).verdict(), Verdict::kClear);
  EXPECT_EQ(SummedConnection().row(8, 3.01F).verdict(), Verdict::kSuspicious);
}

TEST(SummedEvidence, IsUndecidedWhereAnyConnectionIs) {
  EXPECT_EQ(SummedConnection().row(7, 9).verdict(), Verdict::kUndecided);
  EXPECT_EQ(SummedConnection().row(8, 9, 30_s - 1).verdict(), Verdict::kUndecided);
  EXPECT_EQ(SummedConnection().row(8, 9, 30_s).verdict(), Verdict::kMining);
}

TEST(SummedEvidence, AlarmsOnceAndStaysMining) {
  SummedConnection connection;
  connection.row(8, 9).row(8, 9);
  for (int i = 0; i < 100; ++i) connection.row(6, -9);
  EXPECT_EQ(connection.alarms(), 1);
  EXPECT_EQ(connection.verdict(), Verdict::kMining);
}

TEST(SummedEvidence, IgnoresARowThatIsNoNumber) {
  EXPECT_EQ(SummedConnection().row(8, 4).row(8, std::nanf("")).strength(), 2.0);
}

// FrequentSizes

TEST(FrequentSizes, IsEmptyAtFirst) { EXPECT_EQ(FrequentSizes().most_frequent().messages, 0U); }

TEST(FrequentSizes, TellsTheMostFrequentOfThreeExactly) {
  FrequentSizes sizes;
  for (const uint32_t bytes : {5U, 7U, 7U, 9U, 7U, 5U}) sizes.add(bytes);
  EXPECT_EQ(sizes.most_frequent().bytes, 7U);
  EXPECT_EQ(sizes.most_frequent().messages, 3U);
}

RC_GTEST_PROP(FrequentSizes, FindsAValueThatIsMoreThanHalfOfAll, (std::vector<uint32_t> others)) {
  std::vector<uint32_t> all(others.size() + 1, 42U);
  all.insert(all.end(), others.begin(), others.end());
  Random(others.size()).shuffle(std::span(all));
  FrequentSizes sizes;
  for (const uint32_t bytes : all) sizes.add(bytes);
  RC_ASSERT(sizes.most_frequent().bytes == 42U);
}

RC_GTEST_PROP(FrequentSizes, NeverTellsMoreMessagesThanThereWere, ()) {
  const auto all = *rc::gen::container<std::vector<uint32_t>>(rc::gen::inRange(0U, 8U));
  FrequentSizes sizes;
  std::map<uint32_t, uint32_t> count;
  for (const uint32_t bytes : all) {
    sizes.add(bytes);
    ++count[bytes];
  }
  const TypicalSize told = sizes.most_frequent();
  RC_ASSERT(told.messages <= count[told.bytes]);
}

}  // namespace
}  // namespace kanaria::detect
