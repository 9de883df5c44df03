// SPDX-License-Identifier: Apache-2.0
// Packets as a test tells them: `c.syn().syn_ack().ack(); c.client(200).at(3_s)`. Each packet comes
// 1 ms after the one before it; what follows a packet (`at`, `seq`, `mss` …) changes that packet.
// The client sends from the low address and the high port.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/timestamp.h"
#include "decode/packet.h"

namespace kanaria::flow {

constexpr Nanoseconds operator""_ms(unsigned long long n) {
  return static_cast<Nanoseconds>(n) * 1'000'000;
}
constexpr Nanoseconds operator""_s(unsigned long long n) {
  return static_cast<Nanoseconds>(n) * kSecond;
}
constexpr Nanoseconds operator""_min(unsigned long long n) {
  return static_cast<Nanoseconds>(n) * kMinute;
}

// 2026-01-01T00:00:00Z: where the times of a conversation count from.
inline constexpr Timestamp kBegin{1'767'225'600 * kSecond};
inline constexpr uint32_t kClientIsn = 1000;
inline constexpr uint32_t kServerIsn = 5000;

struct End {
  uint32_t address = 0;  // IPv4
  uint16_t port = 0;
};

inline IpAddress v4(uint32_t address) {
  const std::array<uint8_t, 4> octets{
      static_cast<uint8_t>(address >> 24), static_cast<uint8_t>(address >> 16),
      static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  return IpAddress::v4(octets.data());
}

class Conversation {
 public:
  static constexpr End kClient{0x0a000001, 40000};  // 10.0.0.1
  static constexpr End kServer{0xc0000201, 3333};   // 192.0.2.1

  explicit Conversation(End client = kClient, End server = kServer) : ends_{client, server} {}

  // Both sides' sequence numbers start elsewhere from the next packet on.
  Conversation& isn(uint32_t client, uint32_t server) {
    isn_ = {client, server};
    next_ = {client + 1, server + 1};
    return *this;
  }

  Conversation& syn() { return from(0, decode::kSyn).seq(isn_[0]).acking(0); }
  Conversation& syn_ack() { return from(1, decode::kSyn | decode::kAck).seq(isn_[1]); }
  Conversation& ack() { return from(0, decode::kAck); }
  Conversation& server_ack() { return from(1, decode::kAck); }
  Conversation& handshake() { return syn().syn_ack().ack(); }

  // The next `bytes` of that side's stream.
  Conversation& client(uint32_t bytes) { return data(0, next_[0], bytes); }
  Conversation& server(uint32_t bytes) { return data(1, next_[1], bytes); }
  // Bytes [begin, end) of that side's stream, whatever was sent before.
  Conversation& client_range(uint32_t begin, uint32_t end) { return range(0, begin, end); }
  Conversation& server_range(uint32_t begin, uint32_t end) { return range(1, begin, end); }
  Conversation& client_fin() { return fin(0); }
  Conversation& server_fin() { return fin(1); }
  Conversation& client_rst() { return from(0, decode::kRst); }
  Conversation& server_rst() { return from(1, decode::kRst); }

  // What follows changes the last packet.
  Conversation& at(Nanoseconds since_begin) { return now(kBegin + since_begin); }
  Conversation& after(Nanoseconds pause) {
    return now(packets_.size() < 2 ? kBegin + pause : packets_[packets_.size() - 2].time + pause);
  }
  Conversation& seq(uint32_t value) { return last().seq = value, *this; }
  Conversation& acking(uint32_t value) { return last().ack = value, *this; }
  Conversation& mss(uint16_t value) {
    return last().mss = value, last().has_mss = true, options(4);
  }
  Conversation& options(uint8_t bytes) {
    last().tcp_header_bytes = static_cast<uint8_t>(20 + bytes);
    return sized();
  }
  Conversation& timestamps() { return last().has_timestamps = true, options(12); }
  Conversation& payload(uint32_t bytes) { return last().payload_bytes = bytes, sized(); }
  Conversation& flags(unsigned value) { return last().flags = static_cast<uint16_t>(value), *this; }
  Conversation& window(uint16_t value) { return last().window = value, *this; }
  Conversation& ttl(uint8_t value) { return last().ttl = value, *this; }
  Conversation& vlan(uint16_t outer) {
    last().vlan[0] = outer;
    return last().vlan_count = 1, *this;
  }
  Conversation& vlans(uint16_t outer, uint16_t inner) {
    vlan(outer).last().vlan[1] = inner;
    return last().vlan_count = 2, *this;
  }

  decode::Packet& last() { return packets_.back(); }
  const std::vector<decode::Packet>& packets() const { return packets_; }
  size_t size() const { return packets_.size(); }

 private:
  Conversation& from(size_t side, unsigned flags) {
    decode::Packet packet;
    packet.time = packets_.empty() ? kBegin : packets_.back().time + 1_ms;
    packet.number = packets_.size() + 1;
    packet.src = v4(ends_[side].address);
    packet.dst = v4(ends_[1 - side].address);
    packet.src_port = ends_[side].port;
    packet.dst_port = ends_[1 - side].port;
    packet.seq = next_[side];
    packet.ack = next_[1 - side];
    packet.window = 64240;
    packet.ttl = 64;
    packet.dont_fragment = true;
    packet.tcp_header_bytes = 20;
    packets_.push_back(packet);
    flags_are(flags);
    return sized();
  }
  void flags_are(unsigned flags) { last().flags = static_cast<uint16_t>(flags); }
  Conversation& data(size_t side, uint32_t seq, uint32_t bytes) {
    from(side, decode::kPsh | decode::kAck).payload(bytes).seq(seq);
    const uint32_t end = seq + bytes;
    if (static_cast<int32_t>(end - next_[side]) > 0) next_[side] = end;
    return *this;
  }
  Conversation& range(size_t side, uint32_t begin, uint32_t end) {
    return data(side, isn_[side] + 1 + begin, end - begin);
  }
  Conversation& fin(size_t side) {
    from(side, decode::kFin | decode::kAck);
    ++next_[side];
    return *this;
  }
  Conversation& now(Timestamp time) { return last().time = time, *this; }
  Conversation& sized() {
    last().ip_bytes = 20U + last().tcp_header_bytes + last().payload_bytes;
    last().frame_bytes = 14 + last().ip_bytes;
    return *this;
  }

  std::array<End, 2> ends_;
  std::array<uint32_t, 2> isn_{kClientIsn, kServerIsn};
  std::array<uint32_t, 2> next_{kClientIsn + 1, kServerIsn + 1};
  std::vector<decode::Packet> packets_;
};

// Packets of several conversations as one capture holds them: by time, numbered from 1.
inline std::vector<decode::Packet> interleaved(
    std::span<const std::vector<decode::Packet>> conversations) {
  std::vector<decode::Packet> all;
  for (const auto& packets : conversations) all.insert(all.end(), packets.begin(), packets.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  for (size_t i = 0; i < all.size(); ++i) all[i].number = i + 1;
  return all;
}

}  // namespace kanaria::flow
