// SPDX-License-Identifier: Apache-2.0
// Decodes a frame from a buffer without a byte to spare, and puts the outcome into words.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "decode/decoder.h"
#include "tests/base/bytes.h"
#include "tests/decode/frame_builder.h"

namespace kanaria::test {

struct Decoded {
  decode::DecodeStatus status;
  decode::Packet packet;
};

// `original`: bytes on the wire; those given unless told.
inline Decoded decoded(capture::LinkType link_type, const Bytes& frame,
                       std::optional<size_t> original = std::nullopt) {
  const ExactCopy copy(frame);
  Decoded outcome;
  outcome.status =
      decode::decode({.bytes = copy.view().data(),
                      .captured = static_cast<uint32_t>(frame.size()),
                      .original = static_cast<uint32_t>(original.value_or(frame.size())),
                      .time = {7},
                      .number = 3,
                      .link_type = link_type},
                     outcome.packet);
  return outcome;
}

// "10.1.2.3:40000 > 10.4.5.6:3333 seq 1000 payload 7", or the name of the status.
inline std::string summary(capture::LinkType link_type, const Bytes& frame) {
  const auto [status, packet] = decoded(link_type, frame);
  if (status != decode::DecodeStatus::kTcp) return std::string(name(status));
  return fmt::format("{} > {} seq {} payload {}", endpoint_text(packet.src, packet.src_port),
                     endpoint_text(packet.dst, packet.dst_port), packet.seq, packet.payload_bytes);
}

// What summary() says of ipv4(tcp()) and ipv6(tcp()), wherever they stand.
inline const std::string kSegmentOverIpv4 = "10.1.2.3:40000 > 10.4.5.6:3333 seq 1000 payload 7";
inline const std::string kSegmentOverIpv6 =
    "[2001:db8::3]:40000 > [2001:db8::6]:3333 seq 1000 payload 7";

// All values of a packet, so that two can be compared and told apart.
inline std::string every_value(const decode::Packet& p) {
  return fmt::format(
      "time {} number {} {} > {} seq {} ack {} payload {} ip_bytes {} ip_id {} frame {} flags "
      "{:#x} "
      "window {} offset {} mss {} vlan {}/{} of {} timestamps {}/{}/{} ttl {} tcp_header {} "
      "window_scale {}/{} df {} mf {} sack {} cut {}",
      p.time.ns, p.number, endpoint_text(p.src, p.src_port), endpoint_text(p.dst, p.dst_port),
      p.seq, p.ack, p.payload_bytes, p.ip_bytes, p.ip_id, p.frame_bytes, p.flags, p.window,
      p.fragment_offset, p.mss, p.vlan[0], p.vlan[1], p.vlan_count, p.has_timestamps,
      p.timestamp_value, p.timestamp_echo, p.ttl, p.tcp_header_bytes, p.has_window_scale,
      p.window_scale, p.dont_fragment, p.more_fragments, p.sack_permitted, p.options_cut);
}

}  // namespace kanaria::test
