// SPDX-License-Identifier: Apache-2.0
// Frames for tests, built from the inside out: ethernet(kIpv4, ipv4(tcp({.flags = kSyn}))).
// Each header is a function of what it carries; fields have defaults; any length may be made to
// lie. No checksums: nothing here reads them.
#pragma once

#include <optional>
#include <string_view>

#include "base/ip_address.h"
#include "capture/frame.h"
#include "decode/packet.h"
#include "tests/base/bytes.h"

namespace kanaria::test {

using decode::kAck;
using decode::kFin;
using decode::kPsh;
using decode::kRst;
using decode::kSyn;

// Link types (https://www.tcpdump.org/linktypes.html).
namespace link {
inline constexpr capture::LinkType kNull = 0, kEthernet = 1, kPpp = 9, kRawBsd = 12,
                                   kRawOpenBsd = 14, kPppSerial = 50, kPppEther = 51, kRaw = 101,
                                   kCiscoHdlc = 104, kIeee80211 = 105, kLoop = 108, kLinuxSll = 113,
                                   kRadiotap = 127, kPpi = 192, kIpv4 = 228, kIpv6 = 229,
                                   kLinuxSll2 = 276;
}

// EtherTypes (IEEE 802 Numbers, IANA).
namespace ether {
inline constexpr unsigned kIpv4 = 0x0800, kArp = 0x0806, kBridged = 0x6558, kVlan = 0x8100,
                          kIpv6 = 0x86dd, kPpp = 0x880b, kMpls = 0x8847, kMplsMulticast = 0x8848,
                          kPppoe = 0x8864, kQinQ = 0x88a8, kOldQinQ = 0x9100, kErspan = 0x88be,
                          kErspan3 = 0x22eb;
}

// IP protocol numbers (IANA).
namespace proto {
inline constexpr unsigned kHopByHop = 0, kIcmp = 1, kIpv4 = 4, kTcp = 6, kUdp = 17, kIpv6 = 41,
                          kRouting = 43, kFragment = 44, kGre = 47, kEsp = 50, kAuthentication = 51,
                          kNoNext = 59, kDestination = 60, kMobility = 135, kMpls = 137,
                          kHostIdentity = 139, kShim6 = 140;
}

// --- TCP: RFC 9293 §3.1

struct TcpFields {
  uint16_t src_port = 40000;
  uint16_t dst_port = 3333;
  uint32_t seq = 1000;
  uint32_t ack = 2000;
  uint16_t flags = kPsh | kAck;
  uint16_t window = 501;
  Bytes options = {};
  Bytes payload = text("payload");
  std::optional<unsigned> header_words = {};  // as claimed
};

inline Bytes tcp(const TcpFields& fields = {}) {
  const Bytes options = [&] {
    Bytes padded = fields.options;
    while (padded.size() % 4 != 0) padded.push_back(0);
    return padded;
  }();
  const auto words = static_cast<unsigned>(5 + options.size() / 4);
  return be16(fields.src_port) + be16(fields.dst_port) + be32(fields.seq) + be32(fields.ack) +
         be16(fields.header_words.value_or(words) << 12 | fields.flags) + be16(fields.window) +
         zeros(4) + options + fields.payload;
}

inline Bytes mss(unsigned bytes) { return hex("0204") + be16(bytes); }
inline Bytes window_scale(unsigned shift) { return hex("0303") + byte(shift); }
inline Bytes sack_permitted() { return hex("0402"); }
inline Bytes timestamps(uint32_t value, uint32_t echo) {
  return hex("080a") + be32(value) + be32(echo);
}
inline Bytes no_operation() { return hex("01"); }

// --- UDP: RFC 768

inline Bytes udp(unsigned dst_port, const Bytes& payload) {
  return be16(50000) + be16(dst_port) + be16(static_cast<unsigned>(8 + payload.size())) + zeros(2) +
         payload;
}

// --- IPv4: RFC 791

struct Ipv4Fields {
  std::string_view src = "10.1.2.3";
  std::string_view dst = "10.4.5.6";
  unsigned protocol = proto::kTcp;
  unsigned ttl = 64;
  unsigned id = 0x1234;
  unsigned fragment = 0x4000;                 // DF 0x4000, MF 0x2000, offset in units of 8 bytes
  Bytes options = {};                         // a multiple of 4 bytes
  std::optional<unsigned> total_length = {};  // as claimed
  std::optional<unsigned> header_words = {};  // as claimed
};

inline Bytes ipv4(const Bytes& payload, const Ipv4Fields& fields = {}) {
  const auto address = [](std::string_view dotted) {
    const IpAddress parsed = *parse_ip_address(dotted);
    return Bytes(parsed.bytes.begin() + 12, parsed.bytes.end());
  };
  const size_t header = 20 + fields.options.size();
  const auto words = static_cast<unsigned>(header / 4);
  const auto total = static_cast<unsigned>(header + payload.size());
  return byte(0x40 | fields.header_words.value_or(words)) + byte(0) +
         be16(fields.total_length.value_or(total)) + be16(fields.id) + be16(fields.fragment) +
         byte(fields.ttl) + byte(fields.protocol) + zeros(2) + address(fields.src) +
         address(fields.dst) + fields.options + payload;
}

// --- IPv6: RFC 8200

struct Ipv6Fields {
  std::string_view src = "2001:db8::3";
  std::string_view dst = "2001:db8::6";
  unsigned next = proto::kTcp;
  unsigned hop_limit = 63;
  std::optional<unsigned> payload_length = {};  // as claimed
};

inline Bytes ipv6(const Bytes& payload, const Ipv6Fields& fields = {}) {
  const auto address = [](std::string_view written) {
    const IpAddress parsed = *parse_ip_address(written);
    return Bytes(parsed.bytes.begin(), parsed.bytes.end());
  };
  const auto length = static_cast<unsigned>(payload.size());
  return hex("60000000") + be16(fields.payload_length.value_or(length)) + byte(fields.next) +
         byte(fields.hop_limit) + address(fields.src) + address(fields.dst) + payload;
}

// Hop-by-hop, routing, destination options and their like; `bytes` a multiple of 8 (RFC 8200 §4).
inline Bytes extension(unsigned next, size_t bytes, const Bytes& payload) {
  return byte(next) + byte(static_cast<unsigned>(bytes / 8 - 1)) + zeros(bytes - 2) + payload;
}
// `offset_and_more`: offset in bytes, a multiple of 8, with 1 added for M (RFC 8200 §4.5).
inline Bytes fragment_header(unsigned next, unsigned offset_and_more, uint32_t id,
                             const Bytes& payload) {
  return byte(next) + byte(0) + be16(offset_and_more) + be32(id) + payload;
}
// With an integrity check value of 12 bytes (RFC 4302 §2).
inline Bytes authentication_header(unsigned next, const Bytes& payload) {
  return byte(next) + byte(4) + zeros(2 + 4 + 4 + 12) + payload;
}

// --- below IP

inline Bytes ethernet(unsigned ether_type, const Bytes& payload) {
  return hex("02000000000b 02000000000a") + be16(ether_type) + payload;
}
// Behind the EtherType that announces it (IEEE 802.1Q).
inline Bytes vlan(unsigned id, unsigned ether_type, const Bytes& payload) {
  return be16(id) + be16(ether_type) + payload;
}
// RFC 3032 §2.1.
inline Bytes mpls_label(unsigned label, const Bytes& payload) {
  return be32(label << 12 | 64) + payload;
}
inline Bytes mpls_last_label(unsigned label, const Bytes& payload) {
  return be32(label << 12 | 0x100 | 64) + payload;
}
// Session stage of RFC 2516 §4; the payload begins with PPP's protocol.
inline Bytes pppoe(const Bytes& payload) {
  return hex("1100 0009") + be16(static_cast<unsigned>(payload.size())) + payload;
}
// LLC and SNAP of RFC 1042.
inline Bytes snap(unsigned ether_type, const Bytes& payload) {
  return hex("aaaa03 000000") + be16(ether_type) + payload;
}

// --- tunnels: what IP or UDP carries

// RFC 2784 and 2890; `fields` are those that the flags announce.
inline Bytes gre(unsigned protocol, const Bytes& payload, unsigned flags = 0,
                 const Bytes& fields = {}) {
  return be16(flags) + be16(protocol) + fields + payload;
}
// RFC 7348 §5.
inline Bytes vxlan(const Bytes& payload) { return hex("08000000 00000700") + payload; }
// RFC 8926 §3.4; options a multiple of 4 bytes.
inline Bytes geneve(unsigned protocol, const Bytes& payload, const Bytes& options = {}) {
  return byte(static_cast<unsigned>(options.size() / 4)) + byte(0) + be16(protocol) +
         hex("00000700") + options + payload;
}
// 3GPP TS 29.281 §5.1; `optional` holds the 4 bytes and extension headers that the flags announce.
inline Bytes gtp_u(const Bytes& payload, unsigned flags = 0, const Bytes& optional = {}) {
  return byte(0x30 | flags) + byte(255) +
         be16(static_cast<unsigned>(optional.size() + payload.size())) + be32(99) + optional +
         payload;
}
// draft-foschiano-erspan §4.2 and §4.3; the first needs GRE's sequence number.
inline Bytes erspan2(const Bytes& payload) { return hex("10070005 00000000") + payload; }
inline Bytes erspan3(const Bytes& payload) { return hex("20070005 00000000 00000000") + payload; }
inline Bytes erspan3_with_subheader(const Bytes& payload) {
  return hex("20070005 00000000 00000001 0000000000000000") + payload;
}

inline Bytes ipv4_udp(unsigned dst_port, const Bytes& payload) {
  return ipv4(
      udp(dst_port, payload),
      {.src = "192.0.2.1", .dst = "192.0.2.2", .protocol = proto::kUdp, .ttl = 9, .id = 77});
}
inline Bytes ipv4_carrying(unsigned protocol, const Bytes& payload) {
  return ipv4(payload, {.src = "192.0.2.1", .dst = "192.0.2.2", .protocol = protocol, .ttl = 9});
}

// --- wireless: IEEE 802.11-2020 §9.2.3

inline constexpr unsigned kDataFromAccessPoint = 0x0208, kQosFromAccessPoint = 0x0288;

// `more` stands between sequence control and payload: address 4, QoS and HT control, padding.
inline Bytes ieee80211(unsigned frame_control, const Bytes& payload, const Bytes& more = {}) {
  return le16(frame_control) + zeros(2 + 18 + 2) + more + payload;
}
// https://www.radiotap.org: no field present.
inline Bytes radiotap(const Bytes& payload) { return hex("0000 0800 00000000") + payload; }
// CACE's Per-Packet Information without fields.
inline Bytes ppi(unsigned link_type, const Bytes& payload) {
  return hex("0000 0800") + le32(link_type) + payload;
}

}  // namespace kanaria::test
