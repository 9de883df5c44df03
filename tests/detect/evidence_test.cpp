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

class Connection {
 public:
  Connection() { evidence_.add_segment(kBegin); }
  Connection& messages(int count) {
    for (int i = 0; i < count; ++i) evidence_.add_message({});
    return *this;
  }
  // Rows at a time; true in alarmed() once one of them raised the alarm.
  Connection& rows(int count, float logit, Nanoseconds at = 40_s) {
    for (int i = 0; i < count; ++i)
      alarms_ += evidence_.add_row(logit, {kBegin + at, ++number_, 0}, kThresholds) ? 1 : 0;
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
  EXPECT_EQ(Connection().messages(8).rows(20, 0.0F).evidence().strength(), 0.0);
  EXPECT_EQ(Connection().messages(8).rows(20, 1e-6F).evidence().strength(), 1.0);
}

TEST(Verdict, ALogitThatIsNoNumberIsNotAlarming) {
  EXPECT_EQ(Connection().messages(8).rows(20, std::nanf("")).verdict(), Verdict::kClear);
}

TEST(Verdict, MiningStaysWhateverFollows) {
  const Connection connection = Connection().messages(8).alarming(8).harmless(1000);
  EXPECT_EQ(connection.verdict(), Verdict::kMining);
  EXPECT_LT(connection.evidence().strength(), 0.01);
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

TEST(Reason, SpanCountsFromTheFirstSegment) {
  Evidence evidence;
  evidence.add_segment(kBegin + 10_s);
  evidence.add_segment(kBegin + 20_s);
  evidence.add_row(1, {kBegin + 20_s, 1, 0}, kThresholds);
  EXPECT_EQ(evidence.reason().span, 10_s);
}

Message message_of(uint32_t bytes, Direction direction) {
  Message message;
  message.bytes = bytes;
  message.direction = direction;
  return message;
}

TEST(Reason, TypicalSizesAreOfEachDirection) {
  Evidence evidence;
  for (int i = 0; i < 3; ++i) evidence.add_message(message_of(99, Direction::kToServer));
  for (int i = 0; i < 5; ++i) evidence.add_message(message_of(63, Direction::kToClient));
  const Reason reason = evidence.reason();
  EXPECT_EQ(reason.typical_size[0].bytes, 99U);
  EXPECT_EQ(reason.typical_size[0].messages, 3U);
  EXPECT_EQ(reason.typical_size[1].bytes, 63U);
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
