// SPDX-License-Identifier: Apache-2.0
#include "lab/path/link_table.h"

#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/lab/packets.h"

namespace kanaria::lab {
namespace {

using test::address;

// The sentence that tells what is wrong with the text, or "" if nothing is.
std::string fault(std::string_view text) {
  const auto table = LinkTable::parse(text, "links.txt");
  return table ? "" : table.error().sentence;
}

TEST(LinkTable, ReadsEachColumnInItsUnit) {
  const auto table = LinkTable::parse("10.20.0.7/32 4000 300 3 0.001 20000\n", "links.txt");
  ASSERT_TRUE(table);
  const Link& link = table->find(address("10.20.0.7"));
  EXPECT_EQ(link.number, 1U);
  EXPECT_EQ(link.delay_ns, 4'000'000);
  EXPECT_EQ(link.jitter_ns, 300'000);
  EXPECT_EQ(link.hops, 3U);
  EXPECT_DOUBLE_EQ(link.loss, 0.001);
  EXPECT_EQ(link.rate_kbit, 20000);
}

TEST(LinkTable, TheLongestPrefixWinsWhereverItStands) {
  const auto table = LinkTable::parse(
      "10.0.0.0/8 0 0 1 0 0\n"
      "10.20.0.7 0 0 4 0 0\n"
      "0.0.0.0/0 0 0 9 0 0\n"
      "10.20.0.0/15 0 0 2 0 0\n"
      "10.20.0.0/16 0 0 3 0 0\n",
      "links.txt");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->size(), 5U);
  EXPECT_EQ(table->find(address("10.20.0.7")).hops, 4U);
  EXPECT_EQ(table->find(address("10.20.0.8")).hops, 3U);
  EXPECT_EQ(table->find(address("10.21.255.255")).hops, 2U);
  EXPECT_EQ(table->find(address("10.22.0.0")).hops, 1U);
  EXPECT_EQ(table->find(address("11.0.0.0")).hops, 9U);
}

TEST(LinkTable, TheLongestPrefixOfIpv6WinsToo) {
  const auto table = LinkTable::parse(
      "2001:db8::/32 0 0 1 0 0\n"
      "2001:db8:aa::/47 0 0 5 0 0\n"
      "2001:db8:ab::9 0 0 2 0 0\n",
      "links.txt");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->find(address("2001:db8:ab::9")).hops, 2U);
  EXPECT_EQ(table->find(address("2001:db8:ab::8")).hops, 5U);
  EXPECT_EQ(table->find(address("2001:db8:ac::")).hops, 1U);
}

TEST(LinkTable, AnAddressWithoutLineHasALinkThatAddsNothing) {
  const auto table = LinkTable::parse("10.20.0.0/24 1 1 1 1 1", "links.txt");
  ASSERT_TRUE(table);
  const Link& link = table->find(address("10.20.1.0"));
  EXPECT_EQ(link.number, 0U);
  EXPECT_EQ(link.delay_ns, 0);
  EXPECT_EQ(link.jitter_ns, 0);
  EXPECT_EQ(link.hops, 0U);
  EXPECT_EQ(link.loss, 0);
  EXPECT_EQ(link.rate_kbit, 0);
}

TEST(LinkTable, ThePrefixOfAllAddressesHoldsOneVersionOnly) {
  const auto v6 = LinkTable::parse("::/0 0 0 6 0 0", "links.txt");
  const auto both = LinkTable::parse("0.0.0.0/0 0 0 4 0 0\n::/0 0 0 6 0 0", "links.txt");
  ASSERT_TRUE(v6 && both);
  EXPECT_EQ(v6->find(address("10.20.0.7")).number, 0U);
  EXPECT_EQ(both->find(address("10.20.0.7")).hops, 4U);
  EXPECT_EQ(both->find(address("2001:db8::1")).hops, 6U);
}

// 96 bits of IPv6 and none of IPv4 are as long in memory.
TEST(LinkTable, PrefixesOfBothVersionsAndEqualLengthInMemoryStandSideBySide) {
  const auto table = LinkTable::parse(
      "2001:db8::/96 0 0 6 0 0\n0.0.0.0/0 0 0 4 0 0\n2001:db9::/96 0 0 7 0 0\n", "links.txt");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->find(address("2001:db8::1")).hops, 6U);
  EXPECT_EQ(table->find(address("2001:db9::1")).hops, 7U);
  EXPECT_EQ(table->find(address("192.0.2.1")).hops, 4U);
}

