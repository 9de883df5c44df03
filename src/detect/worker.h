// SPDX-License-Identifier: Apache-2.0
// One share of detection: the connections of a set of shards, from packets to changes of verdict.
// Owned by one thread at a time; workers share nothing but the table, each its own shards of it.
#pragma once

#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "decode/packet.h"
#include "detect/evidence.h"
#include "detect/history.h"
#include "detect/verdict.h"
#include "feature/lens.h"
#include "flow/connection_table.h"
#include "model/model.h"
#include "nn/inference.h"

namespace kanaria::detect {

// A connection's verdict became `mining`, or the connection ended.
struct ConnectionChange {
  enum class Kind : uint8_t { kAlarm, kEnd };
  static constexpr uint32_t kNotKept = UINT32_MAX;  // made from the table when asked for
  uint64_t number;                                  // of the packet that caused it
  Kind kind;
  flow::EndReason end_reason;
  flow::ConnectionId connection;
  uint32_t report;   // which of the batch's reports
  uint32_t history;  // which of the batch's histories; kNotKept: there is none
  Timestamp start;
  uint64_t first_number;
};

class Worker {
 public:
  // `table` and `model` must outlive it.
  Worker(flow::ConnectionTable& table, flow::ShardSet mine, const model::Model& model,
         std::unique_ptr<feature::Lens> lens, nn::Simd simd);

  // Replaces changes() by those of this batch, in the order of the packets that caused them.
  void process(std::span<const decode::Packet> packets);
  void end_all();
  // Packets that follow come from this input.
  void set_input(uint32_t input) { input_ = input; }
  std::span<const ConnectionChange> changes() const { return changes_; }
  // What was known of the connection at its change; valid until the next batch.
  ConnectionReport report_of(const ConnectionChange& change) const;
  // Histories of connections are kept from now on, and told at their ends.
  void keep_histories() { histories_.emplace(); }
  // Likewise; nullptr when it is not kept.
  const History* history_of(const ConnectionChange& change) const;

 private:
  void judge(std::span<const decode::Packet> packets);
  void keep_reports_of_ends(size_t first_change);
  void keep_promises();
  void begin_connections();
  Evidence& evidence(flow::ConnectionId id);
  void add_row(size_t row, std::span<const decode::Packet> packets);
  void add_change(ConnectionChange::Kind kind, uint64_t number, flow::ConnectionId id,
                  flow::EndReason end_reason);
  ConnectionReport report(flow::ConnectionId id) const;
  void take_back_later_packets(ConnectionReport& report, flow::ConnectionId id, uint64_t number,
                               std::span<const decode::Packet> packets) const;

  flow::ConnectionTable& table_;
  flow::ShardSet mine_;
  const model::Model& model_;
  std::unique_ptr<feature::Lens> lens_;
  nn::Inference inference_;
  uint32_t input_ = 0;
  flow::FlowBatch batch_;
  feature::RowBatch rows_;
  std::vector<float> log_odds_;
  std::vector<std::vector<Evidence>> evidence_;  // by shard, by place
  uint64_t epoch_ = 0;
  std::vector<flow::ConnectionId> promised_;
  std::vector<ConnectionChange> changes_;
  std::vector<ConnectionReport> reports_;
  std::optional<Histories> histories_;
  std::vector<History> ended_histories_;
};

}  // namespace kanaria::detect
