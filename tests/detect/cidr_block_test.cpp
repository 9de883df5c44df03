// SPDX-License-Identifier: Apache-2.0
#include "detect/cidr_block.h"

#include <gtest/gtest.h>

namespace kanaria::detect {
namespace {

bool holds(std::string_view block, std::string_view address) {
  return (*parse_cidr_block(block)).contains(*parse_ip_address(address));
}

std::string fault(std::string_view text) {
  const auto block = parse_cidr_block(text);
  return block ? "" : block.error().sentence;
}

TEST(CidrBlock, HoldsTheAddressesOfItsPrefixOnly) {
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.0"));
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.1.255"));
  EXPECT_TRUE(holds("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(holds("2001:db8::/32", "2001:db9::"));
}

TEST(CidrBlock, APrefixMayEndWithinAByte) {
  EXPECT_TRUE(holds("10.8.0.0/13", "10.15.255.255"));
  EXPECT_FALSE(holds("10.8.0.0/13", "10.16.0.0"));
  EXPECT_TRUE(holds("192.0.2.128/25", "192.0.2.200"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("192.0.2.6/31", "192.0.2.7"));
}

TEST(CidrBlock, WithoutAPrefixIsOneAddress) {
  EXPECT_TRUE(holds("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(holds("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(holds("2001:db8::1", "2001:db8::1"));
  EXPECT_FALSE(holds("2001:db8::1", "2001:db8::"));
}

TEST(CidrBlock, OfNoBitsHoldsAllAddressesOfItsVersion) {
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(holds("::/0", "2001:db8::1"));
  EXPECT_FALSE(holds("::/0", "203.0.113.9"));
}

TEST(CidrBlock, WhatIsNoneIsRefused) {
  for (const std::string_view text :
       {"", "/", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/24 ",
        "192.0.2.0/2x", "192.0.2/24", "192.0.2.0/24/24", "2001:db8::/129", "2001:db8::/",
        "example.org", "192.0.2.0/4294967296"})
    EXPECT_EQ(fault(text), "is no block of addresses such as 192.0.2.0/24 or 2001:db8::/32")
        << text;
}

TEST(CidrBlock, BitsBehindThePrefixAreRefusedAndTheBlockThatWasMeantIsNamed) {
  EXPECT_EQ(fault("192.0.2.7/24"), "has bits set behind its prefix; write 192.0.2.0/24");
  EXPECT_EQ(fault("2001:db8::1/64"), "has bits set behind its prefix; write 2001:db8::/64");
}

}  // namespace
}  // namespace kanaria::detect
