// SPDX-License-Identifier: Apache-2.0
#include "train/connection_index.h"

#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

LabelledConnection connection(uint32_t capture, uint64_t number) {
  LabelledConnection made;
  made.capture = capture;
  made.number = number;
  made.from_capture = true;
  return made;
}

TEST(ConnectionIndex, FindsConnectionsOfItsCaptureByTheirFirstPacket) {
  DataSet data;
  data.connections = {connection(0, 5), connection(1, 9), connection(1, 5), connection(3, 5)};
  const ConnectionIndex index(data, 1);
  EXPECT_EQ(index.find(9), 1U);
  EXPECT_EQ(index.find(5), 2U);
  EXPECT_EQ(index.find(6), std::nullopt);
  EXPECT_EQ(ConnectionIndex(data, 3).find(5), 3U);
  EXPECT_EQ(ConnectionIndex(data, 2).find(5), std::nullopt);
}

TEST(ConnectionIndex, DoesNotKnowThoseOfDataFiles) {
  DataSet data;
  data.connections = {connection(0, 5), connection(0, 5), connection(0, 9)};
  data.connections[0].from_capture = data.connections[2].from_capture = false;
  const ConnectionIndex index(data, 0);
  EXPECT_EQ(index.find(5), 1U);
  EXPECT_EQ(index.find(9), std::nullopt);
}

}  // namespace
}  // namespace kanaria::train
