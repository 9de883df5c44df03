// SPDX-License-Identifier: Apache-2.0
// Link layers by their registered number (https://www.tcpdump.org/linktypes.html).
#include "decode/decoder.h"
#include "decode/layer.h"

namespace kanaria::decode {
namespace {

enum LinkLayer : uint32_t {
  kNull = 0,
  kEthernet = 1,
  kPpp = 9,
  kRawBsd = 12,
  kRawOpenBsd = 14,
  kPppSerial = 50,
  kPppEther = 51,
  kRaw = 101,
  kCiscoHdlc = 104,
  kIeee80211 = 105,
  kLoop = 108,
  kLinuxSll = 113,
  kRadiotap = 127,
  kPpi = 192,
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxSll2 = 276,
};

// The address family's number differs between systems; IPv6 is 10, 24, 28 or 30.
DecodeStatus decode_family(Walk& walk, uint32_t family) noexcept {
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  if (family > 0xffff) family = __builtin_bswap32(family);  // written by the other byte order
  switch (family) {
    case 2: return decode_ipv4(walk);
    case 10:
    case 24:
    case 28:
    case 30: return decode_ipv6(walk);
    default: return DecodeStatus::kNotIp;
  }
}

DecodeStatus decode_sll(Walk& walk) noexcept {
  walk.note(HeaderPartKind::kLinkAddresses, walk.at.position() + 6, 8);
  walk.at.skip(14);
  const uint16_t protocol = walk.at.be16();
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return decode_ether_type(walk, protocol);
}

DecodeStatus decode_sll2(Walk& walk) noexcept {
  walk.note(HeaderPartKind::kLinkAddresses, walk.at.position() + 12, 8);
  const uint16_t protocol = walk.at.be16();
  walk.at.skip(18);
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return decode_ether_type(walk, protocol);
}

// RFC 1547 framing with Cisco's addresses: address, control, EtherType.
DecodeStatus decode_cisco_hdlc(Walk& walk) noexcept {
  walk.at.skip(2);
  const uint16_t ether_type = walk.at.be16();
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return decode_ether_type(walk, ether_type);
}

DecodeStatus decode_pppoe_frame(Walk& walk) noexcept {
  walk.at.skip(6);  // RFC 2516 §4
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return decode_ppp(walk);
}

// CACE's Per-Packet Information: its own length and the link type of what follows, little endian.
DecodeStatus decode_ppi(Walk& walk) noexcept {
  walk.at.skip(2);
  const size_t length = walk.at.le16();
  const uint32_t link_type = walk.at.le32();
  if (walk.at.short_read() || length < 8) return DecodeStatus::kCutBeforeIp;
  walk.note(HeaderPartKind::kLinkOptions, walk.at.position(), length - 8);
  walk.at.skip(length - 8);
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return decode_link(walk, link_type);
}

}  // namespace

DecodeStatus decode_link(Walk& walk, uint32_t link_type) noexcept {
  if (!walk.enter()) return DecodeStatus::kTooDeep;
  switch (link_type) {
    case kEthernet: return decode_ethernet(walk);
    case kNull: return decode_family(walk, walk.at.le32());
    case kLoop: return decode_family(walk, walk.at.be32());
    case kRaw:
    case kRawBsd:
    case kRawOpenBsd: return decode_ip(walk);
    case kIpv4: return decode_ipv4(walk);
    case kIpv6: return decode_ipv6(walk);
    case kLinuxSll: return decode_sll(walk);
    case kLinuxSll2: return decode_sll2(walk);
    case kPpp:
    case kPppSerial: return decode_ppp(walk);
    case kPppEther: return decode_pppoe_frame(walk);
    case kCiscoHdlc: return decode_cisco_hdlc(walk);
    case kIeee80211: return decode_ieee80211(walk, 1);
    case kRadiotap: return decode_radiotap(walk);
    case kPpi: return decode_ppi(walk);
    default: return DecodeStatus::kUnknownLinkType;
  }
}

std::string_view link_name(capture::LinkType link_type) {
  switch (link_type) {
    case kEthernet: return "Ethernet";
    case kNull:
    case kLoop: return "BSD loopback";
    case kRaw:
    case kRawBsd:
    case kRawOpenBsd: return "bare IP";
    case kIpv4: return "bare IPv4";
    case kIpv6: return "bare IPv6";
    case kLinuxSll: return "Linux cooked";
    case kLinuxSll2: return "Linux cooked 2";
    case kPpp:
    case kPppSerial: return "PPP";
    case kPppEther: return "PPPoE";
    case kCiscoHdlc: return "Cisco HDLC";
    case kIeee80211: return "802.11";
    case kRadiotap: return "802.11 radiotap";
    case kPpi: return "PPI";
    default: return {};
  }
}

}  // namespace kanaria::decode
