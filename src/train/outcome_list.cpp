// SPDX-License-Identifier: Apache-2.0
#include "train/outcome_list.h"

#include <algorithm>

namespace kanaria::train {

void OutcomeList::add(const detect::ConnectionReport& report) {
  const auto found = known_.find(report.first_number);
  if (!found) return;
  std::optional<double> wait;
  if (report.alarm) wait = seconds(report.alarm->time - report.start);
  outcomes_.push_back({*found, report.messages, report.verdict, report.evidence, wait});
}

void OutcomeList::add_channel_alarm(const detect::ConnectionReport& report) {
  const Timestamp time = report.alarm ? report.alarm->time : report.end;
  const auto [alarm, is_new] = channel_alarms_.emplace(channel_of(report.ends), time);
  alarm->second = std::min(alarm->second, time);
}

std::vector<ConnectionOutcome> OutcomeList::finish(const TrafficWatch& watch) {
  std::ranges::sort(outcomes_, {}, &ConnectionOutcome::connection);
  std::map<Channel, uint32_t> messages;
  for (const ConnectionOutcome& outcome : outcomes_) {
    const Channel channel = channel_of(data_.connections[outcome.connection].ends);
    const auto alarm = channel_alarms_.find(channel);
    if (alarm == channel_alarms_.end()) continue;
    messages[channel] += watch.messages_until(outcome.connection, alarm->second);
  }
  for (ConnectionOutcome& outcome : outcomes_) {
    outcome.traffic = watch.of(outcome.connection);
    const Channel channel = channel_of(data_.connections[outcome.connection].ends);
    const auto alarm = channel_alarms_.find(channel);
    if (alarm != channel_alarms_.end())
      outcome.channel_alarm = ChannelAlarm{alarm->second, messages[channel]};
  }
  return std::move(outcomes_);
}

}  // namespace kanaria::train
