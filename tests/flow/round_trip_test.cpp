// SPDX-License-Identifier: Apache-2.0
// docs/definitions.md, "Round trip".
#include "flow/round_trip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flow/connection_table.h"
#include "tests/flow/conversation.h"

namespace kanaria::flow {
namespace {

using testing::ElementsAre;

// What each message of the conversation knows; 0: unknown.
std::vector<Nanoseconds> round_trips(const Conversation& c) {
  ConnectionTable table({});
  FlowBatch batch;
  table.process(c.packets(), {}, batch);
  std::vector<Nanoseconds> known;
  for (const MessageEvent& event : batch.messages) known.push_back(event.round_trip);
  return known;
}

// What is known at the end: a message of the server that acknowledges nothing is added.
Nanoseconds measured(Conversation c) {
  c.server(5).flags(decode::kPsh).after(7_s);
  return round_trips(c).back();
}

TEST(RoundTrip, IsThatOfTheHandshake) {
  Conversation c;
  c.syn().syn_ack().after(30_ms).ack();
  EXPECT_EQ(measured(c), 30_ms);
}

TEST(RoundTrip, IsThatOfASegmentToTheFirstPacketThatAcknowledgesItsEnd) {
  Conversation c;
  c.client(100).server_ack().acking(kClientIsn + 100).after(20_ms);  // one byte short
  c.server_ack().after(25_ms).server_ack().after(10_ms);
  EXPECT_EQ(measured(c), 45_ms);
}

TEST(RoundTrip, IsTheLeastOfThoseMeasured) {
  Conversation c;
  c.syn().syn_ack().after(30_ms).ack();
  c.client(10).server_ack().after(20_ms).client(10).server_ack().after(50_ms);
  EXPECT_EQ(measured(c), 20_ms);
}

TEST(RoundTrip, IsUnknownUntilOneWasMeasured) {
  Conversation c;
  c.client(10).server(20).after(40_ms).client(30);
  EXPECT_THAT(round_trips(c), ElementsAre(0, 40_ms, 40_ms));
}

TEST(RoundTrip, OfWhatTheServerSendsIsNone) {
  Conversation c;
  c.server(10).ack().after(40_ms).server(10).client(10).after(40_ms);
  EXPECT_EQ(measured(c), 0);
}

TEST(RoundTrip, PacketsWithoutTheAckFlagAcknowledgeNothing) {
  Conversation c;
  c.client(10).server_rst().after(10_ms);
  EXPECT_EQ(measured(c), 0);
}

TEST(RoundTrip, AcksAndKeepAlivesOfTheClientBeginNoMeasurement) {
  Conversation c;
  c.ack().server_ack().after(10_ms).client_range(0, 10).server_ack().after(30_ms);
  c.client_range(9, 10).server_ack().after(10_ms);  // a keep-alive
  EXPECT_EQ(measured(c), 30_ms);
}

// Karn & Partridge 1987: which of the two was acknowledged cannot be told.
TEST(RoundTrip, ARetransmissionGivesTheMeasurementUpAndBeginsNone) {
  Conversation c;
  c.client_range(0, 10).client_range(0, 10).after(200_ms).server_ack().after(10_ms);
  EXPECT_EQ(measured(c), 0);
  c.client_range(10, 20).server_ack().after(30_ms);
  EXPECT_EQ(measured(c), 30_ms) << "the next segment is measured";
}

TEST(RoundTrip, ASynSentAgainGivesTheMeasurementUp) {
  Conversation c;
  c.syn().syn().after(1_s).syn_ack().after(10_ms).ack();
  EXPECT_EQ(measured(c), 0);
}

TEST(RoundTrip, WhileOneIsUnderWayNoOtherBegins) {
  Conversation c;
  c.client(10).client(10).after(30_ms);
  c.server_ack().acking(kClientIsn + 11).after(10_ms).server_ack().after(1_ms);
  EXPECT_EQ(measured(c), 40_ms) << "not the 11 ms of the second segment";
}

TEST(RoundTrip, SequenceNumbersMayWrap) {
  Conversation c;
  c.isn(0xffff'fff0, 77).client(100);
  c.server_ack().acking(0xffff'fff5).after(10_ms).server_ack().after(20_ms);
  EXPECT_EQ(measured(c), 30_ms) << "its end lies behind the wrap";
}

// Captures claim any time they like.
TEST(RoundTrip, ThatTookNoTimeOrLessIsKnownToBeShort) {
  for (const Nanoseconds pause : {Nanoseconds{0}, -5_ms}) {
    Conversation c;
    c.client(10).server_ack().after(pause);
    EXPECT_EQ(measured(c), 1) << pause;
  }
}

TEST(RoundTrip, MeasuresNothingThatWasNotSent) {
  RoundTrip round_trip;
  round_trip.acknowledged(100, Timestamp{5});
  EXPECT_EQ(round_trip.least(), 0);
  round_trip.sent(100, Timestamp{10});
  round_trip.acknowledged(99, Timestamp{12});
  EXPECT_EQ(round_trip.least(), 0);
  round_trip.acknowledged(101, Timestamp{17});
  EXPECT_EQ(round_trip.least(), 7) << "an acknowledgement of more is one as well";
}

}  // namespace
}  // namespace kanaria::flow