TEST(LinkTable, CommentsBlankLinesAndTabsAreNoLinks) {
  const auto table = LinkTable::parse(
      "# PREFIX ONE_WAY_DELAY_US\n\n  \t\n10.20.0.7\t1 0 0 0 0 # the meter\n#end", "links.txt");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->size(), 1U);
  EXPECT_EQ(table->find(address("10.20.0.7")).delay_ns, 1000);
}

TEST(LinkTable, ABadLineIsToldWithFileLineAndWord) {
  EXPECT_EQ(fault("#\n10.20.0.7 1 2 3"),
            "links.txt:2: has 4 words instead of PREFIX ONE_WAY_DELAY_US JITTER_US HOPS LOSS "
            "RATE_KBIT");
  EXPECT_EQ(fault("10.20.0.7 1 1 1 0 0 0"),
            "links.txt:1: has 7 words instead of PREFIX ONE_WAY_DELAY_US JITTER_US HOPS LOSS "
            "RATE_KBIT");
  EXPECT_EQ(fault("10.20.0.7 4.5 1 1 0 0"),
            "links.txt:1: '4.5' is not a delay in whole microseconds of at most a minute");
  EXPECT_EQ(fault("10.20.0.7 1 -1 1 0 0"),
            "links.txt:1: '-1' is not a jitter in whole microseconds of at most a minute");
  EXPECT_EQ(fault("10.20.0.7 1 1 255 0 0"),
            "links.txt:1: '255' is not a number of hops from 0 to 254");
  EXPECT_EQ(fault("10.20.0.7 1 1 1 1.01 0"),
            "links.txt:1: '1.01' is not a share of lost packets from 0 to 1");
  EXPECT_EQ(fault("10.20.0.7 1 1 1 0 20mbit"),
            "links.txt:1: '20mbit' is not a rate in whole kbit/s of at most 1000000000");
  EXPECT_EQ(fault("10.20.0.7 1 1 1 0 0\n\n10.20.0.7/32 1 1 1 0 0"),
            "links.txt:3: '10.20.0.7/32' stands there twice");
}

TEST(LinkTable, OnlyPrefixesArePrefixes) {
  for (const std::string word :
       {"10.20.0", "10.20.0.7/33", "10.20.0.7/", "10.20.0.7/-1", "/8", "10.20.0.7/24",
        "2001:db8::/129", "2001:db8::1/64", "pool", "::/0x"})
    EXPECT_EQ(fault(word + " 1 1 1 0 0"),
              "links.txt:1: '" + word + "' is not a prefix such as 10.20.0.0/24 or 2001:db8::/32");
}

TEST(LinkTable, OnlyNumbersInTheirRangeAreShares) {
  for (const std::string word : {"nan", "inf", "-0.1", "0.1x", "1e1", "%"})
    EXPECT_EQ(fault("10.20.0.7 1 1 1 " + word + " 0"),
              "links.txt:1: '" + word + "' is not a share of lost packets from 0 to 1");
  EXPECT_EQ(fault("10.20.0.7 1 1 1 1e-05 0"), "");
  EXPECT_EQ(fault("10.20.0.7 1 1 1 1 0"), "");
}

TEST(LinkTable, AFileThatIsNotThereIsNamed) {
  const kanaria::test::TemporaryFolder folder;
  const std::string file = folder.path("none.txt");
  const auto table = LinkTable::read(file);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().sentence, file + ": cannot be read, or is empty");
}

TEST(LinkTable, AFileIsReadAsItsText) {
  const kanaria::test::TemporaryFolder folder;
  constexpr std::string_view kText = "10.20.0.7 1 2 3 0 4\n";
  const std::string file =
      folder.write("links.txt", {reinterpret_cast<const uint8_t*>(kText.data()), kText.size()});
  const auto table = LinkTable::read(file);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->find(address("10.20.0.7")).rate_kbit, 4);
}

}  // namespace
}  // namespace kanaria::lab
