// SPDX-License-Identifier: Apache-2.0
#include "detect/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/detect/recorded_events.h"

namespace kanaria::detect {
namespace {

using namespace flow;
using testing::ElementsAre;

constexpr Timestamp kNewYear = kBegin;  // 2026-01-01 00:00:00 UTC
constexpr Nanoseconds kDay = 86'400 * kSecond;

Ends ends(std::string_view client, std::string_view server, uint16_t server_port) {
  return {*parse_ip_address(client), *parse_ip_address(server), 40000, server_port};
}
const Ends kRig = ends("10.1.2.3", "203.0.113.5", 3333);

class PolicyFile : public testing::Test {
 protected:
  Result<Policy> load(std::string_view text) {
    return load_policy(folder_.write("policy.toml", text));
  }
  const Authorisation* find(std::string_view text, const Ends& ends, Timestamp time = kNewYear) {
    policy_ = *load(text);
    return policy_.authorisation_of(ends, time);
  }
  // What is wrong with the text, behind the file's name.
  std::string fault(std::string_view text) {
    const auto policy = load(text);
    if (policy) return "";
    const std::string name = folder_.path("policy.toml") + ": ";
    EXPECT_TRUE(policy.error().sentence.starts_with(name));
    return policy.error().sentence.substr(name.size());
  }
  std::string fault_of_entry(std::string_view lines) {
    return fault("[[authorised]]\n" + std::string(lines));
  }

