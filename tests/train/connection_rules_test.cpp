// SPDX-License-Identifier: Apache-2.0
#include "train/connection_rules.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/train/conversation_file.h"

namespace kanaria::train {
namespace {

using flow::Conversation, flow::End;
using test::TemporaryFolder;

// A conversation whose packets of either side have those TTLs, and IP ids that rise from 1.
Conversation talk(End client, uint8_t client_ttl = 64, uint8_t server_ttl = 1) {
  Conversation c(client);
  c.syn().ttl(client_ttl).syn_ack().ttl(server_ttl).ack().ttl(client_ttl);
  for (int i = 0; i < 4; ++i) c.client(100).ttl(client_ttl).server(200).ttl(server_ttl);
  return c;
}

Packets with_ids(const Conversation& conversation, auto id_of) {
  Packets packets = conversation.packets();
  for (size_t i = 0; i < packets.size(); ++i) packets[i].ip_id = id_of(i);
  return packets;
}
Packets with_rising_ids(const Conversation& conversation) {
  return with_ids(conversation, [](size_t i) { return static_cast<uint32_t>(i + 1); });
}

class ConnectionRules : public testing::Test {
 protected:
  std::vector<RuleHits> hits(const std::vector<Packets>& conversations) {
    folder_.write("a.pcap", pcap_of(conversations));
    const auto labels = Labels::load(folder_.write("L.csv", "file,label\na.pcap,benign\n"));
    data_ = *build_data_set(*labels, {}, [](double) {});
    return *connection_rules(data_, 0);
  }
  bool fixed_values(const Packets& packets) {
    const auto one = hits({packets});
    EXPECT_EQ(one.size(), 1U);
    return one.at(0).fixed_values;
  }

  TemporaryFolder folder_;
  DataSet data_;
};

TEST_F(ConnectionRules, ATtlMoreThan30BelowTheNextInitialValueIsAbnormal) {
  std::vector<Packets> conversations;
  for (unsigned ttl = 0; ttl <= 255; ++ttl)
    conversations.push_back(with_rising_ids(
        talk({0x0a000001, static_cast<uint16_t>(40000 + ttl)}, static_cast<uint8_t>(ttl))));
  const auto all = hits(conversations);
  ASSERT_EQ(all.size(), 256U);
  for (unsigned ttl = 0; ttl <= 255; ++ttl) {
    const bool normal = (ttl >= 2 && ttl <= 32) || (ttl >= 34 && ttl <= 64) ||
                        (ttl >= 98 && ttl <= 128) || ttl >= 225;
    const LabelledConnection& connection = data_.connections[all[ttl].connection];
    EXPECT_EQ(connection.ends.client_port, 40000 + ttl);
    EXPECT_EQ(all[ttl].abnormal_ttl, !normal) << ttl;
  }
}

TEST_F(ConnectionRules, OnlyTheClientsTtlCounts) {
  EXPECT_FALSE(hits({with_rising_ids(talk({0x0a000001, 40000}, 64, 70))})[0].abnormal_ttl);
  EXPECT_TRUE(hits({with_rising_ids(talk({0x0a000001, 40000}, 70, 64))})[0].abnormal_ttl);
}

TEST_F(ConnectionRules, OneIpIdInAllOfTheClientsPacketsIsFixed) {
  const Conversation c = talk({0x0a000001, 40000});
  EXPECT_TRUE(fixed_values(with_ids(c, [](size_t) { return 54321U; })));
  EXPECT_FALSE(fixed_values(with_rising_ids(c)));
  EXPECT_FALSE(fixed_values(with_ids(c, [](size_t) { return 0U; })));  // RFC 6864
  // Client packets are those with an even index, and one more: the handshake's last.
  EXPECT_FALSE(
      fixed_values(with_ids(c, [&](size_t i) { return i + 2 == c.size() ? 7U : 54321U; })));
  EXPECT_FALSE(fixed_values(with_ids(c, [&](size_t i) {
    return c.packets()[i].src_port == 3333 ? 54321U : static_cast<uint32_t>(i);
  })));
}

TEST_F(ConnectionRules, TwoPacketsWithOneIpIdAreTooFew) {
  Conversation c({0x0a000001, 40000});
  c.syn().syn_ack().client(100).server(50).server(60);
  EXPECT_FALSE(fixed_values(with_ids(c, [](size_t) { return 54321U; })));
  c.client(10);
  EXPECT_TRUE(fixed_values(with_ids(c, [](size_t) { return 54321U; })));
}

TEST_F(ConnectionRules, AClientThatBeginsTwoConnectionsWithOneIsnHasFixedValues) {
  const Packets first = with_rising_ids(talk({0x0a000001, 40000}));
  const Packets same_isn = with_rising_ids(talk({0x0a000001, 40001}));
  const Packets other_client = with_rising_ids(talk({0x0a000002, 40001}));
  Conversation other({0x0a000001, 40002});
  other.isn(555, 666).handshake().client(100).server(100);
  for (const RuleHits& hit : hits({first, other_client, with_rising_ids(other)}))
    EXPECT_FALSE(hit.fixed_values);
  const auto all = hits({first, same_isn, other_client, with_rising_ids(other)});
  ASSERT_EQ(all.size(), 4U);
  for (const RuleHits& hit : all) {
    const flow::Ends& ends = data_.connections[hit.connection].ends;
    EXPECT_EQ(hit.fixed_values, ends.client == flow::v4(0x0a000001) && ends.client_port <= 40001);
  }
}

TEST_F(ConnectionRules, AConnectionWhoseBeginningWasMissedHasNoIsn) {
  std::vector<Packets> conversations;
  for (const uint16_t port : {uint16_t{40000}, uint16_t{40001}}) {
    Conversation c({0x0a000001, port});
    for (int i = 0; i < 4; ++i) c.client(100).server(100);
    conversations.push_back(with_rising_ids(c));
  }
  for (const RuleHits& hit : hits(conversations)) EXPECT_FALSE(hit.fixed_values);
}

TEST_F(ConnectionRules, SayWhenTheCaptureIsGone) {
  hits({with_rising_ids(talk({0x0a000001, 40000}))});
  std::filesystem::remove(data_.captures[0]);
  EXPECT_EQ(connection_rules(data_, 0).error().sentence,
            data_.captures[0] + ": there is no such file; check the name");
}

TEST(HeaderRule, HasAName) {
  EXPECT_EQ(name(ConnectionRule::kAbnormalTtl), "abnormal TTL");
  EXPECT_EQ(name(ConnectionRule::kFixedValues), "fixed ISN or IP id");
  EXPECT_EQ(name(ConnectionRule::kPoolPort), "pool's port");
  EXPECT_EQ(name(ConnectionRule::kEqualPushes), "equal pushes");
}

TEST(PoolPorts, AreThoseOfTheListAlone) {
  for (const uint16_t port : {3333, 14444, 45700, 25}) EXPECT_TRUE(is_pool_port(port)) << port;
  for (const uint16_t port : {443, 80, 22, 0, 65535, 3332})
    EXPECT_FALSE(is_pool_port(port)) << port;
}

}  // namespace
}  // namespace kanaria::train
