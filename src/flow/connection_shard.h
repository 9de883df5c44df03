// SPDX-License-Identifier: Apache-2.0
// One of the 64 parts of the connection table: finds or begins the connection of a packet, counts
// the packet into it, and ends connections that are over, idle, or in the way when memory is short.
// Owned by one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "decode/packet.h"
#include "flow/flow_batch.h"
#include "flow/received_bytes.h"

namespace kanaria::flow {

struct ShardOptions {
  Nanoseconds idle_timeout = 15 * kMinute;
  size_t most_connections = 1 << 14;
};

struct ShardCounts {
  uint64_t stray = 0;  // packets of closed tuples that belong to no connection
  uint64_t acked_unseen = 0;
  uint64_t connections = 0;
  uint64_t one_sided = 0;  // ended ones that carried segments while one side was never seen
  uint64_t forced = 0;     // ended because memory was short
};

class ConnectionShard {
 public:
  ConnectionShard(uint32_t number, const ShardOptions& options);

  // Brings the memory a packet will need into the cache; called ahead of process().
  void prefetch_index(const KeyedPacket& key) const {
    __builtin_prefetch(&index_[key.hash & mask_]);
  }
  void prefetch_connection(const KeyedPacket& key) const;

  void process(const decode::Packet& packet, const KeyedPacket& key, PacketIndex at,
               FlowBatch& out);
  // Frees the places of connections whose end was reported in an earlier batch.
  void release_ended();
  void end_all(FlowBatch& out);

  Connection& connection(uint32_t place) { return connections_[place]; }
  const Connection& connection(uint32_t place) const { return connections_[place]; }
  const ConnectionRecord& record(uint32_t place) const { return records_[place]; }
  size_t places() const { return connections_.size(); }
  const ShardCounts& counts() const { return counts_; }

 private:
  struct IndexEntry {
    uint32_t hash = 0;
    uint32_t place = kNowhere;
  };
  static constexpr uint32_t kNowhere = UINT32_MAX;
  enum class Admission : uint8_t { kExisting, kNew, kStray };

  uint32_t find(const KeyedPacket& key) const;
  Admission admit(const decode::Packet& packet, bool from_low, uint32_t place);
  Admission admit_other_isn(const decode::Packet& packet, Direction direction, uint32_t place);
  uint32_t begin(const decode::Packet& packet, const KeyedPacket& key, uint32_t replaced,
                 FlowBatch& out);
  PacketClass classify(const decode::Packet& packet, uint32_t place, Direction direction,
                       uint32_t& new_bytes);
  // True when this FIN or RST closed the connection.
  bool close(const decode::Packet& packet, uint32_t place, Direction direction);
  void add_segment(const decode::Packet& packet, uint32_t place, Direction direction,
                   uint32_t new_bytes, PacketIndex at, FlowBatch& out);
  void measure_round_trip(const decode::Packet& packet, uint32_t place, Direction direction,
                          PacketClass packet_class);
  // What the packet acknowledges of a side that was never seen, as messages of that side.
  void rebuild_unseen_side(const decode::Packet& packet, uint32_t place, Direction direction,
                           FlowBatch& out);
  uint32_t largest_segment(uint32_t place, Direction direction, uint32_t option_bytes) const;
  // Those of `out` from `first` on, into the connection's record.
  void count_messages(uint32_t place, size_t first, const FlowBatch& out);

  void advance_clock(Timestamp time);
  void sweep(uint64_t number, FlowBatch& out);
  void advance_hand();
  void make_room(uint64_t number, FlowBatch& out);
  void report_end(uint32_t place, uint64_t number, EndReason reason, FlowBatch& out);
  void forget(uint32_t place);
  uint32_t take_place();
  void insert_index(uint32_t hash, uint32_t place);
  void erase_index(uint32_t place);
  void grow_index();

  uint32_t number_;
  ShardOptions options_;
  std::vector<IndexEntry> index_;
  uint32_t mask_;
  size_t indexed_ = 0;
  std::vector<Connection> connections_;
  std::vector<ConnectionRecord> records_;
  std::vector<uint32_t> hashes_;  // of the connection at each place
  // By place and direction; only for connections with out_of_order.
  std::unordered_map<uint32_t, std::array<Holes, 2>> holes_;
  std::vector<uint32_t> free_places_;
  std::vector<uint32_t> to_release_;
  uint32_t hand_ = 0;
  uint32_t packets_until_sweep_ = 0;
  Timestamp clock_;
  Timestamp previous_time_;
  ShardCounts counts_;
};

}  // namespace kanaria::flow
