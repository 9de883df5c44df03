// SPDX-License-Identifier: Apache-2.0
// What detection said of one connection of a data set.
#pragma once

#include <cstdint>
#include <optional>

#include "detect/verdict.h"
#include "train/connection_traffic.h"

namespace kanaria::train {

// The first alarm of a channel, a connection's own or that of several together.
struct ChannelAlarm {
  Timestamp time;
  uint32_t messages = 0;  // of the channel's connections in the data set, up to then
};

struct ConnectionOutcome {
  uint32_t connection;  // index into DataSet::connections
  uint32_t messages;    // as captured, whatever was changed before the verdict
  detect::Verdict verdict;
  double evidence;
  std::optional<double> seconds_to_alarm;  // since its first packet
  ConnectionTraffic traffic = {};
  std::optional<ChannelAlarm> channel_alarm = {};  // of its channel

  // It, or its channel.
  bool found() const { return verdict == detect::Verdict::kMining || channel_alarm.has_value(); }
};

}  // namespace kanaria::train