  test::TemporaryFolder folder_;
  Policy policy_;
};

TEST_F(PolicyFile, AnEntryCoversTheClientsOfItsBlock) {
  constexpr std::string_view kText = "[[authorised]]\ncidr = \"10.1.2.0/24\"\n";
  EXPECT_NE(find(kText, kRig), nullptr);
  EXPECT_EQ(find(kText, ends("10.1.3.3", "203.0.113.5", 3333)), nullptr);
  EXPECT_EQ(find(kText, ends("203.0.113.5", "10.1.2.3", 3333)), nullptr);
}

TEST_F(PolicyFile, ServerAndPortNarrowAnEntry) {
  constexpr std::string_view kText =
      "[[authorised]]\ncidr = \"10.0.0.0/8\"\nserver = \"203.0.113.0/24\"\nserver_port = 3333\n";
  EXPECT_NE(find(kText, kRig), nullptr);
  EXPECT_EQ(find(kText, ends("10.1.2.3", "203.0.114.5", 3333)), nullptr);
  EXPECT_EQ(find(kText, ends("10.1.2.3", "203.0.113.5", 443)), nullptr);
}

TEST_F(PolicyFile, TheLastDayIsIncludedInUtc) {
  constexpr std::string_view kText = "[[authorised]]\ncidr = \"10.1.2.3\"\nuntil = 2026-01-01\n";
  EXPECT_NE(find(kText, kRig, kNewYear), nullptr);
  EXPECT_NE(find(kText, kRig, kNewYear + (kDay - 1)), nullptr);
  EXPECT_EQ(find(kText, kRig, kNewYear + kDay), nullptr);
  EXPECT_NE(find(kText, kRig, Timestamp{-1}), nullptr);
}

TEST_F(PolicyFile, OfSeveralEntriesTheFirstThatCoversCounts) {
  constexpr std::string_view kText =
      "[[authorised]]\ncidr = \"10.1.2.3\"\nuntil = 2025-12-31\nnote = \"old\"\n"
      "[[authorised]]\ncidr = \"10.0.0.0/8\"\nnote = \"rigs\"\n"
      "[[authorised]]\ncidr = \"10.1.2.3\"\nnote = \"later\"\n";
  EXPECT_EQ(find(kText, kRig)->note, "rigs");
  EXPECT_EQ(find(kText, kRig, Timestamp{0})->note, "old");
}

TEST_F(PolicyFile, WithoutEntriesAuthorisesNobody) {
  EXPECT_EQ(find("", kRig), nullptr);
  EXPECT_EQ(find("authorised = []\n", kRig), nullptr);
}

TEST_F(PolicyFile, AnEntryIsDescribedByItsLastDayAndNote) {
  const auto text = [&](std::string_view more) {
    return describe(*find("[[authorised]]\ncidr = \"10.1.2.3\"\n" + std::string(more), kRig));
  };
  EXPECT_EQ(text(""), "authorised");
  EXPECT_EQ(text("until = 2026-02-03\n"), "authorised until 2026-02-03");
  EXPECT_EQ(text("until = 2026-02-03\nnote = \"lab rig\"\n"),
            "authorised until 2026-02-03: lab rig");
  EXPECT_EQ(text("note = \"lab rig\"\n"), "authorised: lab rig");
}

TEST_F(PolicyFile, AMissingOrUnknownKeyIsRefused) {
  EXPECT_EQ(fault("[[authorised]]\ncidr = \"10.0.0.0/8\"\n[[authorised]]\nnote = \"rig\"\n"),
            "line 3: entry 2: 'cidr' is missing: it names the hosts that may mine; see "
            "docs/policy.md");
  EXPECT_EQ(fault_of_entry("cidr = \"10.0.0.0/8\"\nport = 3333\n"),
            "line 1: entry 1: 'port' is not known; it is one of cidr, server, server_port, until, "
            "note; see docs/policy.md");
}

TEST_F(PolicyFile, AValueOfTheWrongKindIsRefused) {
  EXPECT_EQ(fault_of_entry("cidr = 10\n"),
            "line 1: entry 1: 'cidr' is no block of addresses such as 192.0.2.0/24 or "
            "2001:db8::/32; see docs/policy.md");
  EXPECT_EQ(fault_of_entry("cidr = \"10.0.0.1/8\"\n"),
            "line 1: entry 1: 'cidr' '10.0.0.1/8' has bits set behind its prefix; write "
            "10.0.0.0/8; see docs/policy.md");
  for (const std::string_view until :
       {"\"2026-12-31\"", "2026-12-31T00:00:00", "2026-12-31T00:00:00Z", "20261231"})
    EXPECT_EQ(fault_of_entry(fmt::format("cidr = \"10.0.0.0/8\"\nuntil = {}\n", until)),
              "line 1: entry 1: 'until' is no date such as 2026-12-31, without quotes and time; "
              "see docs/policy.md");
  for (const std::string_view port : {"0", "65536", "-1", "\"443\"", "443.0"})
    EXPECT_EQ(fault_of_entry(fmt::format("cidr = \"10.0.0.0/8\"\nserver_port = {}\n", port)),
              "line 1: entry 1: 'server_port' is no port from 1 to 65535; see docs/policy.md");
  for (const std::string_view note : {"3", "\"two\\nlines\"", "\"\\u001b[31m\""})
    EXPECT_EQ(fault_of_entry(fmt::format("cidr = \"10.0.0.0/8\"\nnote = {}\n", note)),
              "line 1: entry 1: 'note' is no line of text; see docs/policy.md");
}

TEST_F(PolicyFile, WhatIsNoListOfEntriesIsRefused) {
  for (const std::string_view text :
       {"authorised = 3\n", "[authorised]\ncidr = \"10.0.0.0/8\"\n", "authorised = [1]\n"})
    EXPECT_EQ(fault(text),
              "line 1: 'authorised' is no list of entries; write [[authorised]]; see "
              "docs/policy.md");
  EXPECT_EQ(fault("[[authorized]]\ncidr = \"10.0.0.0/8\"\n"),
            "line 1: 'authorized' is not known; entries are [[authorised]]; see docs/policy.md");
}

TEST_F(PolicyFile, WhatIsNoTomlIsRefusedWithItsLine) {
  EXPECT_THAT(fault("[[authorised]]\ncidr = \n"), testing::StartsWith("line 2: "));
  EXPECT_THAT(fault_of_entry("cidr = \"10.0.0.0/8\"\nuntil = 2026-02-30\n"),
              testing::StartsWith("line 3: "));
}

TEST_F(PolicyFile, AMissingFileAndAFolderCannotBeRead) {
  for (const std::string& path : {folder_.path("none.toml"), folder_.path("")})
    EXPECT_EQ(load_policy(path).error().sentence,
              path + ": the policy cannot be read; check the path");
}

constexpr uint32_t kRigsAddress = 0x0a000001, kPool = 0xc0000201, kOtherPool = 0xc0000202;

// 20 times 5 s: a job, a result, its answer; all of them lengths that alarm length_model().
std::vector<decode::Packet> mining(uint16_t client_port, uint32_t server, Nanoseconds begin) {
  Conversation c({kRigsAddress, client_port}, {server, 3333});
  c.syn().at(begin).syn_ack().ack();
  for (int i = 0; i < 20; ++i)
    c.server(250).at(begin + (i + 1) * 5_s).ack().client(120).after(1_s).server(70).ack();
  return c.packets();
}

Policy until_day_of(Timestamp time) {
  return {{{.clients = *parse_cidr_block("10.0.0.0/8"),
            .servers = {},
            .server_port = {},
            .until = std::chrono::sys_days(std::chrono::days(time.ns / kDay)),
            .note = {}}}};
}

std::vector<std::string> told(const std::vector<std::vector<decode::Packet>>& conversations,
                              const Policy& policy) {
  DetectorOptions options;
  options.policy = &policy;
  std::vector<std::string> lines;
  for (const Told& one : detected(written(interleaved(conversations)), options).told)
    lines.push_back(std::string(name(one.report.verdict)) + ": " + one.what +
                    (one.report.authorisation != nullptr ? ", authorised" : ""));
  return lines;
}

TEST(AuthorisedMining, IsMiningStill) {
  EXPECT_THAT(
      told({mining(40000, kPool, 0)}, until_day_of(kBegin)),
      ElementsAre("mining: alert connection, authorised", "mining: alert channel, authorised",
                  "mining: alert host, authorised", "mining: end input end, authorised"));
}

TEST(AuthorisedMining, EndsWithItsLastDayByThePacketsTime) {
  EXPECT_THAT(
      told({mining(40000, kPool, -60_s)}, until_day_of(kNewYear + -kDay)),
      ElementsAre("mining: alert connection, authorised", "mining: alert channel, authorised",
                  "mining: alert host, authorised", "mining: end input end"));
  EXPECT_THAT(told({mining(40000, kPool, 0)}, until_day_of(kNewYear + -kDay)),
              ElementsAre("mining: alert connection", "mining: alert channel", "mining: alert host",
                          "mining: end input end"));
}

TEST(AuthorisedMining, WithOnePoolDoesNotHideThatWithAnother) {
  Policy policy = until_day_of(kBegin);
  policy.authorised[0].servers = *parse_cidr_block("192.0.2.1");
  EXPECT_THAT(told({mining(40000, kPool, 0), mining(40001, kOtherPool, 1_min)}, policy),
              ElementsAre("mining: alert connection, authorised",
                          "mining: alert channel, authorised", "mining: alert host, authorised",
                          "mining: alert connection", "mining: alert channel", "mining: alert host",
                          "mining: end input end, authorised", "mining: end input end"));
}

TEST(AuthorisedMining, OfOneChannelIsToldOnce) {
  EXPECT_THAT(
      told({mining(40000, kPool, 0), mining(40001, kPool, 1_min)}, until_day_of(kBegin)),
      ElementsAre("mining: alert connection, authorised", "mining: alert channel, authorised",
                  "mining: alert host, authorised", "mining: alert connection, authorised",
                  "mining: end input end, authorised", "mining: end input end, authorised"));
}

}  // namespace
}  // namespace kanaria::detect
