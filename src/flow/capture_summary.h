// SPDX-License-Identifier: Apache-2.0
// What is in a capture: frames by status and link layer, packets by class, connections, quality.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "capture/frame.h"
#include "decode/packet.h"
#include "flow/capture_quality.h"
#include "flow/connection_table.h"

namespace kanaria::flow {

struct ConnectionSummary {
  Ends ends;
  Timestamp start;
  Nanoseconds span = 0;
  uint64_t first_number = 0;  // of its first packet
  uint64_t packets = 0;
  uint32_t messages = 0;
};

struct HostSummary {
  IpAddress client;
  uint64_t connections = 0;
};

struct Period {
  Timestamp first;  // the earliest and the latest time, not those of the first and last frame
  Timestamp last;

  Nanoseconds span() const { return last - first; }
};

struct CaptureSummary {
  CaptureQuality quality;
  std::map<capture::LinkType, uint64_t> link_types;  // frames of each
  std::optional<Period> period;                      // of all frames
  uint64_t captured_bytes = 0;
  uint64_t original_bytes = 0;
  uint64_t cut_frames = 0;  // fewer bytes captured than were on the wire
  uint64_t ipv6_packets = 0;
  uint64_t vlan_packets = 0;
  std::array<uint64_t, kPacketClasses> packets_by_class{};
  uint64_t messages = 0;
  uint64_t began_with_syn = 0;  // of connections, as the next two
  uint64_t closed = 0;
  uint64_t with_acked_unseen = 0;
  std::vector<ConnectionSummary> longest;  // at most kMostListed, the longest first
  std::vector<HostSummary> busiest;        // alike, by connections as client

  uint64_t packets_of(PacketClass packet_class) const {
    return packets_by_class[static_cast<size_t>(packet_class)];
  }
};
inline constexpr size_t kMostListed = 5;

// Gathers the summary of one capture. Used by one thread.
class CaptureInspection {
 public:
  explicit CaptureInspection(const TableOptions& options) : table_(options) {}

  void add(const capture::FrameBurst& burst);
  // Ends all connections; the inspection takes no more frames.
  CaptureSummary finish();

 private:
  void add_frames(const capture::FrameBurst& burst);
  void add_packets(std::span<const decode::Packet> packets);
  void take_events();
  void add_connection(ConnectionId id);

  ConnectionTable table_;
  CaptureClock clock_;
  CaptureSummary summary_;
  std::vector<decode::Packet> packets_;
  FlowBatch batch_;
  std::map<IpAddress, uint64_t> connections_of_;  // of the first kMostHosts clients
};

}  // namespace kanaria::flow
