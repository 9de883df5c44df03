// SPDX-License-Identifier: Apache-2.0
#include "train/detection_time.h"

#include <functional>

#include <fmt/format.h>

namespace kanaria::train {
namespace {

// What is busy, and what speaks of jobs alone. A channel of less than a second has no rate.
constexpr int64_t kBusy = 6;       // messages a minute
constexpr int64_t kJobs = 1;       // of the server, a minute
constexpr uint32_t kAnswers = 10;  // messages of the server for one of the client, at the least

bool has_rate(const ChannelOutcome& channel, int64_t messages, int64_t a_minute) {
  const Nanoseconds spoke = channel.traffic.last_payload - channel.traffic.first_payload;
  return spoke >= kSecond && messages > 0 && spoke / messages <= kMinute / a_minute;
}

bool is_busy(const ChannelOutcome& channel) {
  return has_rate(channel, channel.traffic.message_count(), kBusy);
}

bool is_of_jobs_alone(const ChannelOutcome& channel) {
  const uint32_t up = channel.traffic.messages[flow::index_of(flow::Direction::kToServer)];
  const uint32_t down = channel.traffic.messages[flow::index_of(flow::Direction::kToClient)];
  return kAnswers * up <= down && has_rate(channel, down, kJobs);
}

DetectionTimes times_of(std::string group, std::span<const ChannelOutcome> channels,
                        const std::function<bool(const ChannelOutcome&)>& belongs) {
  DetectionTimes times;
  times.group = std::move(group);
  std::vector<Wait> seconds, messages;
  for (const ChannelOutcome& channel : channels) {
    if (!channel.mining || !belongs(channel)) continue;
    ++times.channels;
    times.never_found += channel.alarm ? 0U : 1U;
    seconds.push_back(channel.seconds_to_alarm());
    messages.push_back(channel.messages_to_alarm());
  }
  for (size_t i = 0; i < kFoundShares.size(); ++i) {
    times.seconds[i] = found_within(seconds, kFoundShares[i]);
    times.messages[i] = found_within(messages, kFoundShares[i]);
  }
  return times;
}

std::string told(const std::optional<double>& wait) {
  return wait ? fmt::format("{:.0f}", *wait) : "–";
}

}  // namespace

std::vector<DetectionTimes> detection_times(std::span<const ChannelOutcome> channels) {
  std::vector<DetectionTimes> groups;
  for (auto& times : {times_of("all", channels, [](const ChannelOutcome&) { return true; }),
                      times_of("6 messages a minute or more", channels, is_busy),
                      times_of("jobs alone, 1 a minute or more", channels, is_of_jobs_alone)})
    if (times.channels > 0) groups.push_back(times);
  return groups;
}

std::string text_of(const DetectionTimes& times) {
  std::string text = fmt::format("{}: {} channels, {} never found", times.group, times.channels,
                                 times.never_found);
  for (size_t i = 0; i < kFoundShares.size(); ++i)
    text += fmt::format("; {:g} % within {} s and {} messages", 100 * kFoundShares[i],
                        told(times.seconds[i]), told(times.messages[i]));
  return text;
}

}  // namespace kanaria::train
