// SPDX-License-Identifier: Apache-2.0
// Writes a capture to measure with: make_capture mix|small OUT MIB SEED
//
// A classic pcap (microseconds, Ethernet) of whole frames; who talks how is said in
// traffic_profile.h. Connections open at random over ten minutes whatever the size, so more MiB
// mean more of them at once, not other ones; what is open at the end is cut off, as in any capture.
// The point of capture is beside the clients. The same arguments give the same bytes.
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "application_message.h"
#include "frame_buffer.h"
#include "traffic_profile.h"

namespace kanaria::bench {
namespace {

constexpr Microseconds kMillisecond = 1'000;
constexpr Microseconds kCaptureStart = 1'700'000'000'000'000;
constexpr Microseconds kOpeningSpan = 600'000'000;

constexpr uint32_t kIpv6Percent = 5;
constexpr uint32_t kResetPercent = 3;     // of connections end by RST, not FIN
constexpr uint32_t kLateAckPercent = 60;  // of messages are acknowledged before they are answered
constexpr uint32_t kRetransmittedOneIn = 500;

enum class Step { kSyn, kSynAck, kHandshakeAck, kTalk, kClientFin, kServerFin, kLastAck };

struct Connection {
  const Use* use = nullptr;
  Framing framing{};
  Path path;
  Microseconds round_trip = 0;
  Microseconds segment_gap = 0;
  Step step{};
  uint32_t exchanges_left = 0;
  bool is_opening = false;  // the protocol's first words are still being said
  bool answer_due = false;
  Side speaker{};
  Message message;
  uint32_t sent = 0;  // bytes of the message
  uint32_t unacknowledged = 0;
  bool ack_due = false;
};

class Traffic {
 public:
  Traffic(const Mix& mix, uint32_t mib, uint64_t seed)
      : mix_(mix),
        clients_(100 + mib * mix.connections_per_mib / 20),
        random_(seed),
        writer_(random_) {}

  Random& random() { return random_; }

