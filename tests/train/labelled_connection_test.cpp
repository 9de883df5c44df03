// SPDX-License-Identifier: Apache-2.0
#include "train/labelled_connection.h"

#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

flow::Ends ends(const char* client, uint16_t client_port, const char* server,
                uint16_t server_port) {
  return {*parse_ip_address(client), *parse_ip_address(server), client_port, server_port};
}

TEST(ConnectionName, TellsClientServerAndTheFirstPacket) {
  EXPECT_EQ(connection_name(ends("10.0.0.1", 50312, "203.0.113.5", 3333), 17),
            "10.0.0.1:50312-203.0.113.5:3333#17");
  EXPECT_EQ(connection_name(ends("2001:db8::1", 50312, "2001:db8::2", 443), 1),
            "[2001:db8::1]:50312-[2001:db8::2]:443#1");
}

TEST(ConnectionName, IsReadBack) {
  for (const flow::Ends& e : {ends("10.0.0.1", 0, "203.0.113.5", 65535),
                              ends("::", 1, "2001:db8::2", 443), ends("1.2.3.4", 5, "::1", 6)})
    for (const uint64_t number : {uint64_t{1}, UINT64_MAX}) {
      const auto named = parse_connection_name(connection_name(e, number));
      ASSERT_TRUE(named);
      EXPECT_EQ(named->ends.client, e.client);
      EXPECT_EQ(named->ends.client_port, e.client_port);
      EXPECT_EQ(named->ends.server, e.server);
      EXPECT_EQ(named->ends.server_port, e.server_port);
      EXPECT_EQ(named->number, number);
    }
}

TEST(ConnectionName, WhatIsNoneIsNotRead) {
  const std::string whole = connection_name(ends("10.0.0.1", 50312, "203.0.113.5", 3333), 1);
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_connection_name(whole.substr(0, size))) << whole.substr(0, size);
  for (const char* name :
       {"10.0.0.1:1#5-10.0.0.2:2", "10.0.0.1-10.0.0.2:2#1", "10.0.0:1-10.0.0.2:2#1",
        "10.0.0.1:70000-10.0.0.2:2#1", "10.0.0.1:1-10.0.0.2:2#x", "10.0.0.1:1-10.0.0.2:2#-1",
        "host:1-10.0.0.2:2#1", "-#"})
    EXPECT_FALSE(parse_connection_name(name)) << name;
}

}  // namespace
}  // namespace kanaria::train
