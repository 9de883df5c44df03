// SPDX-License-Identifier: Apache-2.0
#include "train/connection_index.h"

#include <gtest/gtest.h>

#include "tests/flow/conversation.h"

namespace kanaria::train {
namespace {

using flow::v4;

LabelledConnection connection(uint32_t capture, uint32_t client, uint16_t client_port,
                              Nanoseconds start) {
  LabelledConnection made;
  made.capture = capture;
  made.ends = {.client = v4(client),
               .server = v4(0xc0000201),
               .client_port = client_port,
               .server_port = 3333};
  made.start = Timestamp{start};
  return made;
}

flow::Ends swapped(const flow::Ends& ends) {
  return {.client = ends.server,
          .server = ends.client,
          .client_port = ends.server_port,
          .server_port = ends.client_port};
}

TEST(ConnectionIndex, FindsConnectionsOfItsCaptureByTupleAndStart) {
  DataSet data;
  data.connections = {connection(0, 1, 40000, 5), connection(1, 1, 40000, 5),
                      connection(1, 2, 40000, 5), connection(1, 1, 40001, 5),
                      connection(1, 1, 40000, 9), connection(3, 1, 40000, 5)};
  const ConnectionIndex index(data, 1);
  for (const uint32_t place : {1U, 2U, 3U, 4U})
    EXPECT_EQ(index.find(data.connections[place].ends, data.connections[place].start), place);
  EXPECT_EQ(index.find(data.connections[1].ends, Timestamp{6}), std::nullopt);
  EXPECT_EQ(index.find(connection(1, 3, 40000, 5).ends, Timestamp{5}), std::nullopt);
  EXPECT_EQ(ConnectionIndex(data, 3).find(data.connections[5].ends, Timestamp{5}), 5U);
  EXPECT_EQ(ConnectionIndex(data, 2).find(data.connections[5].ends, Timestamp{5}), std::nullopt);
}

TEST(ConnectionIndex, DoesNotMindWhichEndIsTheClient) {
  DataSet data;
  data.connections = {connection(0, 1, 40000, 5)};
  const ConnectionIndex index(data, 0);
  EXPECT_EQ(index.find(swapped(data.connections[0].ends), Timestamp{5}), 0U);
  flow::Ends ports_swapped = data.connections[0].ends;
  std::swap(ports_swapped.client_port, ports_swapped.server_port);
  EXPECT_EQ(index.find(ports_swapped, Timestamp{5}), std::nullopt);
}

}  // namespace
}  // namespace kanaria::train
