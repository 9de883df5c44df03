// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/decode/decoded.h"

namespace kanaria::test {
namespace {

const Bytes kFour = ipv4(tcp());
const Bytes kSix = ipv6(tcp());
const Bytes kEthernetFour = ethernet(ether::kIpv4, kFour);
const Bytes kEthernetSix = ethernet(ether::kIpv6, kSix);

std::string in_ipv4(unsigned protocol, const Bytes& payload) {
  return summary(link::kRaw, ipv4_carrying(protocol, payload));
}
std::string in_gre(unsigned protocol, const Bytes& payload, unsigned flags = 0,
                   const Bytes& fields = {}) {
  return in_ipv4(proto::kGre, gre(protocol, payload, flags, fields));
}
std::string in_udp(unsigned port, const Bytes& payload) {
  return summary(link::kRaw, ipv4_udp(port, payload));
}

constexpr unsigned kVxlan = 4789, kGeneve = 6081, kGtpU = 2152;

TEST(IpInIp, EveryMixOfVersionsIsFollowed) {
  EXPECT_EQ(in_ipv4(proto::kIpv4, kFour), kSegmentOverIpv4);
  EXPECT_EQ(in_ipv4(proto::kIpv6, kSix), kSegmentOverIpv6);
  EXPECT_EQ(summary(link::kRaw, ipv6(kFour, {.next = proto::kIpv4})), kSegmentOverIpv4);
  EXPECT_EQ(summary(link::kRaw, ipv6(kSix, {.next = proto::kIpv6})), kSegmentOverIpv6);
}

TEST(IpInIp, ProtocolThatBeliesTheVersionIsBadIp) {
  EXPECT_EQ(in_ipv4(proto::kIpv4, kSix), "bad_ip");
  EXPECT_EQ(in_ipv4(proto::kIpv6, kFour), "bad_ip");
}

TEST(Gre, CarriesIpOfBothVersionsAndEthernet) {
  EXPECT_EQ(in_gre(ether::kIpv4, kFour), kSegmentOverIpv4);
  EXPECT_EQ(in_gre(ether::kIpv6, kSix), kSegmentOverIpv6);
  EXPECT_EQ(in_gre(ether::kBridged, kEthernetFour), kSegmentOverIpv4);
  EXPECT_EQ(in_gre(ether::kMpls, mpls_last_label(16, kFour)), kSegmentOverIpv4);
}

// RFC 2890 §2: checksum with its reserved half, key, sequence number; 4 bytes each.
TEST(Gre, EachFieldIsSteppedOver) {
  for (const auto& [flags, bytes] : {std::pair{0x8000U, size_t{4}},
                                     {0x2000U, 4},
                                     {0x1000U, 4},
                                     {0xa000U, 8},
                                     {0x3000U, 8},
                                     {0xb000U, 12}})
    EXPECT_EQ(in_gre(ether::kIpv4, kFour, flags, zeros(bytes)), kSegmentOverIpv4) << flags;
}

// RFC 2637 §4.1.
TEST(Gre, VersionOneCarriesPpp) {
  EXPECT_EQ(in_gre(ether::kPpp, hex("ff030021") + kFour, 0x2001, zeros(4)), kSegmentOverIpv4);
  EXPECT_EQ(in_gre(ether::kPpp, hex("0021") + kFour, 0x3001, zeros(8)), kSegmentOverIpv4);
  EXPECT_EQ(in_gre(ether::kPpp, hex("0057") + kSix, 0x3081, zeros(12)), kSegmentOverIpv6);
}

TEST(Gre, OtherVersionsAreUnknown) {
  for (unsigned version = 2; version < 8; ++version)
    EXPECT_EQ(in_gre(ether::kIpv4, kFour, version), "unknown_tunnel") << version;
}

TEST(Gre, SourceRoutesAreUnknown) {
  EXPECT_EQ(in_gre(ether::kIpv4, kFour, 0x4000, zeros(8)), "unknown_tunnel");
}

TEST(Gre, OtherProtocolsAreNotIp) {
  EXPECT_EQ(in_gre(ether::kArp, zeros(28)), "not_ip");
  EXPECT_EQ(in_gre(0, {}), "cut_before_ip");  // a length, which LLC would follow
}

TEST(Erspan, TypeOneHasNoHeader) {
  EXPECT_EQ(in_gre(ether::kErspan, kEthernetFour), kSegmentOverIpv4);
}

TEST(Erspan, TypeTwoHasEightBytes) {
  EXPECT_EQ(in_gre(ether::kErspan, erspan2(kEthernetFour), 0x1000, zeros(4)), kSegmentOverIpv4);
  EXPECT_EQ(in_gre(ether::kErspan, erspan2(kEthernetSix), 0x1000, zeros(4)), kSegmentOverIpv6);
}

TEST(Erspan, TypeThreeHasTwelveBytes) {
  EXPECT_EQ(in_gre(ether::kErspan3, erspan3(kEthernetFour), 0x1000, zeros(4)), kSegmentOverIpv4);
}

TEST(Erspan, SubheaderOfTypeThreeIsSteppedOver) {
  EXPECT_EQ(in_gre(ether::kErspan3, erspan3_with_subheader(kEthernetSix), 0x1000, zeros(4)),
            kSegmentOverIpv6);
}

TEST(Erspan, TagsOfTheMirroredFrameAreRead) {
  const Bytes tagged = ethernet(ether::kVlan, vlan(7, ether::kIpv4, kFour));
  const auto packet =
      decoded(link::kRaw,
              ipv4_carrying(proto::kGre, gre(ether::kErspan, erspan2(tagged), 0x1000, zeros(4))))
          .packet;
  EXPECT_EQ(packet.vlan_count, 1);
  EXPECT_EQ(packet.vlan[0], 7);
}

TEST(Vxlan, CarriesEthernet) {
  EXPECT_EQ(in_udp(kVxlan, vxlan(kEthernetFour)), kSegmentOverIpv4);
  EXPECT_EQ(in_udp(kVxlan, vxlan(kEthernetSix)), kSegmentOverIpv6);
}

TEST(Vxlan, WithoutItsFlagItIsUnknown) {
  EXPECT_EQ(in_udp(kVxlan, vxlan(kEthernetFour).with(0, 0xf7)), "unknown_tunnel");
}

TEST(Vxlan, WithinVxlanIsFollowed) {
  EXPECT_EQ(in_udp(kVxlan, vxlan(ethernet(ether::kIpv4, ipv4_udp(kVxlan, vxlan(kEthernetSix))))),
            kSegmentOverIpv6);
}

TEST(Geneve, CarriesEthernetAndIp) {
  EXPECT_EQ(in_udp(kGeneve, geneve(ether::kBridged, kEthernetFour)), kSegmentOverIpv4);
  EXPECT_EQ(in_udp(kGeneve, geneve(ether::kIpv4, kFour)), kSegmentOverIpv4);
  EXPECT_EQ(in_udp(kGeneve, geneve(ether::kIpv6, kSix)), kSegmentOverIpv6);
}

TEST(Geneve, OptionsAreSteppedOver) {
  for (const size_t bytes : {4U, 8U, 252U})
    EXPECT_EQ(in_udp(kGeneve, geneve(ether::kIpv4, kFour, zeros(bytes))), kSegmentOverIpv4);
}

TEST(Geneve, OtherVersionsAreUnknown) {
  EXPECT_EQ(in_udp(kGeneve, geneve(ether::kIpv4, kFour).with(0, 0x40)), "unknown_tunnel");
}

TEST(GtpU, CarriesIpOfBothVersions) {
  EXPECT_EQ(in_udp(kGtpU, gtp_u(kFour)), kSegmentOverIpv4);
  EXPECT_EQ(in_udp(kGtpU, gtp_u(kSix)), kSegmentOverIpv6);
}

TEST(GtpU, OptionalFieldsStandTogetherWhicheverIsUsed) {
  for (const unsigned flags : {0x01U, 0x02U, 0x03U})
    EXPECT_EQ(in_udp(kGtpU, gtp_u(kFour, flags, zeros(4))), kSegmentOverIpv4) << flags;
}

// TS 29.281 §5.1: the next extension header type is to be ignored unless the E flag is set.
TEST(GtpU, ExtensionTypeWithoutItsFlagIsIgnored) {
  EXPECT_EQ(in_udp(kGtpU, gtp_u(kFour, 0x02, hex("0001 00 85"))), kSegmentOverIpv4);
}

TEST(GtpU, ChainOfExtensionHeadersIsSteppedOver) {
  const Bytes chain = hex("0000 00 85  01 0009 c0  02 000000000000 40  01 0000 00");
  EXPECT_EQ(in_udp(kGtpU, gtp_u(kSix, 0x04, chain)), kSegmentOverIpv6);
}

TEST(GtpU, ExtensionHeaderWithoutLengthIsUnknown) {
  EXPECT_EQ(in_udp(kGtpU, gtp_u(kFour, 0x04, hex("0000 00 85  00 0009 00"))), "unknown_tunnel");
}

TEST(GtpU, ChainWithoutEndIsTooDeep) {
  Bytes chain = hex("0000 00 85");
  for (int i = 0; i < 100; ++i) chain += hex("01 0009 85");
  EXPECT_EQ(in_udp(kGtpU, gtp_u(kFour, 0x04, chain)), "too_deep");
}

TEST(GtpU, OtherMessagesAndVersionsAreUnknown) {
  const Bytes data = gtp_u(kFour);
  EXPECT_EQ(in_udp(kGtpU, data.with(1, 1)), "unknown_tunnel");     // echo request
  EXPECT_EQ(in_udp(kGtpU, data.with(0, 0x20)), "unknown_tunnel");  // GTP′
  EXPECT_EQ(in_udp(kGtpU, data.with(0, 0x50)), "unknown_tunnel");  // version 2
}

TEST(GtpU, OtherPayloadIsNotIp) { EXPECT_EQ(in_udp(kGtpU, gtp_u(hex("00") + kFour)), "not_ip"); }

TEST(Udp, OtherPortsAreNotTcp) {
  for (const unsigned port : {53U, 443U, 4788U, 4790U})
    EXPECT_EQ(in_udp(port, vxlan(kEthernetFour)), "not_tcp") << port;
}

TEST(Udp, CutHeaderIsNotTcp) {
  const Bytes whole = ipv4_udp(kVxlan, vxlan(kEthernetFour));
  for (size_t size = 20; size < 28; ++size)
    EXPECT_EQ(summary(link::kRaw, whole.cut_to(size)), "not_tcp") << size;
}

}  // namespace
}  // namespace kanaria::test
