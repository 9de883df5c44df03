// SPDX-License-Identifier: Apache-2.0
// What the connections of a data set said, as far as an evaluation asks: when, and how many
// messages.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "flow/connection_table.h"
#include "flow/flow_batch.h"
#include "train/connection_index.h"

namespace kanaria::train {

struct ConnectionTraffic {
  Timestamp first_payload;
  Timestamp last_payload;
  std::array<uint32_t, 2> messages{};  // by direction

  uint32_t message_count() const { return messages[0] + messages[1]; }
  double seconds() const { return kanaria::seconds(last_payload - first_payload); }
};

// Follows the data set's connections through one capture.
class TrafficWatch {
 public:
  TrafficWatch(const DataSet& data, uint32_t capture) : data_(data), known_(data, capture) {}

  void take(const flow::FlowBatch& batch, const flow::ConnectionTable& table);
  // Nothing, for one that was not seen.
  ConnectionTraffic of(uint32_t connection) const;
  // Messages of a connection that mines which ended by then; 0 of others.
  uint32_t messages_until(uint32_t connection, Timestamp time) const;

 private:
  struct Watched {
    ConnectionTraffic traffic;
    std::vector<Timestamp> message_ends;  // of those that mine
  };
  Watched* alive(flow::ConnectionId id);

  const DataSet& data_;
  ConnectionIndex known_;
  std::unordered_map<flow::ConnectionId, uint32_t> alive_;
  std::unordered_map<uint32_t, Watched> watched_;
};

}  // namespace kanaria::train
