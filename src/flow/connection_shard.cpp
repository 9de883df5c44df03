// SPDX-License-Identifier: Apache-2.0
#include "flow/connection_shard.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "flow/segment_events.h"
#include "flow/sequence_number.h"

namespace kanaria::flow {
namespace {

// docs/definitions.md, "Connection".
constexpr Nanoseconds kSilence = kMinute;
constexpr Nanoseconds kLateAfterClose = 10 * kSecond;
constexpr Nanoseconds kTupleKeptAfterClose = kMinute;

// Packets arrive a little out of the order of their times; more is a clock step.
constexpr Nanoseconds kDisorder = kSecond;

// Now and then the hand looks at some neighbouring places: a whole turn takes four packets a place.
constexpr uint32_t kPacketsPerSweep = 32;
constexpr uint32_t kPlacesPerSweep = 8;
constexpr uint32_t kCandidatesToSacrifice = 16;
constexpr size_t kFirstIndexSize = 64;

}  // namespace

ConnectionShard::ConnectionShard(uint32_t number, const ShardOptions& options)
    : number_(number), options_(options), index_(kFirstIndexSize), mask_(kFirstIndexSize - 1) {}

void ConnectionShard::prefetch_connection(const KeyedPacket& key) const {
  const IndexEntry& entry = index_[key.hash & mask_];
  if (entry.place == kNowhere) return;
  const auto* hot = reinterpret_cast<const char*>(&connections_[entry.place]);
  __builtin_prefetch(hot);
  __builtin_prefetch(hot + 64);
  const auto* counted = reinterpret_cast<const char*>(&records_[entry.place]);
  __builtin_prefetch(counted);
  __builtin_prefetch(counted + 64);
}

void ConnectionShard::process(const decode::Packet& packet, const KeyedPacket& key, PacketIndex at,
                              FlowBatch& out) {
  advance_clock(packet.time);
  if (packets_until_sweep_-- == 0) sweep(packet.number, out);

  uint32_t place = find(key);
  const Admission admission =
      place == kNowhere ? Admission::kNew : admit(packet, key.from_low, place);
  // A connection whose end was reported takes no more packets (times that go backwards lead here).
  const bool ended = admission == Admission::kExisting && connections_[place].life == Life::kEnded;
  if (admission == Admission::kStray || ended) {
    ++counts_.stray;
    // tshark's streams outlive our connections, and know no stray packets.
    counts_.acked_unseen += records_[place].acks.count(packet, key.from_low);
    return;
  }
  if (admission == Admission::kNew) place = begin(packet, key, place, out);

  Connection& connection = connections_[place];
  const Direction direction = connection.direction_of(key.from_low);
  const bool acked_unseen = records_[place].acks.count(packet, key.from_low);
  records_[place].acked_unseen += acked_unseen ? 1 : 0;
  counts_.acked_unseen += acked_unseen ? 1 : 0;
  uint32_t new_bytes = 0;
  const PacketClass packet_class = classify(packet, place, direction, new_bytes);
  measure_round_trip(packet, place, direction, packet_class);
  if (!connection.direction_seen[index_of(opposite(direction))])
    rebuild_unseen_side(packet, place, direction, out);
  if (packet_class == PacketClass::kSegment)
    add_segment(packet, place, direction, new_bytes, at, out);
  const bool closes = packet.has(decode::kFin | decode::kRst) && close(packet, place, direction);
  out.packets.push_back(
      {make_id(number_, place), at, packet_class, direction, acked_unseen, closes});
}

// The rules of docs/definitions.md, "Connection", in their order.
ConnectionShard::Admission ConnectionShard::admit(const decode::Packet& packet, bool from_low,
                                                  uint32_t place) {
  const Connection& connection = connections_[place];
  const ConnectionRecord& record = records_[place];
  if (packet.time - connection.last_time > options_.idle_timeout) return Admission::kNew;
  if (connection.closed() && packet.time - record.closed_time > kTupleKeptAfterClose)
    return Admission::kNew;
  const Direction direction = connection.direction_of(from_low);
  if (packet.has(decode::kSyn)) {
    const size_t side = index_of(direction);
    if (!record.isn_known[side] || record.isn[side] != packet.seq)
      return admit_other_isn(packet, direction, place);
  }
  if (connection.closed() && packet.time - record.closed_time > kLateAfterClose)
    return packet.payload_bytes > 0 ? Admission::kNew : Admission::kStray;
  return Admission::kExisting;
}

ConnectionShard::Admission ConnectionShard::admit_other_isn(const decode::Packet& packet,
                                                            Direction direction, uint32_t place) {
  const Connection& connection = connections_[place];
  ConnectionRecord& record = records_[place];
  const size_t side = index_of(direction);
  const size_t other = index_of(opposite(direction));
  if (connection.closing() || packet.time - connection.last_time >= kSilence)
    return Admission::kNew;
  if (packet.is_syn_ack()) {
    const bool answers_pending =
        record.pending[other] && packet.ack == record.pending_isn[other] + 1;
    return answers_pending ? Admission::kNew : Admission::kExisting;
  }
  record.pending[side] = true;
  record.pending_isn[side] = packet.seq;
  ++record.reused_tuple;
  return Admission::kExisting;
}

uint32_t ConnectionShard::begin(const decode::Packet& packet, const KeyedPacket& key,
                                uint32_t replaced, FlowBatch& out) {
  StreamAcks acks;
  if (replaced != kNowhere) {
    acks = records_[replaced].acks;
    if (connections_[replaced].life == Life::kLive)
      report_end(replaced, packet.number, EndReason::kTimeout, out);
    erase_index(replaced);
    connections_[replaced].life = Life::kReplaced;
    to_release_.push_back(replaced);
  }
  if (indexed_ >= options_.most_connections) make_room(packet.number, out);

  const uint32_t place = take_place();
  Connection& connection = connections_[place] = Connection{};
  ConnectionRecord& record = records_[place] = ConnectionRecord{};
  connection.tuple = key.tuple;
  connection.life = Life::kLive;
  const bool sender_is_client =
      packet.is_syn() || (!packet.is_syn_ack() && packet.src_port >= packet.dst_port);
  connection.client_is_low = sender_is_client == key.from_low;
  connection.last_time = packet.time;
  record.acks = acks;
  record.first_time = packet.time;
  record.first_number = packet.number;
  record.began_with_syn = packet.has(decode::kSyn);
  record.vlan = {packet.vlan[0], packet.vlan[1]};
  record.vlan_count = packet.vlan_count;
  hashes_[place] = key.hash;
  insert_index(key.hash, place);
  ++counts_.connections;
  out.begun.push_back(make_id(number_, place));
  return place;
}

PacketClass ConnectionShard::classify(const decode::Packet& packet, uint32_t place,
                                      Direction direction, uint32_t& new_bytes) {
  Connection& connection = connections_[place];
  ConnectionRecord& record = records_[place];
  const size_t side = index_of(direction);
  connection.last_time = std::max(connection.last_time, packet.time);
  ++record.packets[side];
  record.frame_bytes[side] += packet.frame_bytes;

  const bool syn = packet.has(decode::kSyn);
  const bool fin = packet.has(decode::kFin);
  if (syn) {
    if (!record.isn_known[side] && (packet.is_syn_ack() || !record.pending[side])) {
      record.isn[side] = packet.seq;
      record.isn_known[side] = true;
    }
    const size_t other = index_of(opposite(direction));
    if (packet.is_syn_ack() && !record.isn_known[other]) {
      record.isn[other] = packet.ack - 1;
      record.isn_known[other] = true;
    }
    if (packet.has_mss) {
      const auto mss = static_cast<uint16_t>(std::max<uint32_t>(packet.mss, kLeastMss));
      connection.mss = connection.mss == 0 ? mss : std::min(connection.mss, mss);
    }
  }

  uint32_t& next = connection.next[side];
  const bool first_of_direction = !connection.direction_seen[side];
  if (first_of_direction) {
    next = packet.seq + (syn ? 1 : 0);
    connection.direction_seen[side] = true;
  } else if (packet.payload_bytes <= 1 && packet.seq == next - 1 &&
             !packet.has(decode::kSyn | decode::kFin | decode::kRst)) {
    ++record.keep_alives;
    return PacketClass::kKeepAlive;
  }

  if (packet.payload_bytes > 0 || fin) {
    const uint32_t seq = packet.seq + (syn ? 1 : 0);
    if (seq == next && !connection.out_of_order) {
      new_bytes = packet.payload_bytes;
      next += packet.payload_bytes + (fin ? 1 : 0);
    } else {
      connection.out_of_order = true;
      new_bytes = receive(next, holes_[place][side], seq, packet.payload_bytes, fin);
    }
  }
  if (new_bytes > 0) return PacketClass::kSegment;
  if (packet.payload_bytes > 0) {
    ++record.retransmissions;
    return PacketClass::kRetransmission;
  }
  if (packet.has(decode::kAck) && !packet.has(decode::kSyn | decode::kFin | decode::kRst)) {
    ++record.pure_acks;
    return PacketClass::kPureAck;
  }
  return PacketClass::kControl;
}

bool ConnectionShard::close(const decode::Packet& packet, uint32_t place, Direction direction) {
  Connection& connection = connections_[place];
  const bool closed_before = connection.closed();
  if (packet.has(decode::kRst)) connection.rst_seen = true;
  if (packet.has(decode::kFin)) connection.fin_seen[index_of(direction)] = true;
  if (closed_before || !connection.closed()) return false;
  records_[place].closed_time = packet.time;
  return true;
}

void ConnectionShard::add_segment(const decode::Packet& packet, uint32_t place, Direction direction,
                                  uint32_t new_bytes, PacketIndex at, FlowBatch& out) {
  Connection& connection = connections_[place];
  ConnectionRecord& record = records_[place];
  const size_t side = index_of(direction);
  const Segment segment{.bytes = new_bytes,
                        .window = packet.window,
                        .fragment_offset = packet.fragment_offset,
                        .flags = static_cast<uint8_t>(packet.flags),
                        .ttl = packet.ttl,
                        .dont_fragment = packet.dont_fragment,
                        .more_fragments = packet.more_fragments,
                        .direction = direction};
  ++record.segments[side];
  record.largest_segment[side] = std::max(record.largest_segment[side], packet.payload_bytes);

  const uint32_t largest = largest_segment(place, direction, packet.tcp_header_bytes - 20U);
  const size_t messages_before = out.messages.size();
  append_segment(connection.chain, make_id(number_, place), at,
                 {.time = packet.time,
                  .number = packet.number,
                  .segment = segment,
                  .largest = largest,
                  .full = is_full(packet.payload_bytes, largest),
                  .round_trip = record.round_trip.least()},
                 out);
  count_messages(place, messages_before, out);
}

void ConnectionShard::measure_round_trip(const decode::Packet& packet, uint32_t place,
                                         Direction direction, PacketClass packet_class) {
  RoundTrip& round_trip = records_[place].round_trip;
  if (direction == Direction::kToClient) {
    if (packet.has(decode::kAck)) round_trip.acknowledged(packet.ack, packet.time);
  } else if (packet_class == PacketClass::kRetransmission) {
    round_trip.sent_again();
  } else if (packet_class == PacketClass::kSegment || packet.is_syn()) {
    if (packet.is_syn() && records_[place].packets[index_of(direction)] > 1)
      round_trip.sent_again();
    else
      round_trip.sent(packet.seq + packet.payload_bytes + (packet.has(decode::kSyn) ? 1 : 0),
                      packet.time);
  }
}

void ConnectionShard::rebuild_unseen_side(const decode::Packet& packet, uint32_t place,
                                          Direction direction, FlowBatch& out) {
  ConnectionRecord& record = records_[place];
  if (!packet.has(decode::kAck) || packet.has(decode::kRst)) return;
  if (!std::exchange(record.peer_ack_known, true)) {
    record.peer_acked = packet.ack;
    return;
  }
  if (!is_after(packet.ack, record.peer_acked)) return;
  const uint32_t bytes = packet.ack - std::exchange(record.peer_acked, packet.ack);
  if (bytes == 1) return;  // a FIN
  const Direction unseen = opposite(direction);
  const uint32_t largest = largest_segment(place, unseen, packet.tcp_header_bytes - 20U);
  const size_t messages_before = out.messages.size();
  append_to_messages(connections_[place].chain, make_id(number_, place),
                     {.time = packet.time,
                      .number = packet.number,
                      .segment = {.bytes = bytes, .direction = unseen},
                      .largest = largest,
                      .full = is_full(bytes, largest),
                      .round_trip = record.round_trip.least()},
                     out);
  count_messages(place, messages_before, out);
}

// M′ of docs/definitions.md, "Full".
uint32_t ConnectionShard::largest_segment(uint32_t place, Direction direction,
                                          uint32_t option_bytes) const {
  const uint16_t mss = connections_[place].mss;
  return mss != 0
             ? mss - option_bytes
             : std::max(records_[place].largest_segment[index_of(direction)], kLeastAssumedMss);
}

void ConnectionShard::count_messages(uint32_t place, size_t first, const FlowBatch& out) {
  for (size_t i = first; i < out.messages.size(); ++i)
    ++records_[place].messages[index_of(out.messages[i].message.direction)];
}

// One packet with a wrong time must not make every connection look idle: the clock is the earlier
// of the last two packets' times, and follows them back as well.
void ConnectionShard::advance_clock(Timestamp time) {
  clock_ = std::min(previous_time_, time);
  previous_time_ = time;
}

void ConnectionShard::sweep(uint64_t number, FlowBatch& out) {
  packets_until_sweep_ = kPacketsPerSweep - 1;
  for (uint32_t i = 0; i < kPlacesPerSweep && !connections_.empty(); ++i) {
    advance_hand();
    const Connection& connection = connections_[hand_];
    if (connection.life == Life::kFree) continue;
    const Nanoseconds silent = clock_ - connection.last_time - kDisorder;
    const Nanoseconds closed =
        connection.closed() ? clock_ - records_[hand_].closed_time - kDisorder : 0;
    const bool idle = silent > options_.idle_timeout;
    const bool over = closed > kLateAfterClose && silent > kLateAfterClose;
    if (connection.life == Life::kLive && (idle || over))
      report_end(hand_, number, EndReason::kTimeout, out);
    if (connection.life == Life::kEnded && (idle || closed > kTupleKeptAfterClose)) forget(hand_);
  }
}

void ConnectionShard::advance_hand() { hand_ = hand_ + 1 < connections_.size() ? hand_ + 1 : 0; }

// Gives up the least promising, then longest silent, of some connections under the hand; those that
// promise most are passed over as long as there are others.
void ConnectionShard::make_room(uint64_t number, FlowBatch& out) {
  const auto rank = [this](uint32_t place) {
    const Connection& c = connections_[place];
    return std::tuple(c.life == Life::kLive, c.promise, c.last_time);
  };
  uint32_t chosen = kNowhere;
  uint32_t candidates = 0;
  for (size_t i = 0; i < connections_.size() && candidates < kCandidatesToSacrifice; ++i) {
    advance_hand();
    const Connection& candidate = connections_[hand_];
    if (candidate.life != Life::kLive && candidate.life != Life::kEnded) continue;
    if (candidate.promise < UINT8_MAX) ++candidates;
    if (chosen == kNowhere || rank(hand_) < rank(chosen)) chosen = hand_;
  }
  if (chosen == kNowhere) return;
  if (connections_[chosen].life == Life::kLive) {
    ++counts_.forced;
    report_end(chosen, number, EndReason::kForced, out);
  }
  forget(chosen);
}

void ConnectionShard::report_end(uint32_t place, uint64_t number, EndReason reason,
                                 FlowBatch& out) {
  Connection& connection = connections_[place];
  const size_t messages_before = out.messages.size();
  append_open_message(connection.chain, make_id(number_, place), number,
                      records_[place].round_trip.least(), out);
  count_messages(place, messages_before, out);
  if (connection.chain.has_segment &&
      !(connection.direction_seen[0] && connection.direction_seen[1]))
    ++counts_.one_sided;
  connection.life = Life::kEnded;
  out.ended.push_back({make_id(number_, place), number, reason});
}

void ConnectionShard::forget(uint32_t place) {
  erase_index(place);
  connections_[place].life = Life::kReplaced;
  to_release_.push_back(place);
}

void ConnectionShard::release_ended() {
  for (const uint32_t place : to_release_) {
    if (connections_[place].out_of_order) holes_.erase(place);
    connections_[place].life = Life::kFree;
    free_places_.push_back(place);
  }
  to_release_.clear();
}

void ConnectionShard::end_all(FlowBatch& out) {
  for (uint32_t place = 0; place < connections_.size(); ++place) {
    const Life life = connections_[place].life;
    if (life == Life::kLive) report_end(place, kInputEndNumber, EndReason::kInputEnd, out);
    if (life == Life::kLive || life == Life::kEnded) forget(place);
  }
}

uint32_t ConnectionShard::take_place() {
  if (!free_places_.empty()) {
    const uint32_t place = free_places_.back();
    free_places_.pop_back();
    return place;
  }
  connections_.emplace_back();
  records_.emplace_back();
  hashes_.push_back(0);
  return static_cast<uint32_t>(connections_.size() - 1);
}

uint32_t ConnectionShard::find(const KeyedPacket& key) const {
  for (uint32_t at = key.hash & mask_;; at = (at + 1) & mask_) {
    const IndexEntry& entry = index_[at];
    if (entry.place == kNowhere) return kNowhere;
    if (entry.hash == key.hash && connections_[entry.place].tuple == key.tuple) return entry.place;
  }
}

void ConnectionShard::insert_index(uint32_t hash, uint32_t place) {
  if ((indexed_ + 1) * 2 > index_.size()) grow_index();
  uint32_t at = hash & mask_;
  while (index_[at].place != kNowhere) at = (at + 1) & mask_;
  index_[at] = {hash, place};
  ++indexed_;
}

void ConnectionShard::grow_index() {
  std::vector<IndexEntry> old(index_.size() * 2);
  old.swap(index_);
  mask_ = static_cast<uint32_t>(index_.size() - 1);
  for (const IndexEntry& entry : old) {
    if (entry.place == kNowhere) continue;
    uint32_t at = entry.hash & mask_;
    while (index_[at].place != kNowhere) at = (at + 1) & mask_;
    index_[at] = entry;
  }
}

// Linear probing without tombstones: later entries of the run move back over the gap (Knuth, TAOCP
// 3, 6.4, algorithm R).
void ConnectionShard::erase_index(uint32_t place) {
  uint32_t gap = hashes_[place] & mask_;
  while (index_[gap].place != place) gap = (gap + 1) & mask_;
  for (uint32_t at = (gap + 1) & mask_; index_[at].place != kNowhere; at = (at + 1) & mask_) {
    const uint32_t home = index_[at].hash & mask_;
    if (((at - home) & mask_) < ((at - gap) & mask_)) continue;
    index_[gap] = index_[at];
    gap = at;
  }
  index_[gap] = IndexEntry{};
  --indexed_;
}

}  // namespace kanaria::flow
