// SPDX-License-Identifier: Apache-2.0
// An evaluation as cases: of rows, connections, channels and hosts.
#pragma once

#include <optional>
#include <vector>

#include "train/evaluation.h"
#include "train/summary.h"
#include "train/wait.h"

namespace kanaria::train {

std::vector<Case> row_cases(const DataSet& data, const Evaluation& evaluation, float threshold);
// Connections with at least that many messages; an undecided one is not found.
std::vector<Case> connection_cases(const DataSet& data, const Evaluation& evaluation,
                                   uint32_t least_messages);

// The tested connections of one channel of a capture, together.
struct ChannelOutcome {
  uint32_t capture = 0;
  uint32_t connection = 0;  // one of them: index into DataSet::connections
  bool mining = false;      // one of them is
  bool found = false;       // one of them, or they together
  uint32_t messages = 0;
  double evidence = 0;  // the strongest one's
  ConnectionTraffic traffic;
  std::optional<ChannelAlarm> alarm;

  // From its first payload to the alarm, or for as long as it spoke without one.
  Wait seconds_to_alarm() const;
  Wait messages_to_alarm() const;
};
// Those with at least that many messages.
std::vector<ChannelOutcome> channels_of(const DataSet& data, const Evaluation& evaluation,
                                        uint32_t least_messages);

std::vector<Case> channel_cases(const std::vector<ChannelOutcome>& channels);
// Client addresses of a capture: mining when one of their channels is, found when one of them is.
std::vector<Case> host_cases(const DataSet& data, const std::vector<ChannelOutcome>& channels);

}  // namespace kanaria::train
