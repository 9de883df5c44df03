// SPDX-License-Identifier: Apache-2.0
// How a connection came to its verdict, for a report: its messages and its evidence over time.
// Costs memory, so it is kept only when asked for, thinned, and of a bounded number of connections.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/timestamp.h"
#include "detect/thinned_series.h"
#include "flow/connection.h"
#include "flow/message.h"

namespace kanaria::detect {

struct MessagePoint {
  Timestamp time;  // when the message began
  uint32_t bytes = 0;
  flow::Direction direction = flow::Direction::kToServer;
};

struct EvidencePoint {
  Timestamp time;
  double evidence = 0;
};

struct History {
  ThinnedSeries<MessagePoint> messages{512};
  ThinnedSeries<EvidencePoint> evidence{256};
  std::optional<EvidencePoint> alarm;
};

// The histories of a worker's connections. Each shard keeps at most kMostHistories (some 130 MB in
// all 64); beyond that the one with the least evidence is given up, of several the longest silent
// one, and begins anew with its next message. So what is kept depends on the shard's own packets
// alone, like everything else a shard decides.
class Histories {
 public:
  static constexpr size_t kMostHistories = 128;  // a shard

  Histories() : shards_(flow::kShards) {}

  // `number`: of the packet that finished the message.
  void add_message(flow::ConnectionId id, uint64_t number, const flow::Message& message);
  void add_evidence(flow::ConnectionId id, EvidencePoint point);
  // The evidence that raised the alarm.
  void add_alarm(flow::ConnectionId id, EvidencePoint point);
  // The connection is over. Nothing when its history was not kept.
  std::optional<History> take(flow::ConnectionId id);

 private:
  struct Kept {
    History history;
    double evidence = 0;
    uint64_t last_number = 0;
  };
  using Shard = std::unordered_map<uint32_t, Kept>;  // by place

  Kept* find(flow::ConnectionId id);
  static void give_up_one(Shard& shard);

  std::vector<Shard> shards_;
};

}  // namespace kanaria::detect
