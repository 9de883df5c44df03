// SPDX-License-Identifier: Apache-2.0
#include "flow/capture_summary.h"

#include <algorithm>
#include <utility>

#include "decode/decoder.h"

namespace kanaria::flow {
namespace {

// Memory stays bounded whatever addresses a capture holds; later clients are not listed.
constexpr size_t kMostHosts = 1 << 20;

// Keeps the first kMostListed of `kept` and `added` in the order of `before`; of equals the
// earlier.
template <typename T, typename Before>
void insert_among_first(std::vector<T>& kept, const T& added, Before before) {
  kept.insert(std::upper_bound(kept.begin(), kept.end(), added, before), added);
  if (kept.size() > kMostListed) kept.pop_back();
}

}  // namespace

void CaptureInspection::add(const capture::FrameBurst& burst) {
  add_frames(burst);
  packets_.clear();
  decode::decode_burst(burst, packets_, summary_.quality.statuses);
  add_packets(packets_);
  for_each_epoch(packets_, [this](std::span<const decode::Packet> of_epoch) {
    table_.process(of_epoch, {}, batch_);
    take_events();
  });
}

CaptureSummary CaptureInspection::finish() {
  table_.end_all({}, batch_);
  take_events();
  summary_.quality.flow = table_.counts();
  for (const auto& [client, connections] : connections_of_)
    insert_among_first(
        summary_.busiest, {client, connections},
        [](const HostSummary& a, const HostSummary& b) { return a.connections > b.connections; });
  return std::move(summary_);
}

void CaptureInspection::add_frames(const capture::FrameBurst& burst) {
  summary_.quality.frames += burst.size;
  for (const capture::Frame& frame : burst.view()) {
    ++summary_.link_types[frame.link_type];
    const Period before = summary_.period.value_or(Period{frame.time, frame.time});
    summary_.period = {std::min(before.first, frame.time), std::max(before.last, frame.time)};
    summary_.captured_bytes += frame.captured;
    summary_.original_bytes += frame.original;
    summary_.cut_frames += frame.captured < frame.original;
  }
}

void CaptureInspection::add_packets(std::span<const decode::Packet> packets) {
  for (const decode::Packet& packet : packets) {
    summary_.quality.options_cut += packet.options_cut;
    summary_.quality.clock_steps += clock_.note(packet.time);
    summary_.ipv6_packets += !packet.src.is_v4();
    summary_.vlan_packets += packet.vlan_count > 0;
  }
}

void CaptureInspection::take_events() {
  for (const PacketEvent& event : batch_.packets)
    ++summary_.packets_by_class[static_cast<size_t>(event.packet_class)];
  summary_.messages += batch_.messages.size();
  for (const EndEvent& event : batch_.ended) add_connection(event.connection);
}

void CaptureInspection::add_connection(ConnectionId id) {
  const Connection& connection = table_.connection(id);
  const ConnectionRecord& record = table_.record(id);
  const Ends ends = ends_of(connection);
  summary_.began_with_syn += record.began_with_syn;
  summary_.closed += connection.closed();
  summary_.with_acked_unseen += record.acked_unseen > 0;
  if (connections_of_.size() < kMostHosts || connections_of_.contains(ends.client))
    ++connections_of_[ends.client];
  insert_among_first(summary_.longest,
                     {ends, record.first_time, connection.last_time - record.first_time,
                      record.first_number, record.packet_count(), record.message_count()},
                     [](const ConnectionSummary& a, const ConnectionSummary& b) {
                       return a.span != b.span ? a.span > b.span : a.first_number < b.first_number;
                     });
}

}  // namespace kanaria::flow
