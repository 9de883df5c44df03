// SPDX-License-Identifier: Apache-2.0
#include "feature/message_window.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::feature {
namespace {

flow::Message message_of(uint32_t bytes) {
  flow::Message message;
  message.bytes = bytes;
  return message;
}

std::vector<uint32_t> kept(const MessageWindow& window) {
  std::vector<uint32_t> sizes;
  for (const flow::Message& message : window.messages()) sizes.push_back(message.bytes);
  return sizes;
}

TEST(MessageWindow, IsEmptyAtFirst) {
  EXPECT_TRUE(MessageWindow().messages().empty());
  EXPECT_EQ(MessageWindow().added(), 0U);
}

TEST(MessageWindow, KeepsTheLastSixteenInTheirOrderAndCountsAll) {
  MessageWindow window;
  for (uint32_t i = 1; i <= 16; ++i) window.add(message_of(i));
  EXPECT_EQ(kept(window).size(), 16U);
  EXPECT_EQ(kept(window).front(), 1U);
  for (uint32_t i = 17; i <= 40; ++i) {
    window.add(message_of(i));
    ASSERT_EQ(kept(window).size(), 16U);
    EXPECT_EQ(kept(window).front(), i - 15);
    EXPECT_EQ(kept(window).back(), i);
    EXPECT_TRUE(std::ranges::is_sorted(kept(window)));
    EXPECT_EQ(window.added(), i);
  }
}

}  // namespace
}  // namespace kanaria::feature
