// SPDX-License-Identifier: Apache-2.0
#include "base/ip_address.h"

#include <gtest/gtest.h>

#include "tests/base/bytes.h"

namespace kanaria {
namespace {

std::string parsed_and_printed(std::string_view text) {
  const auto address = parse_ip_address(text);
  return address ? to_string(*address) : "none";
}

TEST(IpAddress, V4IsPrintedAsDottedQuad) {
  const auto octets = test::hex("c0000201");
  EXPECT_EQ(to_string(IpAddress::v4(octets.data())), "192.0.2.1");
}

TEST(IpAddress, V4KnowsItsVersion) {
  const auto octets = test::hex("c0000201");
  EXPECT_TRUE(IpAddress::v4(octets.data()).is_v4());
}

TEST(IpAddress, V6IsNotV4) {
  const auto octets = test::hex("20010db8 00000000 00000000 00000001");
  EXPECT_FALSE(IpAddress::v6(octets.data()).is_v4());
  EXPECT_FALSE(IpAddress{}.is_v4());
}

// RFC 5952 §4: lower case, no leading zeros, the longest run of zeros shortened, the first of
// equals.
TEST(IpAddress, V6IsPrintedAsRfc5952Says) {
  EXPECT_EQ(parsed_and_printed("2001:0DB8:0:0:0:0:0:0001"), "2001:db8::1");
  EXPECT_EQ(parsed_and_printed("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(parsed_and_printed("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");
  EXPECT_EQ(parsed_and_printed("::"), "::");
}

TEST(IpAddress, MappedTextIsTheV4Address) {
  EXPECT_EQ(parse_ip_address("::ffff:192.0.2.1"), parse_ip_address("192.0.2.1"));
}

TEST(IpAddress, TextThatIsNoAddressIsRefused) {
  for (const char* wrong : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4 ", " 1.2.3.4",
                            "::1::2", "2001:db8", "[::1]", "fe80::1%eth0", "host"})
    EXPECT_EQ(parsed_and_printed(wrong), "none") << "'" << wrong << "'";
}

TEST(IpAddress, TextWithANulInsideIsRefused) {
  EXPECT_EQ(parsed_and_printed(std::string_view("192.0.2.1\0x", 11)), "none");
}

TEST(IpAddress, EndpointPutsV6InBrackets) {
  EXPECT_EQ(endpoint_text(*parse_ip_address("192.0.2.1"), 443), "192.0.2.1:443");
  EXPECT_EQ(endpoint_text(*parse_ip_address("2001:db8::1"), 443), "[2001:db8::1]:443");
}

TEST(IpAddress, OrderIsThatOfTheBytes) {
  EXPECT_LT(*parse_ip_address("9.255.255.255"), *parse_ip_address("10.0.0.0"));
  EXPECT_LT(*parse_ip_address("10.0.0.0"), *parse_ip_address("2001:db8::"));
}

}  // namespace
}  // namespace kanaria
