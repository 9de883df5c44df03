// SPDX-License-Identifier: Apache-2.0
// Packets of a conversation as Ethernet frames: what a capture would hold of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "capture/frame.h"
#include "tests/decode/frame_builder.h"

namespace kanaria::flow {

struct FrameStyle {
  size_t snap_bytes = 262144;
  uint64_t payload_seed = 0;            // payload bytes are drawn from it
  std::vector<uint16_t> vlan_ids = {};  // innermost first
};

struct WrittenFrame {
  test::Bytes bytes;  // as captured
  uint32_t original = 0;
  Timestamp time;
  uint64_t number = 0;

  capture::Frame frame() const {
    return {bytes.data(),         static_cast<uint32_t>(bytes.size()), original, time, number,
            test::link::kEthernet};
  }
};

inline test::Bytes options_of(const decode::Packet& packet) {
  test::Bytes options;
  if (packet.has_mss) options += test::mss(packet.mss);
  if (packet.has_timestamps)
    options += test::no_operation() + test::no_operation() +
               test::timestamps(packet.timestamp_value, packet.timestamp_echo);
  return options;
}

inline test::Bytes ip_of(const decode::Packet& packet, Random& payload) {
  test::Bytes random(packet.payload_bytes, static_cast<uint8_t>(payload.below(256)));
  const test::Bytes tcp = test::tcp({.src_port = packet.src_port,
                                     .dst_port = packet.dst_port,
                                     .seq = packet.seq,
                                     .ack = packet.ack,
                                     .flags = packet.flags,
                                     .window = packet.window,
                                     .options = options_of(packet),
                                     .payload = random});
  return test::ipv4(tcp, {.src = to_string(packet.src),
                          .dst = to_string(packet.dst),
                          .ttl = packet.ttl,
                          .id = packet.ip_id,
                          .fragment = packet.dont_fragment ? 0x4000U : 0U});
}

// Requires: IPv4; TCP options other than MSS and timestamps are left out.
inline std::vector<WrittenFrame> written(std::span<const decode::Packet> packets,
                                         const FrameStyle& style = {}) {
  Random payload(style.payload_seed);
  std::vector<WrittenFrame> frames;
  for (const decode::Packet& packet : packets) {
    test::Bytes bytes = ip_of(packet, payload);
    unsigned ether_type = test::ether::kIpv4;
    for (const uint16_t id : style.vlan_ids) {
      bytes = test::vlan(id, ether_type, bytes);
      ether_type = test::ether::kVlan;
    }
    bytes = test::ethernet(ether_type, bytes);
    const auto original = static_cast<uint32_t>(bytes.size());
    frames.push_back({bytes.cut_to(style.snap_bytes), original, packet.time, packet.number});
  }
  return frames;
}

}  // namespace kanaria::flow
