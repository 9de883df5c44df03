// SPDX-License-Identifier: Apache-2.0
// What kanaria knows of a packet: fields of its innermost IP and TCP header (docs/definitions.md).
#pragma once

#include <cstdint>

#include "base/ip_address.h"
#include "base/timestamp.h"

namespace kanaria::decode {

// Low 12 bits of bytes 12-13 of the TCP header (RFC 9293 §3.1).
enum TcpFlag : uint16_t {
  kFin = 0x01,
  kSyn = 0x02,
  kRst = 0x04,
  kPsh = 0x08,
  kAck = 0x10,
  kUrg = 0x20,
  kEce = 0x40,
  kCwr = 0x80,
};

struct Packet {
  Timestamp time;
  uint64_t number = 0;  // of its frame in the input
  IpAddress src;
  IpAddress dst;
  uint16_t src_port = 0;
  uint16_t dst_port = 0;
  uint32_t seq = 0;
  uint32_t ack = 0;
  uint32_t payload_bytes = 0;
  uint32_t ip_bytes = 0;  // IP header included
  uint32_t ip_id = 0;
  uint32_t frame_bytes = 0;  // original length on the wire
  uint16_t flags = 0;
  uint16_t window = 0;           // as sent, not scaled
  uint16_t fragment_offset = 0;  // bytes
  uint16_t mss = 0;
  uint16_t vlan[2] = {0, 0};  // outermost two, valid up to vlan_count
  uint32_t timestamp_value = 0;
  uint32_t timestamp_echo = 0;
  uint8_t ttl = 0;
  uint8_t tcp_header_bytes = 0;
  uint8_t vlan_count = 0;
  uint8_t window_scale = 0;  // shift count
  bool dont_fragment = false;
  bool more_fragments = false;
  bool has_mss = false;
  bool sack_permitted = false;
  bool has_window_scale = false;
  bool has_timestamps = false;
  bool options_cut = false;  // the capture ends within the TCP options

  bool has(uint16_t flag) const { return (flags & flag) != 0; }
  bool is_syn() const { return (flags & (kSyn | kAck)) == kSyn; }
  bool is_syn_ack() const { return (flags & (kSyn | kAck)) == (kSyn | kAck); }
};

}  // namespace kanaria::decode
