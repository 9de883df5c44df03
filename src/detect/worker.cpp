// SPDX-License-Identifier: Apache-2.0
#include "detect/worker.h"

#include <utility>

namespace kanaria::detect {

Worker::Worker(flow::ConnectionTable& table, flow::ShardSet mine, const model::Model& model,
               std::unique_ptr<feature::Lens> lens, nn::Simd simd)
    : table_(table),
      mine_(mine),
      model_(model),
      lens_(std::move(lens)),
      inference_(model.mlp, model.scaling, simd),
      evidence_(flow::kShards) {
  rows_.width = lens_->width();
}

void Worker::process(std::span<const decode::Packet> packets) {
  changes_.clear();
  reports_.clear();
  ended_histories_.clear();
  flow::for_each_epoch(packets, [this](std::span<const decode::Packet> of_epoch) {
    const uint64_t epoch = flow::epoch_of(of_epoch.front().number);
    if (std::exchange(epoch_, epoch) != epoch) keep_promises();
    const size_t changes_before = changes_.size();
    table_.process(of_epoch, mine_, batch_);
    judge(of_epoch);
    keep_reports_of_ends(changes_before);
  });
}

// The last batch's connections stay where they are: their reports need not be kept.
void Worker::end_all() {
  changes_.clear();
  reports_.clear();
  ended_histories_.clear();
  table_.end_all(mine_, batch_);
  judge({});
}

void Worker::keep_reports_of_ends(size_t first_change) {
  for (ConnectionChange& change : std::span(changes_).subspan(first_change)) {
    if (change.kind != ConnectionChange::Kind::kEnd) continue;
    change.report = static_cast<uint32_t>(reports_.size());
    reports_.push_back(report(change.connection));
  }
}

// Rows are scored together, then gone through with messages and ends in the order of the packets,
// so that no verdict depends on where one batch ends and the next begins.
void Worker::judge(std::span<const decode::Packet> packets) {
  begin_connections();
  rows_.clear();
  lens_->append_rows({packets, batch_, table_}, rows_);
  log_odds_.resize(rows_.rows());
  inference_.logits(rows_.values, log_odds_);
  model_.calibration.apply(log_odds_);

  size_t row = 0, message = 0;
  const auto rows_up_to = [&](uint64_t number) {
    for (; row < rows_.rows() && rows_.origins[row].number < number; ++row) add_row(row, packets);
  };
  const auto messages_up_to = [&](uint64_t number) {
    for (; message < batch_.messages.size() && batch_.messages[message].number <= number;
         ++message) {
      constexpr size_t kAhead = 8;
      if (message + kAhead < batch_.messages.size())
        __builtin_prefetch(&evidence(batch_.messages[message + kAhead].connection));
      const flow::MessageEvent& event = batch_.messages[message];
      rows_up_to(event.number);
      evidence(event.connection).add_message(event.message, event.round_trip);
      if (histories_) histories_->add_message(event.connection, event.number, event.message);
    }
  };
  for (const flow::EndEvent& end : batch_.ended) {
    messages_up_to(end.number);
    rows_up_to(end.number == flow::kInputEndNumber ? end.number : end.number + 1);
    add_change(ConnectionChange::Kind::kEnd, end.number, end.connection, end.reason);
  }
  messages_up_to(flow::kInputEndNumber);
  rows_up_to(flow::kInputEndNumber);
}

// Which connection is given up when memory is short must not depend on where batches end: an alarm
// protects its connection from the next epoch on.
void Worker::keep_promises() {
  for (const flow::ConnectionId id : promised_)
    if (evidence(id).alarm()) table_.set_promise(id, UINT8_MAX);
  promised_.clear();
}

void Worker::begin_connections() {
  for (const flow::ConnectionId id : batch_.begun) {
    auto& of_shard = evidence_[flow::shard_of(id)];
    if (of_shard.size() <= flow::place_of(id)) of_shard.resize(table_.places(flow::shard_of(id)));
    of_shard[flow::place_of(id)] = Evidence(input_);
  }
}

Evidence& Worker::evidence(flow::ConnectionId id) {
  return evidence_[flow::shard_of(id)][flow::place_of(id)];
}

void Worker::add_row(size_t row, std::span<const decode::Packet> packets) {
  const feature::RowOrigin& origin = rows_.origins[row];
  const bool alarm = evidence(origin.connection)
                         .add_row(log_odds_[row], origin.messages,
                                  {origin.time, origin.number, input_}, model_.thresholds);
  if (histories_)
    histories_->add_evidence(
        origin.connection, {origin.time, evidence(origin.connection).strength(model_.thresholds)});
  if (!alarm) return;
  if (histories_)
    histories_->add_alarm(origin.connection,
                          {origin.time, evidence(origin.connection).strength(model_.thresholds)});
  promised_.push_back(origin.connection);
  add_change(ConnectionChange::Kind::kAlarm, origin.number, origin.connection, {});
  ConnectionReport& at_alarm = reports_.emplace_back(report(origin.connection));
  take_back_later_packets(at_alarm, origin.connection, origin.number, packets);
}

void Worker::add_change(ConnectionChange::Kind kind, uint64_t number, flow::ConnectionId id,
                        flow::EndReason end_reason) {
  const flow::ConnectionRecord& record = table_.record(id);
  changes_.push_back({.number = number,
                      .kind = kind,
                      .end_reason = end_reason,
                      .connection = id,
                      .report = kind == ConnectionChange::Kind::kAlarm
                                    ? static_cast<uint32_t>(reports_.size())
                                    : ConnectionChange::kNotKept,
                      .history = ConnectionChange::kNotKept,
                      .start = record.first_time,
                      .first_number = record.first_number});
  if (!histories_ || kind != ConnectionChange::Kind::kEnd) return;
  if (auto history = histories_->take(id)) {
    changes_.back().history = static_cast<uint32_t>(ended_histories_.size());
    ended_histories_.push_back(*std::move(history));
  }
}

const History* Worker::history_of(const ConnectionChange& change) const {
  return change.history == ConnectionChange::kNotKept ? nullptr : &ended_histories_[change.history];
}

ConnectionReport Worker::report_of(const ConnectionChange& change) const {
  return change.report == ConnectionChange::kNotKept ? report(change.connection)
                                                     : reports_[change.report];
}

ConnectionReport Worker::report(flow::ConnectionId id) const {
  const flow::Connection& connection = table_.connection(id);
  const flow::ConnectionRecord& record = table_.record(id);
  const Evidence& gathered = evidence_[flow::shard_of(id)][flow::place_of(id)];
  return {.ends = flow::ends_of(connection),
          .input = gathered.input(),
          .vlan = record.vlan,
          .vlan_count = record.vlan_count,
          .start = record.first_time,
          .end = connection.last_time,
          .first_number = record.first_number,
          .packets = record.packets,
          .frame_bytes = record.frame_bytes,
          .established = connection.direction_seen[0] && connection.direction_seen[1],
          .closed = connection.closed(),
          .began_with_syn = record.began_with_syn,
          .acked_unseen = record.acked_unseen,
          .messages = gathered.messages(),
          .verdict = gathered.verdict(model_.thresholds),
          .evidence = gathered.strength(model_.thresholds),
          .threshold = model_.thresholds.threshold(),
          .alarm = gathered.alarm(),
          .reason = gathered.reason()};
}

// The table has counted the whole batch already; an alarm tells what was known at its own packet.
void Worker::take_back_later_packets(ConnectionReport& report, flow::ConnectionId id,
                                     uint64_t number,
                                     std::span<const decode::Packet> packets) const {
  for (const flow::PacketEvent& event : batch_.packets) {
    const decode::Packet& packet = packets[event.packet];
    if (event.connection != id || packet.number <= number) continue;
    --report.packets[flow::index_of(event.direction)];
    report.frame_bytes[flow::index_of(event.direction)] -= packet.frame_bytes;
    report.acked_unseen -= event.acked_unseen ? 1 : 0;
    if (event.closes) report.closed = false;
  }
  report.end = report.alarm->time;
  report.established = report.packets[0] > 0 && report.packets[1] > 0;
}

}  // namespace kanaria::detect
