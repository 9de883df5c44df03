// SPDX-License-Identifier: Apache-2.0
#include "flow/connection_table.h"

#include <algorithm>
#include <random>
#include <utility>

namespace kanaria::flow {
namespace {

// Packets whose memory is fetched ahead while the ones before them are worked on.
constexpr size_t kAhead = 64;

uint64_t draw_secret() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

}  // namespace

std::span<const decode::Packet> first_epoch(std::span<const decode::Packet> packets) {
  const auto other = std::find_if(packets.begin(), packets.end(), [&](const decode::Packet& p) {
    return epoch_of(p.number) != epoch_of(packets.front().number);
  });
  return packets.first(static_cast<size_t>(other - packets.begin()));
}

ConnectionTable::ConnectionTable(const TableOptions& options)
    : options_(options), secret_(draw_secret()) {
  const ShardOptions shard_options{
      .idle_timeout = options.idle_timeout,
      .most_connections = std::max<size_t>(1, options.most_connections / kShards)};
  for (unsigned i = 0; i < kShards; ++i)
    shards_[i] = std::make_unique<ConnectionShard>(i, shard_options);
}

void ConnectionTable::process(std::span<const decode::Packet> packets, ShardSet mine,
                              FlowBatch& out) {
  out.clear();
  if (packets.empty()) return;
  const uint64_t epoch = epoch_of(packets.front().number);
  for (unsigned i = mine.first; i < kShards; i += mine.count)
    if (std::exchange(epoch_[i], epoch) != epoch) shards_[i]->release_ended();

  struct Keyed {
    KeyedPacket key;
    PacketIndex at;
  };
  std::array<Keyed, kAhead> ahead;
  for (size_t begin = 0; begin < packets.size();) {
    size_t count = 0;
    for (; begin < packets.size() && count < kAhead; ++begin) {
      const KeyedPacket key = key_of(packets[begin], options_.vlan_key, secret_);
      if (!mine.has(key.shard)) continue;
      shards_[key.shard]->prefetch_index(key);
      ahead[count++] = {key, static_cast<PacketIndex>(begin)};
    }
    for (size_t i = 0; i < count; ++i)
      shards_[ahead[i].key.shard]->prefetch_connection(ahead[i].key);
    for (size_t i = 0; i < count; ++i)
      shards_[ahead[i].key.shard]->process(packets[ahead[i].at], ahead[i].key, ahead[i].at, out);
  }
}

void ConnectionTable::end_all(ShardSet mine, FlowBatch& out) {
  out.clear();
  for (unsigned i = mine.first; i < kShards; i += mine.count) shards_[i]->end_all(out);
}

ShardCounts ConnectionTable::counts() const {
  ShardCounts sum;
  for (const auto& shard : shards_) {
    const ShardCounts& part = shard->counts();
    sum.stray += part.stray;
    sum.acked_unseen += part.acked_unseen;
    sum.connections += part.connections;
    sum.one_sided += part.one_sided;
    sum.forced += part.forced;
  }
  return sum;
}

}  // namespace kanaria::flow
