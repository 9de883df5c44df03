// SPDX-License-Identifier: Apache-2.0
// Random conversations for properties: some mine, some do not, with repetitions and several ways to
// begin and to end. No segment is full: what a full one holds depends on TCP options.
#pragma once

#include <utility>
#include <vector>

#include "base/random.h"
#include "tests/flow/conversation.h"

namespace kanaria::detect {

struct TrafficStyle {
  bool timestamps = false;
  Nanoseconds begin = 0;
};

class RandomTraffic {
 public:
  RandomTraffic(uint64_t seed, const TrafficStyle& style) : random_(seed), style_(style) {}

  std::vector<decode::Packet> conversation(flow::End client, flow::End server) {
    flow::Conversation c(client, server);
    c.isn(any32(), any32());
    begin(c);
    const bool mines = chance(0.5);
    const uint64_t rounds = 4 + random_.below(40);
    for (uint64_t i = 0; i < rounds; ++i) say(c, mines);
    end(c);
    return c.packets();
  }

 private:
  bool chance(double probability) { return random_.uniform() < probability; }
  uint32_t any32() { return static_cast<uint32_t>(random_.below(uint64_t{1} << 32)); }
  Nanoseconds pause() {
    return chance(0.1) ? static_cast<Nanoseconds>(random_.below(20'000)) * 1'000'000
                       : static_cast<Nanoseconds>(random_.below(3'000)) * 1'000'000;
  }
  void style(flow::Conversation& c) {
    if (style_.timestamps) c.timestamps();
  }

  void begin(flow::Conversation& c) {
    const Nanoseconds at = style_.begin + static_cast<Nanoseconds>(random_.below(60)) * kSecond;
    if (chance(0.2)) {
      c.ack().at(at);
      return style(c);
    }
    c.syn().at(at).mss(1460);
    c.syn_ack().mss(1460);
    c.ack();
    style(c);
  }
  void say(flow::Conversation& c, bool mines) {
    const auto bytes =
        static_cast<uint32_t>(mines ? 60 + random_.below(200) : 1 + random_.below(900));
    const bool from_client = chance(0.5);
    (from_client ? c.client(bytes) : c.server(bytes)).after(pause());
    style(c);
    if (chance(0.1)) repeat_last(c);
    if (chance(0.5)) {
      from_client ? c.server_ack() : c.ack();
      style(c);
    }
  }
  void repeat_last(flow::Conversation& c) {
    const decode::Packet said = c.last();
    decode::Packet& again = c.ack().last();
    const auto [time, number] = std::pair(again.time, again.number);
    again = said;
    again.time = time;
    again.number = number;
  }
  void end(flow::Conversation& c) {
    switch (random_.below(3)) {
      case 0: c.client_fin().server_fin(); break;
      case 1: c.server_rst(); break;
      default: break;
    }
    style(c);
  }

  Random random_;
  TrafficStyle style_;
};

// Names of hosts and ports: `of` makes the which-th conversation's ends.
struct Naming {
  uint32_t address_mask = 0;  // flips these bits of all addresses
  uint16_t port_mask = 0;     // and these of all ports; below 0x2000 client ports stay the higher

  flow::End client(uint32_t which) const {
    return {(0x0a000000 + which / 3) ^ address_mask, port(40960 + which)};
  }
  flow::End server(uint32_t which) const {
    return {(0xc0000200 + which % 5) ^ address_mask, port(which % 2 == 0 ? 3333 : 443)};
  }
  uint16_t port(uint32_t value) const { return static_cast<uint16_t>(value ^ port_mask); }
};

inline std::vector<decode::Packet> random_traffic(uint64_t seed, uint32_t conversations,
                                                  const TrafficStyle& style = {},
                                                  const Naming& naming = {}) {
  std::vector<std::vector<decode::Packet>> all;
  RandomTraffic traffic(seed, style);
  for (uint32_t i = 0; i < conversations; ++i)
    all.push_back(traffic.conversation(naming.client(i), naming.server(i)));
  return flow::interleaved(all);
}

}  // namespace kanaria::detect
