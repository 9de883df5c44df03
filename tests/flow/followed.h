// SPDX-License-Identifier: Apache-2.0
// What the connection table makes of packets, gathered over batches. Connections are numbered from
// 0 in the order in which they began.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "flow/connection_table.h"

namespace kanaria::flow {

struct Followed {
  struct SegmentSeen {
    size_t connection;
    size_t packet;
    SegmentEvent event;
  };
  struct MessageSeen {
    size_t connection;
    Message message;
  };
  struct EndSeen {
    size_t connection;
    uint64_t number;
    EndReason reason;
    ConnectionRecord record;
    friend bool operator==(const EndSeen& a, const EndSeen& b) {
      return a.connection == b.connection && a.number == b.number && a.reason == b.reason;
    }
  };

  // Of each packet: its connection (none: stray) and class.
  std::vector<std::optional<size_t>> connection;
  std::vector<std::optional<PacketClass>> packet_class;
  std::vector<SegmentSeen> segments;
  std::vector<MessageSeen> messages;
  std::vector<EndSeen> ended;
  std::vector<Ends> ends;  // of each connection
  ShardCounts counts;
  size_t most_live = 0;

  size_t connections() const { return ends.size(); }
  const ConnectionRecord& record(size_t which) const {
    return std::find_if(ended.begin(), ended.end(),
                        [&](const EndSeen& end) { return end.connection == which; })
        ->record;
  }
  std::vector<uint32_t> message_bytes() const {
    std::vector<uint32_t> bytes;
    for (const MessageSeen& seen : messages) bytes.push_back(seen.message.bytes);
    return bytes;
  }
  std::vector<uint32_t> new_bytes() const {
    std::vector<uint32_t> bytes;
    for (const SegmentSeen& seen : segments) bytes.push_back(seen.event.segment.bytes);
    return bytes;
  }
};

// Hands packets to a table batch by batch, cut where the table wants it: at the ends of epochs.
// finish() ends the input.
class Follower {
 public:
  explicit Follower(const TableOptions& options = {}) : table_(options) {}

  Follower& follow(std::span<const decode::Packet> packets) {
    for_each_epoch(packets,
                   [this](std::span<const decode::Packet> of_epoch) { follow_batch(of_epoch); });
    return *this;
  }

  Followed finish() {
    table_.end_all({}, batch_);
    note_messages_and_ends();
    seen_.counts = table_.counts();
    return seen_;
  }

  ConnectionTable& table() { return table_; }
  // The id of the connection that began as the which-th.
  ConnectionId id(size_t which) const { return ids_[which]; }
  const Followed& so_far() const { return seen_; }

 private:
  void follow_batch(std::span<const decode::Packet> packets) {
    table_.process(packets, {}, batch_);
    const size_t first = seen_.connection.size();
    seen_.connection.resize(first + packets.size());
    seen_.packet_class.resize(first + packets.size());
    note_begun();
    for (const PacketEvent& event : batch_.packets) {
      seen_.connection[first + event.packet] = number_.at(event.connection);
      seen_.packet_class[first + event.packet] = event.packet_class;
    }
    for (const SegmentEvent& event : batch_.segments)
      seen_.segments.push_back({number_.at(event.connection), first + event.packet, event});
    note_messages_and_ends();
  }

  void note_begun() {
    for (const ConnectionId id : batch_.begun) {
      number_[id] = seen_.ends.size();
      ids_.push_back(id);
      seen_.ends.push_back(ends_of(table_.connection(id)));
    }
    live_ += batch_.begun.size();
  }
  void note_messages_and_ends() {
    for (const MessageEvent& event : batch_.messages)
      seen_.messages.push_back({number_.at(event.connection), event.message});
    for (const EndEvent& event : batch_.ended)
      seen_.ended.push_back({number_.at(event.connection), event.number, event.reason,
                             table_.record(event.connection)});
    live_ -= batch_.ended.size();
    seen_.most_live = std::max(seen_.most_live, live_);
  }

  ConnectionTable table_;
  FlowBatch batch_;
  std::map<ConnectionId, size_t> number_;
  std::vector<ConnectionId> ids_;
  Followed seen_;
  size_t live_ = 0;
};

// All packets, `batch_size` at a time, to the end of the input.
inline Followed follow(std::span<const decode::Packet> packets, const TableOptions& options = {},
                       size_t batch_size = SIZE_MAX) {
  Follower follower(options);
  for (size_t at = 0; at < packets.size();) {
    const size_t count = std::min(batch_size, packets.size() - at);
    follower.follow(packets.subspan(at, count));
    at += count;
  }
  return follower.finish();
}

}  // namespace kanaria::flow
