// SPDX-License-Identifier: Apache-2.0
#include "train/detection_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

// Speaks for so many seconds; found after the last of them, if it was.
ChannelOutcome channel(bool found, Nanoseconds seconds, uint32_t up, uint32_t down) {
  ChannelOutcome channel;
  channel.mining = true;
  channel.traffic = {{0}, {seconds * kSecond}, {up, down}};
  if (found) channel.alarm = ChannelAlarm{{seconds * kSecond}, up + down};
  return channel;
}

std::vector<std::string> told(const std::vector<ChannelOutcome>& channels) {
  std::vector<std::string> lines;
  for (const auto& times : detection_times(channels)) lines.push_back(text_of(times));
  return lines;
}

TEST(DetectionTimes, AreToldOfAllMinersAndOfTheBusyOnes) {
  EXPECT_THAT(told({channel(true, 60, 3, 3), channel(true, 61, 3, 3), channel(false, 600, 3, 3)}),
              testing::ElementsAre(
                  "all: 3 channels, 1 never found; 50 % within 61 s and 6 messages; 95 % "
                  "within – s and – messages",
                  "6 messages a minute or more: 1 channels, 0 never found; 50 % within 60 s "
                  "and 6 messages; 95 % within 60 s and 6 messages"));
}

TEST(DetectionTimes, OfJobsAloneAreThoseWhoseClientHardlySpeaks) {
  const auto lines =
      told({channel(true, 300, 1, 10), channel(true, 300, 2, 10), channel(true, 6000, 1, 10)});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[1], testing::StartsWith("jobs alone, 1 a minute or more: 1 channels"));
}

TEST(DetectionTimes, AreNotToldOfOthers) {
  ChannelOutcome benign = channel(true, 60, 3, 3);
  benign.mining = false;
  EXPECT_TRUE(told({benign}).empty());
}

}  // namespace
}  // namespace kanaria::train
