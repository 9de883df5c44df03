// SPDX-License-Identifier: Apache-2.0
#include "lab/path/path.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/lab/packets.h"

namespace kanaria::lab {
namespace {

using test::ipv4_packet;
using test::ipv6_packet;

constexpr int64_t kMs = 1'000'000;
constexpr std::string_view kClient = "10.20.0.7";
constexpr std::string_view kOther = "10.20.0.8";
constexpr std::string_view kServer = "192.0.2.1";

std::unique_ptr<Path> path(std::string_view links, uint64_t seed = 1) {
  auto table = LinkTable::parse(links, "links.txt");
  EXPECT_TRUE(table) << table.error().sentence;
  return std::make_unique<Path>(*std::move(table), seed);
}

// Times at which packets arrive, by a clock that is set to each time something is due.
std::vector<int64_t> arrivals(Path& path) {
  std::vector<int64_t> times;
  while (const auto next = path.next_ns()) {
    if (path.arrived(*next)) times.push_back(*next);
  }
  return times;
}

TEST(Path, DelayAndHopsOfBothEndsAdd) {
  const auto both = path("10.20.0.7 4000 0 2 0 0\n192.0.2.1 11000 0 9 0 0");
  both->enter(ipv4_packet(kClient, kServer, 64), Side::kFar, 5 * kMs);
  EXPECT_EQ(both->next_ns(), 20 * kMs);
  EXPECT_FALSE(both->arrived(20 * kMs - 1));
  const auto packet = both->arrived(20 * kMs);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->target, Side::kFar);
  EXPECT_EQ(packet->bytes, ipv4_packet(kClient, kServer, 53));
  EXPECT_EQ(both->counts().arrived, (std::array<uint64_t, 2>{0, 1}));
}

TEST(Path, AnEndWithoutLineAddsNothing) {
  const auto one = path("192.0.2.0/24 11000 0 9 0 0\n2001:db8::/32 3000 0 4 0 0");
  one->enter(ipv4_packet(kServer, kClient, 64), Side::kNear, 0);
  one->enter(ipv6_packet("2001:db8::1", "fd00::1", 64), Side::kNear, 0);
  auto packet = one->arrived(3 * kMs);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->bytes, ipv6_packet("2001:db8::1", "fd00::1", 60));
  packet = one->arrived(11 * kMs);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->bytes, ipv4_packet(kServer, kClient, 55));
  EXPECT_EQ(one->counts().arrived, (std::array<uint64_t, 2>{2, 0}));
}

TEST(Path, WithoutALineForEitherEndThereIsNoRoute) {
  const auto some = path("192.0.2.1 0 0 0 0 0");
  some->enter(ipv4_packet(kClient, "192.0.2.2"), Side::kFar, 0);
  some->enter(std::vector<uint8_t>{0x45, 0, 0}, Side::kFar, 0);
  some->enter({}, Side::kFar, 0);
  EXPECT_EQ(some->next_ns(), std::nullopt);
  EXPECT_EQ(some->counts().no_route, 3U);
}

TEST(Path, APacketWhoseHopsOfBothEndsAreTooManyIsTooFar) {
  const auto far = path("10.20.0.7 0 0 2 0 0\n192.0.2.1 0 0 9 0 0");
  far->enter(ipv4_packet(kClient, kServer, 11), Side::kFar, 0);
  far->enter(ipv4_packet(kClient, kServer, 12), Side::kFar, 0);
  EXPECT_EQ(far->counts().too_far, 1U);
  EXPECT_EQ(arrivals(*far).size(), 1U);
}

TEST(Path, LossOfBothEndsCombines) {
  EXPECT_DOUBLE_EQ(combined_loss({.loss = 0.1}, {.loss = 0.2}), 0.28);
  EXPECT_DOUBLE_EQ(combined_loss({.loss = 0}, {.loss = 0.2}), 0.2);
  EXPECT_DOUBLE_EQ(combined_loss({.loss = 1}, {.loss = 0.2}), 1);
}

