// SPDX-License-Identifier: Apache-2.0
#include "record/crypto_pan.h"

#include <array>
#include <bit>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/ip_address.h"
#include "base/random.h"
#include "tests/record/traced_frame.h"

namespace kanaria::test {
namespace {

using record::CryptoPan;
using record::CryptoPanKey;

// Of the sample in the authors' own distribution of Crypto-PAn 1.0.
constexpr CryptoPanKey kPublishedKey{21,  34, 23,  141, 51, 164, 207, 128, 19,  10,  91,
                                     22,  73, 144, 125, 16, 216, 152, 143, 131, 121, 121,
                                     101, 39, 98,  87,  76, 45,  42,  132, 34,  2};

CryptoPan names_by(const CryptoPanKey& key) { return *CryptoPan::create(key); }

IpAddress renamed(CryptoPan& names, IpAddress address) {
  if (address.is_v4())
    names.rename_v4(std::span(address.bytes).subspan<12, 4>());
  else
    names.rename_v6(address.bytes);
  return address;
}

std::string renamed(CryptoPan& names, std::string_view address) {
  return to_string(renamed(names, *parse_ip_address(address)));
}

struct Vector {
  const char* from;
  const char* to;
};

// sample_trace_raw.dat and sample_trace_sanitized.dat of that distribution, each address once.
constexpr Vector kPublished[] = {
    {"128.11.68.132", "135.242.180.132"},   {"129.118.74.4", "134.136.186.123"},
    {"130.132.252.244", "133.68.164.234"},  {"141.223.7.43", "141.167.8.160"},
    {"141.233.145.108", "141.129.237.235"}, {"152.163.225.39", "151.140.114.167"},
    {"156.29.3.236", "147.225.12.42"},      {"165.247.96.84", "162.9.99.234"},
    {"166.107.77.190", "160.132.178.185"},  {"192.102.249.13", "252.138.62.131"},
    {"192.215.32.125", "252.43.47.189"},    {"192.233.80.103", "252.25.108.8"},
    {"192.41.57.43", "252.222.221.184"},    {"193.150.244.223", "253.169.52.216"},
    {"195.205.63.100", "255.186.223.5"},    {"198.200.171.101", "249.199.68.213"},
    {"198.26.132.101", "249.36.123.202"},   {"198.36.213.5", "249.7.21.132"},
    {"198.51.77.238", "249.18.186.254"},    {"199.217.79.101", "248.38.184.213"},
    {"202.49.198.20", "245.206.7.234"},     {"203.12.160.252", "244.248.163.4"},
    {"204.184.162.189", "243.192.77.90"},   {"204.202.136.230", "243.178.4.198"},
    {"204.29.20.4", "243.33.20.123"},       {"205.178.38.67", "242.108.198.51"},
    {"205.188.147.153", "242.96.16.101"},   {"205.188.248.25", "242.96.88.27"},
    {"205.245.121.43", "242.21.121.163"},   {"207.105.49.5", "241.118.205.138"},
    {"207.135.65.238", "241.202.129.222"},  {"207.155.9.214", "241.220.250.22"},
    {"207.188.7.45", "241.255.249.220"},    {"207.25.71.27", "241.33.119.156"},
    {"207.33.151.131", "241.1.233.131"},    {"208.147.89.59", "227.237.98.191"},
    {"208.234.120.210", "227.154.67.17"},   {"208.28.185.184", "227.39.94.90"},
    {"208.52.56.122", "227.8.63.165"},      {"209.12.231.7", "226.243.167.8"},
    {"209.238.72.3", "226.6.119.243"},      {"209.246.74.109", "226.22.124.76"},
    {"209.68.60.238", "226.184.220.233"},   {"209.85.249.6", "226.170.70.6"},
    {"212.120.124.31", "228.135.163.231"},  {"212.146.8.236", "228.19.4.234"},
    {"212.186.227.154", "228.59.98.98"},    {"212.204.172.118", "228.71.195.169"},
    {"212.206.130.201", "228.69.242.193"},  {"216.148.237.145", "235.84.194.111"},
    {"216.157.30.252", "235.89.31.26"},     {"216.184.159.48", "235.96.225.78"},
    {"216.227.10.221", "235.28.253.36"},    {"216.254.18.172", "235.7.16.162"},
    {"216.32.132.250", "235.192.139.38"},   {"216.35.217.178", "235.195.157.81"},
    {"24.0.250.221", "100.15.198.226"},     {"24.13.62.231", "100.2.192.247"},
    {"24.14.213.138", "100.1.42.141"},      {"24.5.0.80", "100.9.15.210"},
    {"24.7.198.88", "100.10.6.25"},         {"24.94.26.44", "100.88.228.35"},
    {"38.15.67.68", "64.3.66.187"},         {"4.3.88.225", "124.60.155.63"},
    {"63.14.55.111", "95.9.215.7"},         {"63.195.241.44", "95.179.238.44"},
    {"63.97.7.140", "95.97.9.123"},         {"64.14.118.196", "0.255.183.58"},
    {"64.34.154.117", "0.221.154.117"},     {"64.39.15.238", "0.219.7.41"},
};

TEST(CryptoPan, GivesThePublishedNames) {
  CryptoPan names = names_by(kPublishedKey);
  for (const auto& [from, to] : kPublished) EXPECT_EQ(renamed(names, from), to) << from;
}

// The 128-bit form has no vectors of its authors: these stand in the tests of Yawning Angel's Go
// implementation, and yacryptopan's documentation.
TEST(CryptoPan, GivesIpv6TheNamesOfOtherImplementations) {
  CryptoPan names = names_by(kPublishedKey);
  EXPECT_EQ(renamed(names, "::1"), "78ff:f001:9fc0:20df:8380:b1f1:704:ed");
  EXPECT_EQ(renamed(names, "::2"), "78ff:f001:9fc0:20df:8380:b1f1:704:ef");
  EXPECT_EQ(renamed(names, "::ffff"), "78ff:f001:9fc0:20df:8380:b1f1:704:f838");
  EXPECT_EQ(renamed(names, "2001:db8::1"), "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e");
  EXPECT_EQ(renamed(names, "2001:db8::2"), "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c");
}

TEST(CryptoPan, GivesTheNamesOfYacryptopansKey) {
  CryptoPan names = names_by(counting_key());
  EXPECT_EQ(renamed(names, "192.0.2.1"), "2.90.93.17");
  EXPECT_EQ(renamed(names, "2001:db8::1"), "dd92:2c44:3fc0:ff1e:7ff9:c7f0:8180:7e00");
}

int common_bits(const IpAddress& a, const IpAddress& b) {
  const uint64_t high = a.half(0) ^ b.half(0);
  return high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(a.half(1) ^ b.half(1));
}

// Pairs that share any number of bits, and no more than those.
template <typename Choose>
void expect_prefixes_kept(int first_bit, Choose choose) {
  CryptoPan names = names_by(counting_key());
  Random random(3);
  for (int i = 0; i < 3000; ++i) {
    const IpAddress one = choose(random);
    IpAddress other = choose(random);
    const int shared =
        first_bit + static_cast<int>(random.below(128 - static_cast<uint64_t>(first_bit)));
    for (int bit = 0; bit <= shared; ++bit) {
      const auto mask = static_cast<uint8_t>(0x80 >> bit % 8);
      const auto at = static_cast<size_t>(bit / 8);
      const uint8_t wanted = bit < shared ? one.bytes[at] : static_cast<uint8_t>(~one.bytes[at]);
      other.bytes[at] = static_cast<uint8_t>((other.bytes[at] & ~mask) | (wanted & mask));
    }
    ASSERT_EQ(common_bits(one, other), shared);
    ASSERT_EQ(common_bits(renamed(names, one), renamed(names, other)), shared)
        << to_string(one) << " " << to_string(other);
  }
}

TEST(CryptoPan, KeepsPrefixesOfIpv4AndNoMore) {
  expect_prefixes_kept(96, [](Random& random) {
    const auto bits = static_cast<uint32_t>(random.below(uint64_t{1} << 32));
    uint8_t octets[4];
    std::memcpy(octets, &bits, 4);
    return IpAddress::v4(octets);
  });
}

TEST(CryptoPan, KeepsPrefixesOfIpv6AndNoMore) {
  expect_prefixes_kept(0, [](Random& random) {
    IpAddress address;
    for (uint8_t& byte : address.bytes) byte = static_cast<uint8_t>(random.below(256));
    return address;
  });
}

// More addresses than are remembered, so that places are taken over and computed again.
TEST(CryptoPan, NamesAreOneToOneAndTheSameEachTime) {
  CryptoPan names = names_by(counting_key());
  std::set<uint32_t> seen;
  std::vector<std::array<uint8_t, 4>> first;
  for (const bool again : {false, true})
    for (uint32_t i = 0; i < 40'000; ++i) {
      std::array<uint8_t, 4> address{10, static_cast<uint8_t>(i >> 16),
                                     static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
      names.rename_v4(address);
      if (again) {
        ASSERT_EQ(address, first[i]);
        continue;
      }
      first.push_back(address);
      ASSERT_TRUE(seen.insert(std::bit_cast<uint32_t>(address)).second) << i;
    }
}

TEST(CryptoPan, AnIpv4AddressIsNotTakenForTheIpv6AddressOfItsBytes) {
  CryptoPan names = names_by(kPublishedKey);
  std::array<uint8_t, 16> six{128, 11, 68, 132};
  std::array<uint8_t, 4> four{128, 11, 68, 132};
  names.rename_v4(four);
  names.rename_v6(six);
  EXPECT_EQ(to_string(IpAddress::v4(four.data())), "135.242.180.132");
  CryptoPan fresh = names_by(kPublishedKey);
  EXPECT_EQ(to_string(IpAddress::v6(six.data())), renamed(fresh, "800b:4484::"));
}

TEST(CryptoPan, AnotherKeyGivesOtherNames) {
  CryptoPan one = names_by(kPublishedKey), other = names_by(counting_key());
  EXPECT_NE(renamed(one, "192.0.2.1"), renamed(other, "192.0.2.1"));
}

}  // namespace
}  // namespace kanaria::test
