// SPDX-License-Identifier: Apache-2.0
// One frame for each link type, tunnel and extension that docs/definitions.md, "Packet" names: what
// holds for all of them is tested on this list. Each frame ends with the payload of tcp().
#pragma once

#include <vector>

#include "tests/decode/frame_builder.h"

namespace kanaria::test {

struct Stack {
  const char* name;
  capture::LinkType link_type;
  Bytes frame;
};

inline constexpr size_t kStackPayload = 7;

inline std::vector<Stack> stacks_of_links(const Bytes& segment) {
  const Bytes four = ipv4(segment), six = ipv6(segment);
  const Bytes data = ieee80211(kDataFromAccessPoint, snap(ether::kIpv4, four));
  const Bytes sll = hex("0000 0001 0006 02000000000a 0000");
  const Bytes sll2 = hex("0000 00000001 0001 00 06 02000000000a 0000");
  return {
      {"Ethernet", link::kEthernet, ethernet(ether::kIpv4, four)},
      {"Ethernet, IPv6", link::kEthernet, ethernet(ether::kIpv6, six)},
      {"null", link::kNull, le32(2) + four},
      {"null, IPv6", link::kNull, le32(30) + six},
      {"loop", link::kLoop, be32(2) + four},
      {"raw", link::kRaw, four},
      {"raw, IPv6", link::kRaw, six},
      {"raw of BSD", link::kRawBsd, four},
      {"raw of OpenBSD", link::kRawOpenBsd, four},
      {"IPv4", link::kIpv4, four},
      {"IPv6", link::kIpv6, six},
      {"Linux cooked", link::kLinuxSll, sll + be16(ether::kIpv4) + four},
      {"Linux cooked 2", link::kLinuxSll2, be16(ether::kIpv6) + sll2 + six},
      {"PPP", link::kPpp, hex("0021") + four},
      {"PPP, IPv6", link::kPpp, hex("0057") + six},
      {"PPP with HDLC framing", link::kPppSerial, hex("ff03 0021") + four},
      {"PPPoE", link::kPppEther, pppoe(hex("0021") + four)},
      {"Cisco HDLC", link::kCiscoHdlc, hex("0f00") + be16(ether::kIpv4) + four},
      {"802.11", link::kIeee80211, data},
      {"radiotap", link::kRadiotap, radiotap(data)},
      {"PPI", link::kPpi, ppi(link::kIeee80211, data)},
  };
}

inline std::vector<Stack> stacks_below_ip(const Bytes& segment) {
  const Bytes four = ipv4(segment), six = ipv6(segment);
  const Bytes inner = ethernet(ether::kIpv4, four);
  const auto on_ethernet = [](const char* name, unsigned ether_type, const Bytes& payload) {
    return Stack{name, link::kEthernet, ethernet(ether_type, payload)};
  };
  return {
      on_ethernet("VLAN", ether::kVlan, vlan(7, ether::kIpv4, four)),
      on_ethernet("QinQ", ether::kQinQ, vlan(5, ether::kVlan, vlan(7, ether::kIpv6, six))),
      on_ethernet("MPLS", ether::kMpls, mpls_label(16, mpls_last_label(17, four))),
      on_ethernet("MPLS pseudowire", ether::kMpls, mpls_last_label(16, zeros(4) + inner)),
      on_ethernet("PPPoE on Ethernet", ether::kPppoe, pppoe(hex("0021") + four)),
      on_ethernet("LLC and SNAP", 60, snap(ether::kIpv4, four)),
  };
}

inline std::vector<Stack> stacks_of_tunnels(const Bytes& segment) {
  const Bytes four = ipv4(segment), six = ipv6(segment);
  const Bytes inner = ethernet(ether::kIpv4, four);
  const auto on_ipv4 = [](const char* name, unsigned protocol, const Bytes& payload) {
    return Stack{name, link::kEthernet, ethernet(ether::kIpv4, ipv4_carrying(protocol, payload))};
  };
  const auto on_udp = [](const char* name, unsigned port, const Bytes& payload) {
    return Stack{name, link::kEthernet, ethernet(ether::kIpv4, ipv4_udp(port, payload))};
  };
  const Bytes extension_header = hex("000000 85 01 0009 00");
  return {
      on_ipv4("GRE", proto::kGre, gre(ether::kIpv4, four)),
      on_ipv4("GRE with all fields", proto::kGre, gre(ether::kIpv6, six, 0xb000, zeros(12))),
      on_ipv4("GRE of PPTP", proto::kGre, gre(ether::kPpp, hex("0021") + four, 0x3081, zeros(12))),
      on_ipv4("GRE with Ethernet", proto::kGre, gre(ether::kBridged, inner)),
      on_ipv4("ERSPAN I", proto::kGre, gre(ether::kErspan, inner)),
      on_ipv4("ERSPAN II", proto::kGre, gre(ether::kErspan, erspan2(inner), 0x1000, zeros(4))),
      on_ipv4("ERSPAN III", proto::kGre, gre(ether::kErspan3, erspan3(inner), 0x1000, zeros(4))),
      on_ipv4("ERSPAN III with subheader", proto::kGre,
              gre(ether::kErspan3, erspan3_with_subheader(inner), 0x1000, zeros(4))),
      on_ipv4("IPv4 in IPv4", proto::kIpv4, four),
      on_ipv4("IPv6 in IPv4", proto::kIpv6, six),
      on_ipv4("MPLS in IPv4", proto::kMpls, mpls_last_label(16, four)),
      {"IPv4 in IPv6", link::kRaw, ipv6(four, {.next = proto::kIpv4})},
      {"IPv6 in IPv6", link::kRaw, ipv6(six, {.next = proto::kIpv6})},
      {"GRE in IPv6", link::kRaw, ipv6(gre(ether::kIpv4, four), {.next = proto::kGre})},
      on_udp("VXLAN", 4789, vxlan(inner)),
      on_udp("Geneve", 6081, geneve(ether::kBridged, inner)),
      on_udp("Geneve with options", 6081, geneve(ether::kIpv4, four, zeros(8))),
      on_udp("GTP-U", 2152, gtp_u(six)),
      on_udp("GTP-U with extension header", 2152, gtp_u(four, 0x04, extension_header)),
  };
}

inline std::vector<Stack> stacks_between_ip_and_tcp(const Bytes& segment) {
  const auto on_ipv6 = [](const char* name, unsigned next, const Bytes& payload) {
    return Stack{name, link::kRaw, ipv6(payload, {.next = next})};
  };
  return {
      {"IPv4 options", link::kRaw, ipv4(segment, {.options = zeros(40)})},
      {"IPv4 authentication", link::kRaw,
       ipv4(authentication_header(proto::kTcp, segment), {.protocol = proto::kAuthentication})},
      {"IPv4 first fragment", link::kRaw, ipv4(segment, {.fragment = 0x2000})},
      on_ipv6("hop-by-hop", proto::kHopByHop, extension(proto::kTcp, 8, segment)),
      on_ipv6("routing", proto::kRouting, extension(proto::kTcp, 24, segment)),
      on_ipv6("destination options", proto::kDestination, extension(proto::kTcp, 16, segment)),
      on_ipv6("first fragment", proto::kFragment, fragment_header(proto::kTcp, 1, 9, segment)),
      on_ipv6("authentication", proto::kAuthentication,
              authentication_header(proto::kTcp, segment)),
  };
}

inline std::vector<Stack> all_stacks(const Bytes& segment = tcp()) {
  std::vector<Stack> all;
  for (const auto& list : {stacks_of_links(segment), stacks_below_ip(segment),
                           stacks_of_tunnels(segment), stacks_between_ip_and_tcp(segment)})
    all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace kanaria::test