TEST(Path, LosesAboutTheShareItIsTold) {
  const auto lossy = path("10.20.0.7 0 0 0 0.1 0\n192.0.2.1 0 0 0 0.2 0");
  for (int i = 0; i < 10'000; ++i) lossy->enter(ipv4_packet(kClient, kServer), Side::kFar, i);
  // 2800 expected, standard deviation 45: five of them on both sides, and the seed is fixed.
  EXPECT_NEAR(static_cast<double>(lossy->counts().lost), 2800, 225);
  EXPECT_EQ(arrivals(*lossy).size() + lossy->counts().lost, 10'000U);
}

TEST(Path, WithoutLossNothingIsLostAndWithAllOfItEverything) {
  const auto mixed = path("10.20.0.7 0 0 0 0 0\n10.20.0.8 0 0 0 1 0");
  for (int i = 0; i < 1000; ++i) {
    mixed->enter(ipv4_packet(kClient, kServer), Side::kFar, i);
    mixed->enter(ipv4_packet(kOther, kServer), Side::kFar, i);
  }
  EXPECT_EQ(arrivals(*mixed).size(), 1000U);
  EXPECT_EQ(mixed->counts().lost, 1000U);
}

TEST(Path, JitterOfBothEndsAddsOnTopOfTheDelay) {
  const auto jittery = path("10.20.0.0/16 5000 1000 0 0 0\n192.0.2.1 0 3000 0 0 0");
  int64_t sum_ns = 0;
  constexpr int kPackets = 10'000;
  for (int i = 0; i < kPackets; ++i) {
    // Far enough apart that none waits for the one before it.
    const int64_t sent_ns = i * 1000 * kMs;
    jittery->enter(ipv4_packet(kClient, kServer), Side::kFar, sent_ns);
    const auto times = arrivals(*jittery);
    ASSERT_EQ(times.size(), 1U);
    ASSERT_GE(times[0] - sent_ns, 5 * kMs);
    sum_ns += times[0] - sent_ns;
  }
  // Mean 5 + 1 + 3 ms; its standard error is sqrt(1² + 3²) / 100 = 0.032 ms.
  EXPECT_NEAR(static_cast<double>(sum_ns) / kPackets / kMs, 9.0, 0.16);
}

TEST(Path, JitterNeverReordersThePacketsOfAPair) {
  const auto jittery = path("192.0.2.1 1000 5000 0 0 0");
  for (uint8_t i = 0; i < 250; ++i) {
    auto packet = ipv4_packet(kClient, kServer);
    packet.back() = i;
    jittery->enter(packet, Side::kFar, i * 10'000);
  }
  for (uint8_t i = 0; i < 250; ++i) {
    const auto packet = jittery->arrived(10'000 * kMs);
    ASSERT_TRUE(packet);
    ASSERT_EQ(packet->bytes.back(), i);
  }
}

TEST(Path, TheSameSeedGivesTheSameTimes) {
  const auto times = [](uint64_t seed) {
    const auto jittery = path("192.0.2.1 1000 5000 0 0.1 0", seed);
    for (int i = 0; i < 100; ++i) jittery->enter(ipv4_packet(kClient, kServer), Side::kFar, i);
    return arrivals(*jittery);
  };
  EXPECT_EQ(times(1), times(1));
  EXPECT_NE(times(1), times(2));
}

// 1250 bytes are 10,000 bit: 10 ms at 1000 kbit/s.
TEST(Path, TheRateOfTheSourceSpacesItsPackets) {
  const auto slow = path("10.20.0.7 3000 0 0 0 1000");
  for (int i = 0; i < 3; ++i) slow->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 0);
  slow->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 100 * kMs);
  EXPECT_EQ(arrivals(*slow), (std::vector<int64_t>{13 * kMs, 23 * kMs, 33 * kMs, 113 * kMs}));
}

TEST(Path, TheRateOfTheDestinationSpacesWhatComesFromAllSources) {
  const auto slow = path("10.20.0.0/24 3000 0 0 0 0\n192.0.2.1 0 0 0 0 1000");
  slow->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 0);
  slow->enter(ipv4_packet(kOther, kServer, 64, 1250), Side::kFar, 0);
  EXPECT_EQ(arrivals(*slow), (std::vector<int64_t>{13 * kMs, 23 * kMs}));
}

TEST(Path, TheSlowerEndLimitsAndTheFasterOneAddsItsOwnTimeOnce) {
  const auto both = path("10.20.0.7 0 0 0 0 1000\n192.0.2.1 0 0 0 0 2000");
  for (int i = 0; i < 3; ++i) both->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 0);
  EXPECT_EQ(arrivals(*both), (std::vector<int64_t>{15 * kMs, 25 * kMs, 35 * kMs}));
}

