// SPDX-License-Identifier: Apache-2.0
#include "train/connection_traffic.h"

#include <algorithm>

namespace kanaria::train {

void TrafficWatch::take(const flow::FlowBatch& batch, const flow::ConnectionTable& table) {
  for (const flow::ConnectionId id : batch.begun)
    if (const auto known = known_.find(table.record(id).first_number)) alive_[id] = *known;
  for (const flow::MessageEvent& event : batch.messages) {
    Watched* watched = alive(event.connection);
    if (watched == nullptr) continue;
    ConnectionTraffic& traffic = watched->traffic;
    const bool first = traffic.message_count() == 0;
    const flow::Message& message = event.message;
    traffic.first_payload = first ? message.start : std::min(traffic.first_payload, message.start);
    traffic.last_payload = first ? message.end : std::max(traffic.last_payload, message.end);
    ++traffic.messages[flow::index_of(message.direction)];
    if (data_.connections[alive_[event.connection]].label == Label::kMining)
      watched->message_ends.push_back(message.end);
  }
  for (const flow::EndEvent& event : batch.ended) alive_.erase(event.connection);
}

TrafficWatch::Watched* TrafficWatch::alive(flow::ConnectionId id) {
  const auto found = alive_.find(id);
  return found == alive_.end() ? nullptr : &watched_[found->second];
}

ConnectionTraffic TrafficWatch::of(uint32_t connection) const {
  const auto found = watched_.find(connection);
  return found == watched_.end() ? ConnectionTraffic{} : found->second.traffic;
}

uint32_t TrafficWatch::messages_until(uint32_t connection, Timestamp time) const {
  const auto found = watched_.find(connection);
  if (found == watched_.end()) return 0;
  return static_cast<uint32_t>(std::ranges::count_if(
      found->second.message_ends, [time](Timestamp end) { return end <= time; }));
}

}  // namespace kanaria::train
