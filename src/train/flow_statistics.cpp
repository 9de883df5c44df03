// SPDX-License-Identifier: Apache-2.0
#include "train/flow_statistics.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <unordered_map>

#include "capture/capture_file.h"
#include "train/connection_index.h"
#include "train/flow_walk.h"

namespace kanaria::train {
namespace {

constexpr Nanoseconds kActiveTimeout = 300 * kSecond;
constexpr Nanoseconds kInactiveTimeout = 30 * kSecond;
constexpr uint32_t kSeries = 30;  // packets with payload that an exporter keeps
constexpr uint32_t kLeastPackets = 8;

double whole_seconds(Timestamp time) {
  const int64_t whole = time.ns / kSecond;
  return static_cast<double>(whole);
}

// One record as it grows.
class Record {
 public:
  bool over(Timestamp time) const {
    return any_ && (time - first_ > kActiveTimeout || time - last_ > kInactiveTimeout);
  }

  void add(const decode::Packet& packet, flow::Direction direction) {
    const size_t side = flow::index_of(direction);
    if (!any_) first_ = packet.time;
    any_ = true;
    last_ = packet.time;
    ++packets_[side];
    bytes_[side] += packet.ip_bytes;
    if (packet.payload_bytes == 0 || series_[0] + series_[1] == kSeries) return;
    if (series_[0] + series_[1] == 0) {
      series_first_ = packet.time;
      shortest_ = packet.payload_bytes;
    }
    series_last_ = packet.time;
    shortest_ = std::min(shortest_, packet.payload_bytes);
    ++series_[side];
    series_bytes_[side] += packet.payload_bytes;
    if ((packet.flags & decode::kPsh) != 0) ++pushed_;
  }

  // Nothing, of one that DeCrypto passes over.
  std::optional<std::array<float, kFlowStatistics>> statistics() const {
    const double series = series_[0] + series_[1];
    if (std::min(packets_[0], packets_[1]) < kLeastPackets || series == 0) return std::nullopt;
    const double intervals = std::max(1.0, series - 1);
    const std::array<double, kFlowStatistics> values{
        static_cast<double>(bytes_[0]),
        static_cast<double>(bytes_[1]),
        static_cast<double>(packets_[0]),
        static_cast<double>(packets_[1]),
        series_[0] / series,
        series_[1] / series,
        (whole_seconds(series_last_) - whole_seconds(series_first_)) / intervals,
        whole_seconds(last_) - whole_seconds(first_),
        static_cast<double>(series_bytes_[0] + series_bytes_[1]) / series,
        pushed_ / series,
        static_cast<double>(shortest_),
        series_bytes_[1] == 0
            ? 0.0
            : static_cast<double>(series_bytes_[0]) / static_cast<double>(series_bytes_[1])};
    std::array<float, kFlowStatistics> statistics{};
    std::ranges::transform(values, statistics.begin(),
                           [](double value) { return static_cast<float>(value); });
    return statistics;
  }

 private:
  bool any_ = false;
  Timestamp first_, last_;
  std::array<uint32_t, 2> packets_{};
  std::array<uint64_t, 2> bytes_{};
  Timestamp series_first_, series_last_;
  std::array<uint32_t, 2> series_{};
  std::array<uint64_t, 2> series_bytes_{};
  uint32_t pushed_ = 0;
  uint32_t shortest_ = 0;
};

class Exporter {
 public:
  Exporter(const DataSet& data, uint32_t capture) : known_(data, capture) {}

  void take(std::span<const decode::Packet> packets, const flow::FlowBatch& batch,
            const flow::ConnectionTable& table) {
    for (const flow::ConnectionId id : batch.begun)
      if (const auto known = known_.find(table.record(id).first_number)) live_[id] = {*known, {}};
    for (const flow::PacketEvent& event : batch.packets) {
      const auto found = live_.find(event.connection);
      if (found == live_.end()) continue;
      const decode::Packet& packet = packets[event.packet];
      Live& live = found->second;
      if (live.record.over(packet.time)) finish(live);
      live.record.add(packet, event.direction);
    }
    for (const flow::EndEvent& event : batch.ended) {
      const auto found = live_.find(event.connection);
      if (found == live_.end()) continue;
      finish(found->second);
      live_.erase(found);
    }
  }

  std::vector<FlowRecord> records() {
    std::ranges::stable_sort(records_, {}, &FlowRecord::connection);
    return std::move(records_);
  }

 private:
  struct Live {
    uint32_t connection;
    Record record;
  };

  void finish(Live& live) {
    if (const auto statistics = live.record.statistics())
      records_.push_back({live.connection, *statistics});
    live.record = {};
  }

  ConnectionIndex known_;
  std::unordered_map<flow::ConnectionId, Live> live_;
  std::vector<FlowRecord> records_;
};

}  // namespace

std::span<const std::string_view> flow_statistic_names() {
  static constexpr std::array<std::string_view, kFlowStatistics> kNames{
      "bytes",        "bytes_rev", "packets",          "packets_rev",
      "sent",         "recv",      "avg_pkt_interval", "overall_duration",
      "avg_pkt_size", "psh_ratio", "min_pkt_len",      "data_symmetry"};
  return kNames;
}

Result<std::vector<FlowRecord>> flow_records(const DataSet& data, uint32_t capture) {
  const std::atomic<bool> stop{false};
  auto source = capture::open_capture(data.captures[capture], stop);
  if (!source) return source.error();
  FlowWalk walk;
  Exporter exporter(data, capture);
  const auto look = [&](std::span<const decode::Packet> packets, const flow::FlowBatch& batch) {
    exporter.take(packets, batch, walk.table());
  };
  capture::FrameBurst burst;
  capture::ReadState state;
  do {
    state = (*source)->read(burst);
    walk.process(burst, look);
  } while (state == capture::ReadState::kMore);
  walk.finish(look);
  return exporter.records();
}

}  // namespace kanaria::train
