// SPDX-License-Identifier: Apache-2.0
#include "train/conversation.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/train/sequences.h"

namespace kanaria::train {
namespace {

using flow::Direction;

struct Spoken {
  double time;
  Direction direction;
  uint64_t bytes;
};

class ConversationTest : public testing::Test {
 protected:
  // A dialect of these lines, seen from its beginning for an hour unless they say otherwise.
  SegmentSequence talk(const std::string& lines, uint64_t seed = 1, size_t most = 400) {
    std::string text = "[[dialect]]\nname = \"own\"\nlabel = \"benign\"\n" + lines;
    for (const std::string line :
         {"joined_late = 0", "life_s = 3600", "round_trip_s = 0.1",
          "exchanges = [{ says = [\"> 7\"], timing = \"silence\", every_s = 86400 }]"})
      if (text.find(line.substr(0, line.find(' '))) == text.npos) text += "\n" + line;
    const auto dialects = read_dialects(folder_.write("own.toml", text));
    EXPECT_TRUE(dialects) << dialects.error().sentence;
    Random random(seed);
    return converse(dialects->front(), {}, most, random);
  }
  std::vector<Spoken> spoken(const std::string& lines, uint64_t seed = 1) {
    const SegmentSequence sequence = talk(lines, seed);
    std::vector<Spoken> messages;
    for (const MessageRange& m : messages_of(sequence)) {
      const flow::TimedSegment& first = sequence[m.first];
      messages.push_back({seconds(first.time.ns), first.segment.direction,
                          bytes_of(std::span(sequence).subspan(m.first, m.end - m.first))});
    }
    return messages;
  }
  static std::vector<uint64_t> sizes(const std::vector<Spoken>& messages) {
    std::vector<uint64_t> of_all;
    for (const Spoken& message : messages) of_all.push_back(message.bytes);
    return of_all;
  }

  test::TemporaryFolder folder_;
};

TEST_F(ConversationTest, BeginsWithItsOpening) {
  const auto messages = spoken("opening = [\"> 100\", \"< 200\", \"< 50 x2\", \"> 30\"]");
  EXPECT_THAT(sizes(messages), testing::ElementsAre(100, 200, 50, 50, 30));
  EXPECT_EQ(messages[0].direction, Direction::kToServer);
  EXPECT_EQ(messages[1].direction, Direction::kToClient);
}

TEST_F(ConversationTest, AnAnswerOfTheServerComesARoundTripAndTheTimeItTakesLater) {
  const auto messages = spoken(
      "exchanges = [{ says = [\"> 80\", \"< 20\"], timing = \"regular\", every_s = 30, takes_s = 5 "
      "}]");
  ASSERT_GE(messages.size(), 200U);
  double least = 1e9;
  for (size_t i = 0; i + 1 < messages.size(); i += 2) {
    EXPECT_EQ(messages[i].bytes, 80U);
    EXPECT_EQ(messages[i + 1].bytes, 20U);
    EXPECT_GT(messages[i + 1].time - messages[i].time, 0.1);
    least = std::min(least, messages[i + 1].time - messages[i].time);
  }
  EXPECT_GT(least, 0.2);  // 5 s times a factor, never as small as that in 120 answers
}

TEST_F(ConversationTest, SizesLieInTheirRanges) {
  std::map<Direction, std::pair<uint64_t, uint64_t>> seen{{Direction::kToServer, {9999, 0}},
                                                          {Direction::kToClient, {9999, 0}}};
  for (uint64_t seed = 1; seed <= 300; ++seed)
    for (const Spoken& message : spoken(
             "life_s = 60\nexchanges = [{ says = [\"> 80-90\", \"< 20-24\"], timing = \"regular\", "
             "every_s = 10 }]",
             seed)) {
      auto& [least, most] = seen[message.direction];
      least = std::min(least, message.bytes);
      most = std::max(most, message.bytes);
    }
  EXPECT_EQ(seen[Direction::kToServer], std::pair(uint64_t{80}, uint64_t{90}));
  EXPECT_EQ(seen[Direction::kToClient], std::pair(uint64_t{20}, uint64_t{24}));
}

TEST_F(ConversationTest, PeriodsAreDrawnFromTheirRangeForEachConnection) {
  double least = 1e9, most = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const auto messages = spoken(
        "exchanges = [{ says = [\"> 80\"], timing = \"regular\", every_s = [10, 40] }]", seed);
    const double period =
        (messages.back().time - messages.front().time) / static_cast<double>(messages.size() - 1);
    least = std::min(least, period);
    most = std::max(most, period);
  }
  EXPECT_NEAR(least, 10, 1);
  EXPECT_NEAR(most, 40, 4);
}

// Difficulty that is adjusted: from a share a second to one a minute.
TEST_F(ConversationTest, APeriodSettles) {
  const auto messages = spoken(
      "exchanges = [{ says = [\"> 80\"], timing = \"regular\", every_s = 1, settles_s = 60 }]");
  ASSERT_GT(messages.size(), 30U);
  EXPECT_NEAR(messages[1].time - messages[0].time, 1, 0.2);
  EXPECT_NEAR(messages.back().time - messages[messages.size() - 2].time, 60, 7);
}

TEST_F(ConversationTest, AnExchangeThatWaitsBeginsAPeriodBehindItsLastMessage) {
  const auto messages = spoken(
      "exchanges = [{ says = [\"> 80\", \"< 20\"], timing = \"regular\", every_s = 1, takes_s = "
      "20, waits = true }]");
  ASSERT_GT(messages.size(), 10U);
  for (size_t i = 2; i < messages.size(); i += 2)
    EXPECT_NEAR(messages[i].time - messages[i - 1].time, 1, 0.11);
}

TEST_F(ConversationTest, SilenceIsBrokenOnlyWhenTheSideHasSaidNothingForSoLong) {
  const auto messages = spoken(
      "exchanges = [{ says = [\"> 99\"], timing = \"silence\", every_s = 60 }, "
      "{ says = [\"> 80\"], timing = \"exponential\", every_s = 60 }]");
  size_t broken = 0;
  for (size_t i = 1; i < messages.size(); ++i)
    if (messages[i].bytes == 99) {
      ++broken;
      EXPECT_GT(messages[i].time - messages[i - 1].time, 50);
    }
  EXPECT_GT(broken, 3U);
}

TEST_F(ConversationTest, ShareOfAnswersIsThatOfTheDialect) {
  size_t asked = 0, answered = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed)
    for (const Spoken& message : spoken(
             "exchanges = [{ says = [\"> 80\", \"< 20 30%\"], timing = \"regular\", every_s = 10 "
             "}]",
             seed))
      ++(message.bytes == 80 ? asked : answered);
  EXPECT_NEAR(static_cast<double>(answered) / static_cast<double>(asked), 0.3, 0.03);
}

