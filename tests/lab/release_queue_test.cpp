// SPDX-License-Identifier: Apache-2.0
#include "lab/path/release_queue.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/lab/packets.h"

namespace kanaria::lab {
namespace {

using test::address;

Packet numbered(uint8_t number) { return {{number}, Side::kFar, nullptr}; }

Ends ends(std::string_view source, std::string_view destination) {
  return {address(source), address(destination)};
}

std::vector<int> taken_until(ReleaseQueue& queue, int64_t now_ns) {
  std::vector<int> numbers;
  while (queue.is_due(now_ns)) numbers.push_back(queue.take().packet.bytes[0]);
  return numbers;
}

TEST(ReleaseQueue, HandsOutInTheOrderOfTimeAndNotBefore) {
  ReleaseQueue queue;
  queue.add(numbered(1), 300);
  queue.add(numbered(2), 100);
  queue.add(numbered(3), 200);
  EXPECT_EQ(queue.next_ns(), 100);
  EXPECT_EQ(taken_until(queue, 99), (std::vector<int>{}));
  EXPECT_EQ(taken_until(queue, 200), (std::vector<int>{2, 3}));
  EXPECT_EQ(queue.next_ns(), 300);
  EXPECT_EQ(taken_until(queue, 1000), (std::vector<int>{1}));
  EXPECT_EQ(queue.next_ns(), std::nullopt);
}

TEST(ReleaseQueue, PacketsOfOneInstantKeepTheOrderTheyCameIn) {
  ReleaseQueue queue;
  std::vector<int> expected;
  for (uint8_t i = 0; i < 100; ++i) {
    queue.add(numbered(i), 500);
    expected.push_back(i);
  }
  EXPECT_EQ(taken_until(queue, 500), expected);
}

TEST(ReleaseQueue, APacketWaitsForTheOneBeforeItOfTheSameEnds) {
  ReleaseQueue queue;
  const Ends there = ends("10.20.0.7", "192.0.2.1");
  queue.add_behind(there, numbered(1), 900, 0);
  queue.add_behind(there, numbered(2), 300, 10);
  EXPECT_EQ(taken_until(queue, 899), (std::vector<int>{}));
  EXPECT_EQ(taken_until(queue, 900), (std::vector<int>{1, 2}));
}

TEST(ReleaseQueue, OtherEndsAndTheOtherDirectionDoNotWait) {
  ReleaseQueue queue;
  queue.add_behind(ends("10.20.0.7", "192.0.2.1"), numbered(1), 900, 0);
  queue.add_behind(ends("192.0.2.1", "10.20.0.7"), numbered(2), 300, 0);
  queue.add_behind(ends("10.20.0.7", "192.0.2.2"), numbered(3), 400, 0);
  EXPECT_EQ(taken_until(queue, 899), (std::vector<int>{2, 3}));
}

TEST(ReleaseQueue, RandomTimesNeverReorderThePacketsOfOnePair) {
  ReleaseQueue queue;
  std::mt19937_64 random(7);
  std::vector<std::vector<int>> seen(3);
  std::vector<std::vector<int>> sent(3);
  for (int64_t now = 0; now < 4000; ++now) {
    const size_t pair = random() % 3;
    const uint8_t number = static_cast<uint8_t>(sent[pair].size() % 256);
    Packet packet{{number, static_cast<uint8_t>(pair)}, Side::kFar, nullptr};
    sent[pair].push_back(number);
    const auto late = static_cast<int64_t>(random() % 500);
    queue.add_behind({address("10.20.0.7"), IpAddress{{static_cast<uint8_t>(pair)}}},
                     std::move(packet), now + late, now);
    const int64_t until = now < 3999 ? now : now + 500;
    while (queue.is_due(until)) {
      const ReleaseQueue::Due due = queue.take();
      seen[due.packet.bytes[1]].push_back(due.packet.bytes[0]);
    }
  }
  EXPECT_EQ(seen, sent);
}

TEST(ReleaseQueue, EndsArePastAndForgottenOnceTheirPacketsHaveLeft) {
  ReleaseQueue queue;
  for (uint32_t i = 0; i < 100'000; ++i) {
    IpAddress source;
    for (size_t byte = 0; byte < 4; ++byte)
      source.bytes[byte] = static_cast<uint8_t>(i >> (8 * byte));
    queue.add_behind({source, address("192.0.2.1")}, numbered(0), i + 10, i);
    while (queue.is_due(i)) queue.take();
    ASSERT_LE(queue.remembered_ends(), 1100U) << i;
  }
  EXPECT_LE(queue.waiting_bytes(), 10U);
}

TEST(ReleaseQueue, CountsTheBytesThatWait) {
  ReleaseQueue queue;
  queue.add({std::vector<uint8_t>(1500), Side::kNear, nullptr}, 1);
  queue.add({std::vector<uint8_t>(40), Side::kNear, nullptr}, 2);
  EXPECT_EQ(queue.waiting_bytes(), 1540U);
  queue.take();
  EXPECT_EQ(queue.waiting_bytes(), 40U);
}

}  // namespace
}  // namespace kanaria::lab
