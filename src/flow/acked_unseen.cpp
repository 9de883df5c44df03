// SPDX-License-Identifier: Apache-2.0
#include "flow/acked_unseen.h"

#include "flow/sequence_number.h"

namespace kanaria::flow {

void StreamAcks::learn_bases(const decode::Packet& packet, Side& from, Side& to) {
  if (!from.heard) {
    if (!from.base_known) from.base = packet.has(decode::kSyn) ? packet.seq : packet.seq - 1;
    from.base_known = true;
    from.heard = true;
    if (packet.has(decode::kSyn)) from.base = packet.seq;
  } else if (packet.is_syn_ack()) {
    from.base = packet.seq;
  }
  if (!to.heard && !to.base_known && packet.has(decode::kAck)) {
    to.base = packet.ack - 1;
    to.base_known = true;
  }
}

// The numbered steps of docs/definitions.md.
bool StreamAcks::count(const decode::Packet& packet, bool from_low) {
  if (packet.more_fragments) return false;
  const bool syn_or_fin = packet.has(decode::kSyn | decode::kFin);
  const bool plain = !syn_or_fin && !packet.has(decode::kRst);
  const size_t own = from_low ? 0 : 1;
  if (packet.is_syn() && sides_[own].base_known && sides_[own].base != packet.seq) sides_ = {};
  Side& from = sides_[own];
  Side& to = sides_[1 - own];
  const bool repeated_syn = packet.is_syn() && from.base_known;
  learn_bases(packet, from, to);

  if (repeated_syn) from.next = from.reach;                                                   // 1
  const bool probe = packet.payload_bytes == 1 && packet.seq == from.next && to.window == 0;  // 2
  const bool keep_alive =
      !probe && plain && packet.payload_bytes <= 1 && packet.seq == from.next - 1;
  const bool duplicate_ack = !probe && plain && packet.payload_bytes == 0 && packet.window != 0 &&
                             packet.window == from.window && packet.seq == from.next &&
                             packet.ack == from.ack && !to.kept;
  if (duplicate_ack) from.repeats = from.repeats == -1 ? 1 : from.repeats + 1;  // 3
  if (packet.ack != from.ack) from.repeats = 0;                                 // 4

  bool counts = false;  // 5
  if (packet.has(decode::kAck) && to.reach != 0 && is_after(packet.ack, to.reach)) {
    if (is_after(to.next, to.reach)) {
      counts = true;
      to.reach = to.next;
    } else {
      counts = to.repeats == 0;
      to.repeats = -1;
    }
  }
  if (!probe) {  // 6
    const uint32_t end = packet.seq + packet.payload_bytes + (syn_or_fin ? 1 : 0);
    if (from.next == 0 || is_after(end, from.next)) from.next = end;
    if (from.reach == 0 || packet.seq == from.reach) from.reach = from.next;
  }
  from.window = packet.window;  // 7
  from.ack = packet.ack;
  from.kept = keep_alive;
  return counts;
}

}  // namespace kanaria::flow
