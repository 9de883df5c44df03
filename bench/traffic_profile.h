// SPDX-License-Identifier: Apache-2.0
// Who talks how in the captures of make_capture. A connection follows one of five profiles:
//
//   web   a browser: requests of some 600 B, answers of up to tens of kB, seconds of reading
//         between them; TLS on 443, HTTP on 80, QUIC-like datagrams on UDP 443
//   bulk  a download: one request, then full segments, an ACK for every second of them
//         (RFC 5681, 4.2); TLS, HTTP or QUIC-like datagrams
//   rpc   a program asking another: small requests, small answers, seconds apart;
//         HTTP with JSON, JSON lines, TLS
//   chat  a messenger: either side speaks when it likes, seldom answered at once; JSON lines, TLS
//   pool  a miner: jobs pushed by the server, results by the client, each answered at once;
//         Stratum's JSON lines, TLS
//
// and a capture is one of two mixes of them: `mix` (most packets are bulk) and `small` (many short
// connections, few full segments). Shares and ranges are choices, tuned until the mixes showed
// some 870 B a frame with 5 connections per 1000 packets, and 300 B with 50.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

namespace kanaria::bench {

struct Range {
  uint32_t least;
  uint32_t most;  // included
};

// splitmix64 (Steele, Lea, Flood 2014). The standard's distributions differ between libraries;
// these give the same capture everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
  }
  uint32_t below(uint32_t limit) { return static_cast<uint32_t>((next() >> 32) * limit >> 32); }
  uint32_t in(Range range) { return range.least + below(range.most - range.least + 1); }
  bool percent(uint32_t chance) { return below(100) < chance; }

  // Exponential to within 6 % of its density: -log2(u) with the logarithm's fraction taken as a
  // straight line, times ln 2 over this form's mean. Integers only, so equal on every machine.
  uint64_t exponential(uint64_t mean) {
    const uint64_t u = next() | 1;
    const auto zeros = static_cast<unsigned>(std::countl_zero(u));
    const uint64_t fraction = zeros == 63 ? 0 : (u << (zeros + 1)) >> 48;  // 16 bits
    const uint64_t minus_log2 = ((uint64_t{zeros} + 1) << 16) - fraction;  // 16.16, mean 1.5
    return mean * minus_log2 * 2 / 3 >> 16;
  }

 private:
  uint64_t state_;
};

enum class Framing { kTls, kHttp, kJsonLines };

struct Service {
  uint16_t port;
  Framing framing;
};

struct Profile {
  std::string_view name;
  std::span<const Service> services;
  Range request_bytes;
  Range pushed_bytes;         // a server's message nobody asked for
  uint32_t pushed_percent;    // of exchanges
  uint32_t answered_percent;  // of the client's messages
  uint32_t udp_percent;       // of connections
};

inline constexpr Service kWebServices[] = {
    {443, Framing::kTls}, {443, Framing::kTls}, {443, Framing::kTls}, {80, Framing::kHttp}};
inline constexpr Service kRpcServices[] = {
    {8080, Framing::kHttp}, {443, Framing::kTls}, {7000, Framing::kJsonLines}};
inline constexpr Service kChatServices[] = {
    {5222, Framing::kTls}, {443, Framing::kTls}, {8765, Framing::kJsonLines}};
inline constexpr Service kPoolServices[] = {
    {3333, Framing::kJsonLines}, {4444, Framing::kJsonLines}, {443, Framing::kTls}};

inline constexpr Profile kWeb{"web", kWebServices, {300, 900}, {60, 200}, 3, 100, 15};
inline constexpr Profile kBulk{"bulk", kWebServices, {300, 900}, {60, 200}, 0, 100, 10};
inline constexpr Profile kRpc{"rpc", kRpcServices, {40, 400}, {40, 200}, 0, 100, 11};
inline constexpr Profile kChat{"chat", kChatServices, {40, 300}, {40, 300}, 50, 20, 12};
inline constexpr Profile kPool{"pool", kPoolServices, {150, 180}, {560, 620}, 60, 100, 0};

// How a mix uses a profile. `pause_ms` is the mean of the exponential pauses between exchanges.
struct Use {
  const Profile* profile;
  uint32_t weight;
  Range exchanges;
  Range answer_bytes;
  uint32_t pause_ms;
};

struct Mix {
  std::string_view name;
  uint32_t connections_per_mib;
  std::array<Use, 5> uses;  // weights sum to 100
};

inline constexpr Mix kMixes[] = {
    {"mix",
     6,
     {{{&kWeb, 35, {1, 6}, {1'000, 60'000}, 5'000},
       {&kBulk, 8, {1, 3}, {300'000, 1'300'000}, 15'000},
       {&kRpc, 25, {2, 30}, {40, 1'400}, 2'000},
       {&kChat, 22, {4, 60}, {40, 300}, 10'000},
       {&kPool, 10, {20, 120}, {40, 60}, 8'000}}}},
    {"small",
     165,
     {{{&kWeb, 25, {1, 2}, {300, 2'400}, 5'000},
       {&kBulk, 1, {1, 1}, {10'000, 40'000}, 1'000},
       {&kRpc, 30, {1, 5}, {40, 800}, 5'000},
       {&kChat, 34, {2, 9}, {40, 300}, 5'000},
       {&kPool, 10, {4, 14}, {40, 60}, 8'000}}}},
};

}  // namespace kanaria::bench
