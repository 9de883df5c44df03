// SPDX-License-Identifier: Apache-2.0
#include "lab/path/ip_header.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/lab/packets.h"

namespace kanaria::lab {
namespace {

using test::address;
using test::ipv4_packet;
using test::ipv6_packet;
using test::write_checksum;

TEST(IpHeader, TellsTheEndsOfBothVersions) {
  EXPECT_EQ(ends_of(ipv4_packet("10.20.0.7", "198.51.100.9")),
            (Ends{address("10.20.0.7"), address("198.51.100.9")}));
  EXPECT_EQ(ends_of(ipv6_packet("2001:db8::7", "2001:db8:1::9")),
            (Ends{address("2001:db8::7"), address("2001:db8:1::9")}));
}

TEST(IpHeader, ACutHeaderHasNoEnds) {
  const auto v4 = ipv4_packet("10.20.0.7", "198.51.100.9");
  for (size_t bytes = 0; bytes < 20; ++bytes) EXPECT_FALSE(ends_of({v4.data(), bytes})) << bytes;
  EXPECT_TRUE(ends_of({v4.data(), 20}));
  const auto v6 = ipv6_packet("2001:db8::7", "2001:db8:1::9");
  for (size_t bytes = 0; bytes < 40; ++bytes) EXPECT_FALSE(ends_of({v6.data(), bytes})) << bytes;
  EXPECT_TRUE(ends_of({v6.data(), 40}));
}

TEST(IpHeader, AnotherVersionHasNoEnds) {
  auto packet = ipv6_packet("2001:db8::7", "2001:db8:1::9");
  for (const unsigned version : {0U, 1U, 5U, 7U, 15U}) {
    packet[0] = static_cast<uint8_t>(version << 4);
    EXPECT_FALSE(ends_of(packet)) << version;
  }
}

// All TTLs and hops on headers of random words: sums that wrap, and checksums of 0, are among them.
TEST(IpHeader, TheMendedChecksumIsThatOfTheNewHeader) {
  std::mt19937_64 random(1);
  for (unsigned ttl = 1; ttl < 256; ++ttl) {
    for (unsigned hops = 0; hops < ttl; ++hops) {
      auto packet = ipv4_packet("10.20.0.7", "198.51.100.9", static_cast<uint8_t>(ttl));
      for (const size_t place : {4U, 5U, 12U, 13U, 14U, 15U})
        packet[place] = static_cast<uint8_t>(random());
      write_checksum(packet);

      ASSERT_TRUE(take_hops(packet, hops));
      ASSERT_EQ(packet[8], ttl - hops);
      auto expected = packet;
      write_checksum(expected);
      ASSERT_EQ(packet, expected) << ttl << " - " << hops;
    }
  }
}

TEST(IpHeader, AChecksumThatBecomesZeroIsZeroAndNotItsOtherForm) {
  auto packet = ipv4_packet("10.20.0.7", "198.51.100.9", 64);
  // The identification takes up what is missing for a sum of ffff once four hops are gone.
  ASSERT_TRUE(take_hops(packet, 4));
  const unsigned missing = packet[10] * 256U + packet[11];
  auto chosen = ipv4_packet("10.20.0.7", "198.51.100.9", 64);
  chosen[4] = static_cast<uint8_t>(missing >> 8);
  chosen[5] = static_cast<uint8_t>(missing);
  write_checksum(chosen);

  ASSERT_TRUE(take_hops(chosen, 4));
  EXPECT_EQ(chosen[10], 0);
  EXPECT_EQ(chosen[11], 0);
}

TEST(IpHeader, OptionsAndPayloadStayAsTheyWere) {
  auto packet = ipv4_packet("10.20.0.7", "198.51.100.9");
  for (size_t i = 20; i < packet.size(); ++i) packet[i] = static_cast<uint8_t>(i);
  auto expected = packet;
  expected[8] = 55;
  write_checksum(expected);
  ASSERT_TRUE(take_hops(packet, 9));
  EXPECT_EQ(packet, expected);
}

TEST(IpHeader, OfIpv6OnlyTheHopLimitFalls) {
  auto expected = ipv6_packet("2001:db8::7", "2001:db8:1::9", 64);
  auto packet = expected;
  ASSERT_TRUE(take_hops(packet, 14));
  expected[7] = 50;
  EXPECT_EQ(packet, expected);
}

TEST(IpHeader, APacketWhoseHopsRunOutOnTheWayIsLeftAsItIs) {
  for (auto packet : {ipv4_packet("10.20.0.7", "198.51.100.9", 5),
                      ipv6_packet("2001:db8::7", "2001:db8:1::9", 5)}) {
    const auto before = packet;
    EXPECT_FALSE(take_hops(packet, 5));
    EXPECT_FALSE(take_hops(packet, 508));
    EXPECT_EQ(packet, before);
    EXPECT_TRUE(take_hops(packet, 4));
  }
}

}  // namespace
}  // namespace kanaria::lab