// The rate is used when a packet gets to it, not when it sets out.
TEST(Path, APacketFromAfarDoesNotHoldUpOneFromNearby) {
  const auto shared = path(
      "10.20.0.7 0 0 0 0 1000\n"
      "192.0.2.1 150000 0 0 0 0\n"
      "192.0.2.2 5000 0 0 0 0");
  shared->enter(ipv4_packet("192.0.2.1", kClient, 64, 1250), Side::kNear, 0);
  shared->enter(ipv4_packet("192.0.2.2", kClient, 64, 1250), Side::kNear, 1 * kMs);
  EXPECT_EQ(arrivals(*shared), (std::vector<int64_t>{16 * kMs, 160 * kMs}));
}

TEST(Path, WhoLooksLateFindsWhatArrivedMeanwhile) {
  const auto slow = path("192.0.2.1 5000 0 0 0 1000");
  for (int i = 0; i < 3; ++i) slow->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 0);
  EXPECT_TRUE(slow->arrived(25 * kMs));
  EXPECT_TRUE(slow->arrived(25 * kMs));
  EXPECT_FALSE(slow->arrived(25 * kMs));
  EXPECT_EQ(slow->next_ns(), 35 * kMs);
}

TEST(Path, BothDirectionsOfALinkHaveItsWholeRate) {
  const auto slow = path("10.20.0.7 0 0 0 0 1000");
  slow->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 0);
  slow->enter(ipv4_packet(kServer, kClient, 64, 1250), Side::kNear, 0);
  EXPECT_EQ(arrivals(*slow), (std::vector<int64_t>{10 * kMs, 10 * kMs}));
}

TEST(Path, TheAddressesOfOneLineShareItsRate) {
  const auto slow = path("10.20.0.0/24 0 0 0 0 1000");
  slow->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 0);
  slow->enter(ipv4_packet(kOther, kServer, 64, 1250), Side::kFar, 0);
  EXPECT_EQ(arrivals(*slow), (std::vector<int64_t>{10 * kMs, 20 * kMs}));
}

// Packets of 10 ms: the 26th finds 250 ms before it and is the last to get in.
TEST(Path, AQueueHoldsAQuarterOfASecondAndDropsWhatComesAfter) {
  for (const std::string_view links : {"10.20.0.7 0 0 0 0 1000", "192.0.2.1 0 0 0 0 1000"}) {
    const auto slow = path(links);
    for (int i = 0; i < 40; ++i)
      slow->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 0);
    const auto times = arrivals(*slow);
    EXPECT_EQ(times.size(), 26U);
    EXPECT_EQ(times.back(), 260 * kMs);
    EXPECT_EQ(slow->counts().queue_full, 14U);
  }
}

TEST(Path, AQueueThatDrainedTakesPacketsAgain) {
  const auto slow = path("10.20.0.7 0 0 0 0 1000");
  for (int i = 0; i < 40; ++i) slow->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 0);
  slow->enter(ipv4_packet(kClient, kServer, 64, 1250), Side::kFar, 10 * kMs);
  EXPECT_EQ(arrivals(*slow).back(), 270 * kMs);
}

TEST(Path, WhatWaitsIsBoundedEvenWithoutARate) {
  const auto endless = path("192.0.2.1 60000000 0 0 0 0");
  const auto packet = ipv4_packet(kClient, kServer, 64, 65'000);
  for (int i = 0; i < 5000; ++i) endless->enter(packet, Side::kFar, 0);
  // 2^28 bytes and the packet that went over them.
  EXPECT_EQ(endless->counts().queue_full, 5000U - ((1U << 28) / 65'000U + 1));
}

}  // namespace
}  // namespace kanaria::lab