  Connection open() {
    Connection c;
    uint32_t lot = random_.below(100);
    for (c.use = mix_.uses.data(); lot >= c.use->weight; ++c.use) lot -= c.use->weight;
    const Profile& profile = *c.use->profile;
    const uint32_t chosen = random_.below(static_cast<uint32_t>(profile.services.size()));
    const Service service = profile.services[chosen];
    c.path.is_udp = random_.percent(profile.udp_percent);
    c.path.is_ipv6 = random_.percent(kIpv6Percent);
    c.framing = c.path.is_udp ? Framing::kTls : service.framing;
    set_ends(c.path, c.path.is_udp ? uint16_t{443} : service.port);
    c.round_trip = random_.in({5, 150}) * kMillisecond;
    c.segment_gap = random_.in({20, 1'500});
    c.step = c.path.is_udp ? Step::kTalk : Step::kSyn;
    c.exchanges_left = random_.in(c.use->exchanges);
    c.is_opening = c.framing != Framing::kHttp;
    c.answer_due = true;
    begin_message(c, Side::kClient, c.is_opening ? Purpose::kOpening : Purpose::kRequest,
                  profile.request_bytes);
    return c;
  }

  // Writes the connection's next frame. Returns the pause after it; none after the last.
  std::optional<Microseconds> write_next(Connection& c, Microseconds now, FrameBuffer& out) {
    using enum Step;
    switch (c.step) {
      case kSyn:
        return write_control(c, Side::kClient, TcpFlag::kSyn, kSynAck, c.round_trip, now, out);
      case kSynAck:
        return write_control(c, Side::kServer, TcpFlag::kSyn | kAck, kHandshakeAck, 60, now, out);
      case kHandshakeAck: return write_control(c, Side::kClient, kAck, kTalk, 200, now, out);
      case kTalk: return write_talk(c, now, out);
      case kClientFin:
        if (random_.percent(kResetPercent)) {
          out.write_tcp(c.path, Side::kClient, kRst | kAck, {}, now);
          return std::nullopt;
        }
        return write_control(c, Side::kClient, kFin | kAck, kServerFin, c.round_trip, now, out);
      case kServerFin: return write_control(c, Side::kServer, kFin | kAck, kLastAck, 60, now, out);
      case kLastAck: out.write_tcp(c.path, Side::kClient, kAck, {}, now); return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  // Addresses that belong to nobody: RFC 1918 and 2544, RFC 3849.
  void set_ends(Path& path, uint16_t port) {
    const uint32_t client = random_.below(clients_);
    const uint32_t server = random_.below(1 << 17);
    set_end(path.ends[0], path.is_ipv6, 0x0a000000 + client, client % 3 == 0 ? 128 : 64);
    set_end(path.ends[1], path.is_ipv6, 0xc6120000 + server, 64 - 5 - server % 15);
    path.ends[0].port = static_cast<uint16_t>(random_.in({32'768, 60'999}));
    path.ends[1].port = port;
  }

  void set_end(Endpoint& end, bool is_ipv6, uint32_t number, uint32_t ttl) {
    if (is_ipv6) end.address = {0x20, 0x01, 0x0d, 0xb8};
    uint8_t* low = end.address.data() + (is_ipv6 ? 12 : 0);
    for (int i = 0; i < 4; ++i) low[i] = static_cast<uint8_t>(number >> (24 - 8 * i));
    end.ttl = static_cast<uint8_t>(ttl);
    end.ip_id = static_cast<uint16_t>(random_.next());
    end.next_seq = static_cast<uint32_t>(random_.next());
    end.clock_offset = static_cast<uint32_t>(random_.next());
  }

  static Microseconds write_control(Connection& c, Side from, uint32_t flags, Step next_step,
                                    Microseconds pause, Microseconds now, FrameBuffer& out) {
    out.write_tcp(c.path, from, flags, {}, now);
    if ((flags & (TcpFlag::kSyn | kFin)) != 0) ++c.path.end(from).next_seq;
    c.step = next_step;
    return pause;
  }

  std::optional<Microseconds> write_talk(Connection& c, Microseconds now, FrameBuffer& out) {
    if (std::exchange(c.ack_due, false)) {
      write_packet(c, other(c.speaker), 0, now, out);
      return c.sent == c.message.size ? begin_next_message(c) : c.segment_gap;
    }
    const uint32_t largest = c.path.is_udp ? 1'200 : c.path.is_ipv6 ? 1'428 : 1'448;
    const uint32_t count = std::min(largest, c.message.size - c.sent);
    write_packet(c, c.speaker, count, now, out);
    if (!c.path.is_udp && random_.below(kRetransmittedOneIn) == 0) return 2 * c.round_trip;

    c.sent += count;
    c.path.end(c.speaker).next_seq += count;
    const bool is_last = c.sent == c.message.size;
    c.ack_due = ++c.unacknowledged == 2 || (is_last && random_.percent(kLateAckPercent));
    if (!c.ack_due) return is_last ? begin_next_message(c) : c.segment_gap;
    c.unacknowledged = 0;
    return c.speaker == Side::kServer ? 40 : c.round_trip;
  }

  void write_packet(Connection& c, Side from, uint32_t count, Microseconds now, FrameBuffer& out) {
    if (c.path.is_udp) {
      const bool is_initial = !std::exchange(c.path.end(from).has_sent, true);
      const std::span datagram(payload_.data(), is_initial ? 1'200 : std::max(count, 32u));
      writer_.copy_datagram(datagram, is_initial);
      return out.write_udp(c.path, from, datagram, now);
    }
    const std::span payload(payload_.data(), count);
    if (count > 0) copy_bytes(c.message, c.sent, payload);
    const bool is_pushed = count > 0 && c.sent + count == c.message.size;
    out.write_tcp(c.path, from, is_pushed ? kPsh | kAck : kAck, payload, now);
  }

  std::optional<Microseconds> begin_next_message(Connection& c) {
    const Profile& profile = *c.use->profile;
    if (std::exchange(c.answer_due, false)) {
      const bool is_opening = std::exchange(c.is_opening, false);
      begin_message(c, Side::kServer, is_opening ? Purpose::kOpening : Purpose::kAnswer,
                    is_opening ? Range{200, 3'800} : c.use->answer_bytes);
      return c.round_trip + random_.exponential(3 * kMillisecond);
    }
    if (c.exchanges_left-- == 0) {
      if (c.path.is_udp) return std::nullopt;
      c.step = Step::kClientFin;
      return random_.exponential(20 * kMillisecond);
    }
    if (random_.percent(profile.pushed_percent)) {
      begin_message(c, Side::kServer, Purpose::kPush, profile.pushed_bytes);
    } else {
      c.answer_due = random_.percent(profile.answered_percent);
      begin_message(c, Side::kClient, Purpose::kRequest, profile.request_bytes);
    }
    return 100 + random_.exponential(c.use->pause_ms * kMillisecond);
  }

  void begin_message(Connection& c, Side speaker, Purpose purpose, Range bytes) {
    c.speaker = speaker;
    c.sent = 0;
    writer_.write(c.message, c.framing, *c.use->profile, speaker, purpose, random_.in(bytes));
  }

  const Mix& mix_;
  uint32_t clients_;
  Random random_;
  MessageWriter writer_;
  std::array<uint8_t, kLargestFrame> payload_{};
};

struct Totals {
  uint64_t bytes = 24;
  uint64_t packets = 0;
  uint64_t connections = 0;
};

// Returns false when the file does not take the bytes; errno says why.
bool write_capture(const Mix& mix, uint32_t mib, uint64_t seed, std::FILE* file, Totals& totals) {
  const uint32_t header[] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262'144, 1};
  if (std::fwrite(header, sizeof header, 1, file) != 1) return false;

  Traffic traffic(mix, mib, seed);
  const Microseconds mean_opening_gap = kOpeningSpan / (uint64_t{mix.connections_per_mib} * mib);
  Microseconds next_opening = kCaptureStart;
  std::deque<Connection> connections;
  std::vector<uint32_t> free_slots;
  using Event = std::pair<Microseconds, uint32_t>;  // when which slot writes next
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
  FrameBuffer frame;
  while (totals.bytes < uint64_t{mib} << 20) {
    if (events.empty() || next_opening < events.top().first) {
      if (free_slots.empty()) {
        free_slots.push_back(static_cast<uint32_t>(connections.size()));
        connections.emplace_back();
      }
      connections[free_slots.back()] = traffic.open();
      events.emplace(next_opening, free_slots.back());
      free_slots.pop_back();
      next_opening += traffic.random().exponential(mean_opening_gap);
      ++totals.connections;
      continue;
    }
    const auto [now, slot] = events.top();
    events.pop();
    const auto pause = traffic.write_next(connections[slot], now, frame);
    if (std::fwrite(frame.bytes().data(), frame.bytes().size(), 1, file) != 1) return false;
    totals.bytes += frame.bytes().size();
    ++totals.packets;
    if (pause) {
      events.emplace(now + *pause, slot);
    } else {
      free_slots.push_back(slot);
    }
  }
  return true;
}

template <typename Number>
bool parse(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

int run(int argc, char** argv) {
  const Mix* mix = nullptr;
  for (const Mix& candidate : kMixes) {
    if (argc > 1 && candidate.name == argv[1]) mix = &candidate;
  }
  uint32_t mib = 0;
  uint64_t seed = 0;
  if (argc != 5 || mix == nullptr || !parse(argv[3], mib) || !parse(argv[4], seed) || mib == 0 ||
      mib > 100'000) {
    std::fputs("usage: make_capture mix|small OUT MIB SEED  (MIB: 1 to 100000)\n", stderr);
    return 2;
  }
  std::FILE* file = std::fopen(argv[2], "wb");
  Totals totals;
  if (file != nullptr) std::setvbuf(file, nullptr, _IOFBF, 1 << 20);
  bool is_written = file != nullptr && write_capture(*mix, mib, seed, file, totals);
  if (file != nullptr && std::fclose(file) != 0) is_written = false;
  if (!is_written) {
    std::fprintf(stderr, "make_capture: %s: %s; choose another place or a smaller MIB\n", argv[2],
                 std::strerror(errno));
    return 1;
  }
  const uint64_t frame_bytes = totals.bytes - 24 - 16 * totals.packets;
  std::printf(R"({"packets":%llu,"connections":%llu,"bytes":%llu,"mean_frame_bytes":%llu})"
              "\n",
              static_cast<unsigned long long>(totals.packets),
              static_cast<unsigned long long>(totals.connections),
              static_cast<unsigned long long>(totals.bytes),
              static_cast<unsigned long long>(frame_bytes / totals.packets));
  return 0;
}

}  // namespace
}  // namespace kanaria::bench

int main(int argc, char** argv) { return kanaria::bench::run(argc, argv); }
