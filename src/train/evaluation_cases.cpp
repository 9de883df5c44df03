// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation_cases.h"

#include <algorithm>
#include <map>
#include <utility>

#include "train/channel.h"

namespace kanaria::train {
namespace {

void add_traffic(ConnectionTraffic& sum, const ConnectionTraffic& one) {
  if (one.message_count() == 0) return;
  const bool first = sum.message_count() == 0;
  sum.first_payload = first ? one.first_payload : std::min(sum.first_payload, one.first_payload);
  sum.last_payload = first ? one.last_payload : std::max(sum.last_payload, one.last_payload);
  for (size_t side = 0; side < sum.messages.size(); ++side)
    sum.messages[side] += one.messages[side];
}

void add_connection(ChannelOutcome& channel, const ConnectionOutcome& outcome, Label label) {
  channel.mining |= label == Label::kMining;
  channel.found |= outcome.found();
  channel.messages += outcome.messages;
  channel.evidence = std::max(channel.evidence, outcome.evidence);
  add_traffic(channel.traffic, outcome.traffic);
  if (!channel.alarm.has_value()) channel.alarm = outcome.channel_alarm;
}

Case case_of(const ChannelOutcome& channel) {
  return {channel.capture, channel.mining, channel.found, static_cast<float>(channel.evidence)};
}

}  // namespace

std::vector<Case> row_cases(const DataSet& data, const Evaluation& evaluation, float threshold) {
  std::vector<Case> cases;
  cases.reserve(evaluation.rows.size());
  for (size_t i = 0; i < evaluation.rows.size(); ++i) {
    const uint32_t row = evaluation.rows[i];
    const float logit = evaluation.logits[i];
    cases.push_back({data.connections[data.connection[row]].capture, data.labels[row] > 0.5F,
                     logit > threshold, logit});
  }
  return cases;
}

std::vector<Case> connection_cases(const DataSet& data, const Evaluation& evaluation,
                                   uint32_t least_messages) {
  std::vector<Case> cases;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    if (outcome.messages < least_messages) continue;
    const LabelledConnection& connection = data.connections[outcome.connection];
    cases.push_back({connection.capture, connection.label == Label::kMining,
                     outcome.verdict == detect::Verdict::kMining,
                     static_cast<float>(outcome.evidence)});
  }
  return cases;
}

std::vector<ChannelOutcome> channels_of(const DataSet& data, const Evaluation& evaluation,
                                        uint32_t least_messages) {
  std::map<std::pair<uint32_t, Channel>, ChannelOutcome> channels;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    const LabelledConnection& connection = data.connections[outcome.connection];
    ChannelOutcome first;
    first.capture = connection.capture;
    first.connection = outcome.connection;
    first.evidence = outcome.evidence;
    const Channel key = channel_of(connection.ends);
    ChannelOutcome& channel = channels.try_emplace({connection.capture, key}, first).first->second;
    add_connection(channel, outcome, connection.label);
  }
  std::vector<ChannelOutcome> result;
  for (const auto& [key, channel] : channels)
    if (channel.messages >= least_messages) result.push_back(channel);
  return result;
}

Wait ChannelOutcome::seconds_to_alarm() const {
  const Timestamp until = alarm ? alarm->time : traffic.last_payload;
  return {seconds(until - traffic.first_payload), alarm.has_value()};
}

Wait ChannelOutcome::messages_to_alarm() const {
  return {static_cast<double>(alarm ? alarm->messages : traffic.message_count()),
          alarm.has_value()};
}

std::vector<Case> channel_cases(const std::vector<ChannelOutcome>& channels) {
  std::vector<Case> cases;
  cases.reserve(channels.size());
  for (const ChannelOutcome& channel : channels) cases.push_back(case_of(channel));
  return cases;
}

std::vector<Case> host_cases(const DataSet& data, const std::vector<ChannelOutcome>& channels) {
  std::map<std::pair<uint32_t, IpAddress>, Case> hosts;
  for (const ChannelOutcome& channel : channels) {
    const Case one = case_of(channel);
    const IpAddress& client = data.connections[channel.connection].ends.client;
    const auto [host, is_new] = hosts.emplace(std::pair(channel.capture, client), one);
    host->second.mining |= one.mining;
    host->second.found |= one.found;
    host->second.score = std::max(host->second.score, one.score);
  }
  std::vector<Case> cases;
  cases.reserve(hosts.size());
  for (const auto& [key, host] : hosts) cases.push_back(host);
  return cases;
}

}  // namespace kanaria::train
