// SPDX-License-Identifier: Apache-2.0
// Everything an EtherType (IEEE 802.3 §3.2.6) leads to, from an Ethernet header or a tunnel.
#include "decode/layer.h"

namespace kanaria::decode {
namespace {

enum EtherType : uint16_t {
  kLongestLength = 1500,  // up to here the field is a length, and LLC follows
  kIpv4 = 0x0800,
  kBridgedEthernet = 0x6558,  // RFC 1701
  kVlan = 0x8100,
  kIpv6 = 0x86dd,
  kPpp = 0x880b,
  kMpls = 0x8847,
  kMplsMulticast = 0x8848,
  kPppoeSession = 0x8864,
  kProviderVlan = 0x88a8,  // IEEE 802.1ad
  kOldProviderVlan = 0x9100,
};

enum PppProtocol : uint16_t {
  kPppIpv4 = 0x0021,
  kPppIpv6 = 0x0057,
  kPppMpls = 0x0281,
};

DecodeStatus decode_vlan(Walk& walk) noexcept {
  const uint16_t tag = walk.at.be16();
  const uint16_t ether_type = walk.at.be16();
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  Packet& packet = walk.packet;
  if (packet.vlan_count < 2) packet.vlan[packet.vlan_count++] = tag & 0x0fff;
  return decode_ether_type(walk, ether_type);
}

DecodeStatus decode_pppoe(Walk& walk) noexcept {
  const uint8_t version_and_type = walk.at.u8();
  const uint8_t code = walk.at.u8();
  walk.at.skip(4);
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  if (version_and_type != 0x11 || code != 0) return DecodeStatus::kNotIp;  // RFC 2516 §4
  return decode_ppp(walk);
}

}  // namespace

DecodeStatus decode_ethernet(Walk& walk) noexcept {
  walk.note(HeaderPartKind::kLinkAddresses, walk.at.position(), 12);
  walk.at.skip(12);
  const uint16_t ether_type = walk.at.be16();
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return decode_ether_type(walk, ether_type);
}

DecodeStatus decode_ether_type(Walk& walk, uint16_t ether_type) noexcept {
  if (!walk.enter()) return DecodeStatus::kTooDeep;
  switch (ether_type) {
    case kIpv4: return decode_ipv4(walk);
    case kIpv6: return decode_ipv6(walk);
    case kVlan:
    case kProviderVlan:
    case kOldProviderVlan: return decode_vlan(walk);
    case kMpls:
    case kMplsMulticast: return decode_mpls(walk);
    case kPppoeSession: return decode_pppoe(walk);
    case kPpp: return decode_ppp(walk);
    case kBridgedEthernet: return decode_ethernet(walk);
    default: return ether_type <= kLongestLength ? decode_llc(walk) : DecodeStatus::kNotIp;
  }
}

// IEEE 802.2 with the SNAP extension (RFC 1042); other LLC does not carry IP worth having.
DecodeStatus decode_llc(Walk& walk) noexcept {
  const uint16_t service_access_points = walk.at.be16();
  const uint8_t control = walk.at.u8();
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  if (service_access_points != 0xaaaa || control != 0x03) return DecodeStatus::kNotIp;
  const uint32_t organisation_high = walk.at.u8();
  const uint32_t organisation = organisation_high << 16 | walk.at.be16();
  const uint16_t ether_type = walk.at.be16();
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  constexpr uint32_t kBridgeTunnel = 0x0000f8;  // IEEE 802.1H
  if (organisation != 0 && organisation != kBridgeTunnel) return DecodeStatus::kNotIp;
  return ether_type <= kLongestLength ? DecodeStatus::kNotIp : decode_ether_type(walk, ether_type);
}

// RFC 1661 and 1662: address and control may be there or compressed away, the protocol likewise.
DecodeStatus decode_ppp(Walk& walk) noexcept {
  constexpr uint8_t kAllStations = 0xff, kUnnumbered = 0x03;  // never begins a protocol
  if (walk.at.peek(0) == kAllStations && (walk.at.peek(1) == kUnnumbered || walk.at.left() == 1))
    walk.at.skip(2);
  uint16_t protocol = walk.at.u8();
  if ((protocol & 1) == 0) protocol = static_cast<uint16_t>(protocol << 8 | walk.at.u8());
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  switch (protocol) {
    case kPppIpv4: return decode_ipv4(walk);
    case kPppIpv6: return decode_ipv6(walk);
    case kPppMpls: return decode_mpls(walk);
    default: return DecodeStatus::kNotIp;
  }
}

// RFC 3032 label stack. What follows is told by its first nibble (RFC 4928 §3): 4 and 6 are IP,
// 0 is a pseudowire's control word before an Ethernet frame (RFC 4448 §4.6).
DecodeStatus decode_mpls(Walk& walk) noexcept {
  constexpr uint32_t kBottomOfStack = 0x100;
  uint32_t label;
  do {
    if (!walk.enter()) return DecodeStatus::kTooDeep;
    label = walk.at.be32();
    if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  } while ((label & kBottomOfStack) == 0);
  if (walk.at.left() == 0) return DecodeStatus::kCutBeforeIp;
  switch (walk.at.peek(0) >> 4) {
    case 4: return decode_ipv4(walk);
    case 6: return decode_ipv6(walk);
    case 0: walk.at.skip(4); return decode_ethernet(walk);
    default: return DecodeStatus::kNotIp;
  }
}

}  // namespace kanaria::decode
