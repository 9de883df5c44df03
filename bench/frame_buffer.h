// SPDX-License-Identifier: Apache-2.0
// Headers of make_capture's frames: pcap record, Ethernet, IPv4 or IPv6, TCP or UDP, with the
// lengths and checksums a receiver would accept.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace kanaria::bench {

using Microseconds = uint64_t;

inline constexpr uint32_t kLargestFrame = 2048;  // with its pcap record header

enum class Side : uint8_t { kClient, kServer };
constexpr Side other(Side side) { return side == Side::kClient ? Side::kServer : Side::kClient; }

enum TcpFlag : uint8_t { kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16 };

struct Endpoint {
  std::array<uint8_t, 16> address{};  // IPv4: the first four
  uint16_t port = 0;
  uint8_t ttl = 0;
  uint16_t ip_id = 0;
  uint32_t next_seq = 0;
  uint32_t clock_offset = 0;  // milliseconds, of the timestamps option
  uint32_t last_clock = 0;    // in the packet sent last
  bool has_sent = false;      // UDP only: its first datagram is behind it
};

struct Path {
  bool is_udp = false;
  bool is_ipv6 = false;
  std::array<Endpoint, 2> ends;

  Endpoint& end(Side side) { return ends[static_cast<size_t>(side)]; }
};

// One frame behind its pcap record header.
class FrameBuffer {
 public:
  std::span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }

  // Requires room: headers and payload fit kLargestFrame.
  void write_tcp(Path& path, Side from, uint32_t flags, std::span<const uint8_t> payload,
                 Microseconds now) {
    Endpoint& source = path.end(from);
    const Endpoint& target = path.end(other(from));
    const bool is_syn = (flags & kSyn) != 0;
    const uint32_t header_size = is_syn ? 40 : 32;
    const uint32_t segment_size = header_size + static_cast<uint32_t>(payload.size());
    source.last_clock = static_cast<uint32_t>(now / 1'000) + source.clock_offset;

    const size_t segment = begin_packet(path, from, segment_size, now);
    put16(source.port);
    put16(target.port);
    put32(source.next_seq);
    put32((flags & kAck) != 0 ? target.next_seq : 0);
    put16(header_size / 4 << 12 | flags);
    put16(is_syn ? 64'240 : 502);
    put32(0);                                                        // checksum, urgent pointer
    if (is_syn) put32(0x02040000 | (path.is_ipv6 ? 1'440 : 1'460));  // MSS
    put16(is_syn ? 0x0402 : 0x0101);                                 // SACK permitted
    put16(0x080a);                                                   // timestamps
    put32(source.last_clock);
    put32(target.last_clock);
    if (is_syn) put32(0x01030307);  // window scale 7
    put(payload);
    put_checksum(segment + 16, segment, pseudo_header_sum(path, segment_size));
  }

  void write_udp(Path& path, Side from, std::span<const uint8_t> payload, Microseconds now) {
    const uint32_t datagram_size = 8 + static_cast<uint32_t>(payload.size());
    const size_t datagram = begin_packet(path, from, datagram_size, now);
    put16(path.end(from).port);
    put16(path.end(other(from)).port);
    put16(datagram_size);
    put16(0);
    put(payload);
    put_checksum(datagram + 6, datagram, pseudo_header_sum(path, datagram_size));
  }

 private:
  // Returns where layer 4 begins.
  size_t begin_packet(Path& path, Side from, uint32_t l4_size, Microseconds now) {
    Endpoint& source = path.end(from);
    const Endpoint& target = path.end(other(from));
    const uint32_t frame_size = 14 + (path.is_ipv6 ? 40 : 20) + l4_size;
    size_ = 0;
    put_little32(static_cast<uint32_t>(now / 1'000'000));
    put_little32(static_cast<uint32_t>(now % 1'000'000));
    put_little32(frame_size);
    put_little32(frame_size);
    for (const Side side : {other(from), from}) {
      put32(0x02000000);  // a locally administered MAC address
      put16(side == Side::kClient ? 1 : 2);
    }
    put16(path.is_ipv6 ? 0x86dd : 0x0800);
    if (path.is_ipv6) {
      put32(6u << 28 | (path.ends[0].clock_offset & 0xfffff));  // any flow label, kept
      put16(l4_size);
      put8(protocol(path));
      put8(source.ttl);
      put(source.address);
      put(target.address);
      return size_;
    }
    const size_t header = size_;
    put16(0x4500);
    put16(20 + l4_size);
    put16(++source.ip_id);
    put16(0x4000);  // do not fragment
    put8(source.ttl);
    put8(protocol(path));
    put16(0);
    put(std::span(source.address).first(4));
    put(std::span(target.address).first(4));
    put_checksum(header + 10, header, 0);
    return size_;
  }

  static uint32_t protocol(const Path& path) { return path.is_udp ? 17 : 6; }

  // RFC 9293, 3.1, and RFC 8200, 8.1: the same for both directions.
  static uint64_t pseudo_header_sum(const Path& path, uint32_t l4_size) {
    uint64_t sum = __builtin_bswap16(static_cast<uint16_t>(protocol(path)));
    sum += __builtin_bswap16(static_cast<uint16_t>(l4_size));
    for (const Endpoint& end : path.ends) {
      for (size_t at = 0; at < (path.is_ipv6 ? 16u : 4u); at += 4) sum += word_at(&end.address[at]);
    }
    return sum;
  }

  // RFC 1071 over the bytes from `from` on, plus `sum`, into the two bytes at `at`.
  void put_checksum(size_t at, size_t from, uint64_t sum) {
    std::memset(bytes_.data() + size_, 0, 4);
    for (size_t i = from; i < size_; i += 4) sum += word_at(&bytes_[i]);
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    const auto checksum = static_cast<uint16_t>(~sum);
    std::memcpy(bytes_.data() + at, &checksum, 2);
  }

  static uint32_t word_at(const uint8_t* bytes) {
    uint32_t word;
    std::memcpy(&word, bytes, 4);
    return word;
  }

  void put8(uint32_t value) { bytes_[size_++] = static_cast<uint8_t>(value); }
  void put16(uint32_t value) {
    put8(value >> 8);
    put8(value);
  }
  void put32(uint32_t value) {
    put16(value >> 16);
    put16(value);
  }
  void put_little32(uint32_t value) { put32(__builtin_bswap32(value)); }
  void put(std::span<const uint8_t> bytes) {
    if (bytes.empty()) return;
    std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  std::array<uint8_t, kLargestFrame + 4> bytes_{};
  size_t size_ = 0;
};

}  // namespace kanaria::bench
