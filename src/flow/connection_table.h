// SPDX-License-Identifier: Apache-2.0
// Packets -> connections, segments, messages (docs/definitions.md). In: batches of decoded packets
// in the order of the input. Out: a FlowBatch of what they meant. Memory is bounded; every rule
// depends on packets' own times alone, so the same packets give the same events, whoever shares the
// work.
//
// Threads: process() may run concurrently for disjoint sets of shards.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "decode/packet.h"
#include "flow/connection_shard.h"
#include "flow/flow_batch.h"

namespace kanaria::flow {

struct TableOptions {
  Nanoseconds idle_timeout = 15 * kMinute;
  size_t most_connections = 1 << 20;  // in all shards together; about 450 bytes each
  bool vlan_key = false;
};

// Every `count`-th shard beginning with `first`: one worker's part of the table.
struct ShardSet {
  unsigned first = 0;
  unsigned count = 1;

  bool has(unsigned shard) const { return shard % count == first; }
};

// Places of ended connections are used again only in the next epoch of 256 frames of the input,
// however the frames are cut into batches.
constexpr uint64_t epoch_of(uint64_t frame_number) { return (frame_number - 1) / 256; }
// Those packets in front that are of the first one's epoch. Requires: there is one.
std::span<const decode::Packet> first_epoch(std::span<const decode::Packet> packets);
// Calls take(packets) for each epoch's packets, in their order: what ConnectionTable::process asks.
template <typename Take>
void for_each_epoch(std::span<const decode::Packet> packets, Take take) {
  while (!packets.empty()) {
    const auto of_epoch = first_epoch(packets);
    take(of_epoch);
    packets = packets.subspan(of_epoch.size());
  }
}

class ConnectionTable {
 public:
  explicit ConnectionTable(const TableOptions& options);

  // Replaces `out` by the events of those packets whose shard is in `mine`, in the packets' order.
  // First frees the connections whose end was reported in an earlier epoch; so that the same
  // packets always meet the same table, hand in no batch that reaches over the end of an epoch
  // (epoch_of).
  void process(std::span<const decode::Packet> packets, ShardSet mine, FlowBatch& out);
  // The input is over: ends what is left.
  void end_all(ShardSet mine, FlowBatch& out);

  const Connection& connection(ConnectionId id) const {
    return shards_[shard_of(id)]->connection(place_of(id));
  }
  const ConnectionRecord& record(ConnectionId id) const {
    return shards_[shard_of(id)]->record(place_of(id));
  }
  // The higher, the later a connection is given up when memory is short.
  void set_promise(ConnectionId id, uint8_t promise) {
    shards_[shard_of(id)]->connection(place_of(id)).promise = promise;
  }
  size_t places(unsigned shard) const { return shards_[shard]->places(); }
  ShardCounts counts() const;

 private:
  TableOptions options_;
  uint64_t secret_;
  std::array<uint64_t, kShards> epoch_{};
  std::array<std::unique_ptr<ConnectionShard>, kShards> shards_;
};

}  // namespace kanaria::flow
