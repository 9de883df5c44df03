// SPDX-License-Identifier: Apache-2.0
#include "detect/standings.h"

#include <gtest/gtest.h>

#include "tests/flow/conversation.h"

namespace kanaria::detect {
namespace {

constexpr uint32_t kClient = 1, kServer = 2;

ConnectionReport report(Verdict verdict, double evidence, uint32_t server = kServer,
                        uint16_t server_port = 3333, uint16_t client_port = 40000) {
  ConnectionReport r;
  r.ends = {flow::v4(kClient), flow::v4(server), client_port, server_port};
  r.verdict = verdict;
  r.evidence = evidence;
  return r;
}

TEST(Standing, IsUndecidedOfTheUnknown) {
  const ConnectionReport r = report(Verdict::kClear, 0);
  EXPECT_EQ(Standings().channel(r.ends).verdict, Verdict::kUndecided);
  EXPECT_EQ(Standings().host(r.ends).verdict, Verdict::kUndecided);
}

TEST(Standing, IsThatOfTheStrongestConnection) {
  Standings standings;
  standings.add(report(Verdict::kClear, 0.1));
  standings.add(report(Verdict::kSuspicious, 0.3));
  standings.add(report(Verdict::kClear, 0.2));
  const Standing channel = standings.channel(report(Verdict::kClear, 0).ends);
  EXPECT_EQ(channel.verdict, Verdict::kSuspicious);
  EXPECT_EQ(channel.evidence, 0.3);
}

TEST(Standing, OfEqualVerdictsTheMoreEvidenceCounts) {
  Standings standings;
  standings.add(report(Verdict::kClear, 0.1));
  standings.add(report(Verdict::kClear, 0.2));
  standings.add(report(Verdict::kClear, 0.15));
  EXPECT_EQ(standings.host(report(Verdict::kClear, 0).ends).evidence, 0.2);
}

TEST(Standing, BecomesMiningOnce) {
  Standings standings;
  const auto first = standings.add(report(Verdict::kMining, 0.9));
  EXPECT_TRUE(first.channel_now_mining);
  EXPECT_TRUE(first.host_now_mining);
  const auto second = standings.add(report(Verdict::kMining, 1.0));
  EXPECT_FALSE(second.channel_now_mining);
  EXPECT_FALSE(second.host_now_mining);
}

TEST(Standing, MiningOutlastsWeakerConnections) {
  Standings standings;
  standings.add(report(Verdict::kMining, 0.6));
  standings.add(report(Verdict::kClear, 0.9));
  EXPECT_EQ(standings.channel(report(Verdict::kClear, 0).ends).verdict, Verdict::kMining);
}

TEST(Standing, AnotherServerPortIsAnotherChannelOfTheSameHost) {
  Standings standings;
  standings.add(report(Verdict::kMining, 0.9));
  const auto other = standings.add(report(Verdict::kMining, 0.9, kServer, 4444));
  EXPECT_TRUE(other.channel_now_mining);
  EXPECT_FALSE(other.host_now_mining);
}

TEST(Standing, AnotherServerIsAnotherChannel) {
  Standings standings;
  standings.add(report(Verdict::kMining, 0.9));
  EXPECT_TRUE(standings.add(report(Verdict::kMining, 0.9, kServer + 1)).channel_now_mining);
}

TEST(Standing, AnotherClientPortIsTheSameChannel) {
  Standings standings;
  standings.add(report(Verdict::kMining, 0.9));
  EXPECT_FALSE(
      standings.add(report(Verdict::kMining, 0.9, kServer, 3333, 40001)).channel_now_mining);
}

}  // namespace
}  // namespace kanaria::detect
