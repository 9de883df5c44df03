// SPDX-License-Identifier: Apache-2.0
#include "train/equal_pushes.h"

#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

class EqualPushesRule : public testing::Test {
 protected:
  // A message, so many milliseconds behind the one before.
  void server(Nanoseconds after_ms, uint32_t bytes) {
    say(flow::Direction::kToClient, after_ms, bytes);
  }
  void client(Nanoseconds after_ms, uint32_t bytes) {
    say(flow::Direction::kToServer, after_ms, bytes);
  }
  void say(flow::Direction direction, Nanoseconds after_ms, uint32_t bytes) {
    now_ = now_ + after_ms * 1'000'000;
    pushes_.add({now_, now_, bytes, 1, direction});
  }

  Timestamp now_;
  EqualPushes pushes_;
};

TEST_F(EqualPushesRule, EightAlikeMineAndSevenDoNot) {
  for (int i = 0; i < 7; ++i) server(5000, 250);
  EXPECT_FALSE(pushes_.are_equal());
  server(5000, 250);
  EXPECT_TRUE(pushes_.are_equal());
}

TEST_F(EqualPushesRule, SizesWithinFourBytesAreAlike) {
  for (int i = 0; i < 4; ++i) server(5000, 246);
  for (int i = 0; i < 4; ++i) server(5000, 254);
  EXPECT_FALSE(pushes_.are_equal()) << "no size has more than half of them within reach";
  server(5000, 250);
  EXPECT_TRUE(pushes_.are_equal());
}

TEST_F(EqualPushesRule, ThreeInFourSuffice) {
  for (int i = 0; i < 9; ++i) server(5000, 250);
  for (uint32_t i = 0; i < 3; ++i) server(5000, 400 + 100 * i);
  EXPECT_TRUE(pushes_.are_equal());
  server(5000, 900);
  EXPECT_FALSE(pushes_.are_equal());
}

TEST_F(EqualPushesRule, AnswersAreNoPushes) {
  for (int i = 0; i < 20; ++i) {
    client(5000, 100);
    server(1000, 250);
  }
  EXPECT_FALSE(pushes_.are_equal());
  for (int i = 0; i < 8; ++i) {
    client(5000, 100);
    server(1001, 250);
  }
  EXPECT_TRUE(pushes_.are_equal()) << "what comes later answers nothing";
}

TEST_F(EqualPushesRule, OnlyTheFirstMessageBehindTheClientsIsAnAnswer) {
  for (int i = 0; i < 8; ++i) {
    client(5000, 100);
    server(10, 60);
    server(10, 250);
  }
  EXPECT_TRUE(pushes_.are_equal());
}

}  // namespace
}  // namespace kanaria::train
