// SPDX-License-Identifier: Apache-2.0
// What is kept of a connection: Connection, touched by each of its packets (two cache lines), and
// ConnectionRecord, the rest.
#pragma once

#include <array>
#include <cstdint>

#include "base/ip_address.h"
#include "base/timestamp.h"
#include "flow/acked_unseen.h"
#include "flow/direction.h"
#include "flow/message.h"
#include "flow/round_trip.h"
#include "flow/tuple.h"

namespace kanaria::flow {

// Shard in the upper 6 bits, place within it in the lower 26. Stays with its connection until the
// batch after the one that reported its end.
using ConnectionId = uint32_t;
inline constexpr unsigned kPlaceBits = 32 - kShardBits;
constexpr ConnectionId make_id(uint32_t shard, uint32_t place) {
  return shard << kPlaceBits | place;
}
constexpr uint32_t shard_of(ConnectionId id) { return id >> kPlaceBits; }
constexpr uint32_t place_of(ConnectionId id) { return id & ((1U << kPlaceBits) - 1); }

// New payload bytes and the header values the lenses look at.
struct Segment {
  uint32_t bytes = 0;
  uint16_t window = 0;
  uint16_t fragment_offset = 0;
  uint8_t flags = 0;  // CWR … FIN
  uint8_t ttl = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  Direction direction = Direction::kToServer;
};

// Where the segments of a connection have got to.
struct SegmentChain {
  MessageBuilder message;
  Segment last;  // its time: message.last_time()
  bool has_segment = false;
};

enum class Life : uint8_t {
  kFree,      // the place is not in use
  kLive,      // takes part
  kEnded,     // its end was reported; the tuple is remembered so that late packets start nothing
  kReplaced,  // ended, and its tuple names another connection by now
};

struct alignas(64) Connection {
  Tuple tuple;
  Life life = Life::kFree;
  bool client_is_low = false;
  uint8_t promise = 0;  // set from above: the higher, the later it is sacrificed
  std::array<bool, 2> direction_seen{};
  std::array<bool, 2> fin_seen{};
  bool rst_seen = false;
  bool out_of_order = false;  // a byte came that was not the next one: holes are kept
  uint16_t mss = 0;           // M, once an MSS option was seen; 0 before
  std::array<uint32_t, 2> next{};
  Timestamp last_time;
  SegmentChain chain;

  bool closing() const { return rst_seen || fin_seen[0] || fin_seen[1]; }
  bool closed() const { return rst_seen || (fin_seen[0] && fin_seen[1]); }
  Direction direction_of(bool from_low) const {
    return from_low == client_is_low ? Direction::kToServer : Direction::kToClient;
  }
};
static_assert(sizeof(Connection) == 128,
              "two cache lines: what every packet of a connection touches");

struct alignas(64) ConnectionRecord {
  // Counted for every packet.
  StreamAcks acks;
  std::array<uint32_t, 2> packets{};
  std::array<uint64_t, 2> frame_bytes{};
  uint32_t pure_acks = 0;
  RoundTrip round_trip;
  uint32_t peer_acked = 0;  // highest ACK field, while one side alone was seen
  bool peer_ack_known = false;

  // Counted for some.
  std::array<uint32_t, 2> segments{};
  std::array<uint32_t, 2> messages{};
  std::array<uint32_t, 2> largest_segment{};
  uint32_t retransmissions = 0;
  uint32_t keep_alives = 0;
  uint32_t acked_unseen = 0;

  // Set at the beginning and the end.
  Timestamp first_time;
  Timestamp closed_time;
  uint64_t first_number = 0;  // of its first packet in the input
  std::array<uint32_t, 2> isn{};
  std::array<bool, 2> isn_known{};
  std::array<bool, 2> pending{};
  std::array<uint32_t, 2> pending_isn{};
  uint32_t reused_tuple = 0;
  std::array<uint16_t, 2> vlan{};
  uint8_t vlan_count = 0;
  bool began_with_syn = false;

  uint32_t message_count() const { return messages[0] + messages[1]; }
  uint32_t packet_count() const { return packets[0] + packets[1]; }
};

// The ends of a connection with the client first.
struct Ends {
  IpAddress client;
  IpAddress server;
  uint16_t client_port = 0;
  uint16_t server_port = 0;
};

inline Ends ends_of(const Connection& connection) {
  const Tuple& t = connection.tuple;
  return connection.client_is_low ? Ends{t.low, t.high, t.low_port, t.high_port}
                                  : Ends{t.high, t.low, t.high_port, t.low_port};
}

}  // namespace kanaria::flow