TEST_F(ConversationTest, SomeConnectionsLackAnExchange) {
  int with = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    const auto of_all = sizes(spoken(
        "life_s = 100\nexchanges = [{ says = [\"> 80\"], timing = \"regular\", every_s = 10 }, "
        "{ says = [\"> 33\"], timing = \"regular\", every_s = 10, of_connections = 0.25 }]",
        seed));
    EXPECT_THAT(of_all, testing::Contains(80));
    with += std::ranges::count(of_all, 33U) > 0;
  }
  EXPECT_NEAR(with, 100, 35);  // 4 σ
}

TEST_F(ConversationTest, AMessageBeyondASegmentBecomesSeveral) {
  const SegmentSequence sequence = talk("opening = [\"> 100\", \"< 5000\"]");
  EXPECT_GT(sequence.size(), 4U);
  EXPECT_THAT(message_sizes(sequence), testing::ElementsAre(100, 5000));
  for (const flow::TimedSegment& segment : sequence)
    EXPECT_LE(segment.segment.bytes, segment.largest);
}

// The public Coinhive capture: what TLS 1.2 (29) and WebSocket (6 to 8, 2 to 4) make of its JSON.
TEST_F(ConversationTest, WebSocketAndTlsMakeTheThesissSizesOfCoinhivesMessages) {
  const std::string lines = "tls = 1\nwebsocket = 1\nopening = [\"> 162\", \"< 234\", \"< 48\"]\n";
  bool gcm = false;
  for (uint64_t seed = 1; seed <= 60 && !gcm; ++seed) {
    auto of_all = sizes(spoken(lines, seed));
    ASSERT_GT(of_all.size(), 5U);
    of_all.erase(of_all.begin(), of_all.end() - 3);
    gcm = of_all == std::vector<uint64_t>{199, 267, 79};
  }
  EXPECT_TRUE(gcm);
}

TEST_F(ConversationTest, OverheadIsOnEachMessageOfItsSide) {
  EXPECT_THAT(sizes(spoken("overhead = { client = 5, server = 17 }\nopening = [\"> 10\", \"< 10\", "
                           "\"> 20\"]")),
              testing::ElementsAre(15, 27, 25));
}

TEST_F(ConversationTest, AConnectionJoinedLateHasNoOpening) {
  for (uint64_t seed = 1; seed <= 20; ++seed)
    EXPECT_THAT(sizes(spoken("joined_late = 1\ntls = 1\nopening = [\"> 999\"]\nexchanges = [{ says "
                             "= [\"> 80\"], timing = \"regular\", every_s = 10 }]",
                             seed)),
                testing::Each(testing::Lt(120)));
}

TEST_F(ConversationTest, EndsWithItsLifeOrItsMessages) {
  const std::string lines =
      "life_s = 500\nexchanges = [{ says = [\"> 80\"], timing = \"regular\", every_s = 1 }]";
  EXPECT_EQ(message_sizes(talk(lines, 1, 100)).size(), 100U);
  const auto whole = talk(lines, 1, 10'000);
  EXPECT_NEAR(static_cast<double>(message_sizes(whole).size()), 500, 5);
  EXPECT_LT(seconds(whole.back().time.ns), 500);
}

TEST_F(ConversationTest, IsInTheOrderOfTimeAndNumbered) {
  const SegmentSequence sequence = talk(
      "opening = [\"> 100\", \"< 90000\"]\nexchanges = [{ says = [\"> 80\", \"< 3000\"], timing = "
      "\"bursts\", every_s = 0.01 }, { says = [\"< 2000\"], timing = \"exponential\", every_s = "
      "0.01 }]");
  ASSERT_GT(sequence.size(), 100U);
  EXPECT_EQ(sequence[0].number, 1U);
  for (size_t i = 1; i < sequence.size(); ++i) {
    EXPECT_EQ(sequence[i].number, i + 1);
    EXPECT_GE(sequence[i].time, sequence[i - 1].time);
  }
}

TEST_F(ConversationTest, KnowsItsRoundTrip) {
  for (const flow::TimedSegment& segment : talk("opening = [\"> 100\", \"< 90\"]"))
    EXPECT_EQ(segment.round_trip, kSecond / 10);
}

}  // namespace
}  // namespace kanaria::train
