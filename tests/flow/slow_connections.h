// SPDX-License-Identifier: Apache-2.0
// The rules of docs/definitions.md, "Connection", written down once more, slowly: which connection
// does each packet belong to? For tests alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "decode/packet.h"
#include "tests/flow/conversation.h"

namespace kanaria::flow {

class SlowConnections {
 public:
  // Of each packet: its connection, counted from 0 as they begin; none when it is stray.
  static std::vector<std::optional<size_t>> of(std::span<const decode::Packet> packets) {
    SlowConnections slow;
    std::vector<std::optional<size_t>> out;
    for (const decode::Packet& packet : packets) out.push_back(slow.take(packet));
    return out;
  }

 private:
  using Address = std::pair<IpAddress, uint16_t>;
  using AddressPair = std::pair<Address, Address>;
  struct Side {
    std::optional<uint32_t> isn;
    std::optional<uint32_t> pending;
    bool fin = false;
  };
  struct Current {
    size_t number;
    Timestamp last;
    std::optional<Timestamp> closed_at;
    bool is_new = true;  // its first packet is being taken
    bool rst = false;
    std::map<Address, Side> sides;
  };

  std::optional<size_t> take(const decode::Packet& packet) {
    const Address from{packet.src, packet.src_port}, to{packet.dst, packet.dst_port};
    Current* current = find(std::minmax(from, to));
    if (current == nullptr || begins(packet, *current, from, to)) {
      current = &(current_[std::minmax(from, to)] = Current{});
      current->number = begun_++;
      current->last = packet.time;
    } else if (is_stray(packet, *current)) {
      return std::nullopt;
    }
    note(packet, *current, from, to);
    return current->number;
  }

  Current* find(const AddressPair& ends) {
    const auto found = current_.find(ends);
    return found == current_.end() ? nullptr : &found->second;
  }

  bool begins(const decode::Packet& packet, Current& current, const Address& from,
              const Address& to) {
    const Nanoseconds since_last = packet.time - current.last;
    if (since_last > 15_min) return true;  // 1
    if (current.closed_at && packet.time - *current.closed_at > 60_s) return true;
    if (is_other_isn(packet, current.sides[from])) {
      const bool closing = current.rst || current.sides[from].fin || current.sides[to].fin;
      if (closing || since_last >= 60_s) return true;  // 2
      return packet.has(decode::kAck) && current.sides[to].pending == packet.ack - 1;
    }
    return is_late(packet, current) && packet.payload_bytes > 0;  // 3
  }
  static bool is_other_isn(const decode::Packet& packet, const Side& sender) {
    return packet.has(decode::kSyn) && sender.isn != packet.seq;
  }
  static bool is_late(const decode::Packet& packet, const Current& current) {
    return current.closed_at && packet.time - *current.closed_at > 10_s;
  }
  // Requires: the packet begins no connection.
  static bool is_stray(const decode::Packet& packet, Current& current) {
    const bool other_isn = is_other_isn(packet, current.sides[{packet.src, packet.src_port}]);
    return !other_isn && is_late(packet, current);
  }

  static void note(const decode::Packet& packet, Current& current, const Address& from,
                   const Address& to) {
    Side& sender = current.sides[from];
    if (packet.is_syn() && !current.is_new && sender.isn != packet.seq)
      sender.pending = packet.seq;
    else if (packet.has(decode::kSyn) && !sender.isn)
      sender.isn = packet.seq;
    if (packet.is_syn_ack() && !current.sides[to].isn) current.sides[to].isn = packet.ack - 1;
    current.is_new = false;
    if (packet.time > current.last) current.last = packet.time;
    const bool was_closed = current.closed_at.has_value();
    if (packet.has(decode::kRst)) current.rst = true;
    if (packet.has(decode::kFin)) sender.fin = true;
    const bool closed = current.rst || (sender.fin && current.sides[to].fin);
    if (closed && !was_closed) current.closed_at = packet.time;
  }

  std::map<AddressPair, Current> current_;
  size_t begun_ = 0;
};

}  // namespace kanaria::flow
