// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/decode/decoded.h"

namespace kanaria::test {
namespace {

const Bytes kFour = ipv4(tcp());
const Bytes kSix = ipv6(tcp());

std::string on_ethernet(unsigned ether_type, const Bytes& payload) {
  return summary(link::kEthernet, ethernet(ether_type, payload));
}

TEST(Ethernet, CarriesBothVersionsOfIp) {
  EXPECT_EQ(on_ethernet(ether::kIpv4, kFour), kSegmentOverIpv4);
  EXPECT_EQ(on_ethernet(ether::kIpv6, kSix), kSegmentOverIpv6);
}

TEST(Ethernet, OtherEtherTypesAreNotIp) {
  constexpr unsigned kLldp = 0x88cc, kExperimental = 0x88b5;
  for (const unsigned ether_type : {ether::kArp, kLldp, kExperimental, 0xffffU, 0x0600U})
    EXPECT_EQ(on_ethernet(ether_type, kFour), "not_ip") << ether_type;
}

TEST(Ethernet, EtherTypeThatBeliesTheIpVersionIsBadIp) {
  EXPECT_EQ(on_ethernet(ether::kIpv4, kSix), "bad_ip");
  EXPECT_EQ(on_ethernet(ether::kIpv6, kFour), "bad_ip");
}

TEST(Vlan, TagIsKept) {
  const auto packet =
      decoded(link::kEthernet, ethernet(ether::kVlan, vlan(0x0fff, ether::kIpv4, kFour))).packet;
  EXPECT_EQ(packet.vlan_count, 1);
  EXPECT_EQ(packet.vlan[0], 0x0fff);
}

TEST(Vlan, PriorityIsNotPartOfTheTag) {
  const auto packet =
      decoded(link::kEthernet, ethernet(ether::kVlan, vlan(0xf007, ether::kIpv4, kFour))).packet;
  EXPECT_EQ(packet.vlan[0], 7);
}

TEST(Vlan, EveryTagTypeLeadsToIp) {
  for (const unsigned outer : {ether::kVlan, ether::kQinQ, ether::kOldQinQ})
    for (const unsigned inner : {ether::kVlan, ether::kQinQ, ether::kOldQinQ})
      EXPECT_EQ(on_ethernet(outer, vlan(5, inner, vlan(7, ether::kIpv6, kSix))), kSegmentOverIpv6);
}

TEST(Vlan, OfThreeTagsTheOuterTwoAreKept) {
  const Bytes frame = ethernet(
      ether::kQinQ, vlan(5, ether::kQinQ, vlan(6, ether::kVlan, vlan(7, ether::kIpv4, kFour))));
  const auto packet = decoded(link::kEthernet, frame).packet;
  EXPECT_EQ(packet.vlan_count, 2);
  EXPECT_EQ(packet.vlan[0], 5);
  EXPECT_EQ(packet.vlan[1], 6);
}

TEST(Vlan, MoreLayersThanSixteenAreTooDeep) {
  const auto tagged = [](int tags) {
    Bytes payload = kFour;
    unsigned ether_type = ether::kIpv4;
    for (; tags > 0; --tags, ether_type = ether::kVlan) payload = vlan(7, ether_type, payload);
    return on_ethernet(ether_type, payload);
  };
  EXPECT_EQ(tagged(8), kSegmentOverIpv4);
  EXPECT_EQ(tagged(17), "too_deep");
  EXPECT_EQ(tagged(1000), "too_deep");
}

TEST(Mpls, StackOfLabelsLeadsToIp) {
  EXPECT_EQ(on_ethernet(ether::kMpls, mpls_last_label(16, kFour)), kSegmentOverIpv4);
  EXPECT_EQ(on_ethernet(ether::kMpls, mpls_label(16, mpls_label(17, mpls_last_label(18, kSix)))),
            kSegmentOverIpv6);
  EXPECT_EQ(on_ethernet(ether::kMplsMulticast, mpls_last_label(16, kFour)), kSegmentOverIpv4);
}

TEST(Mpls, ControlWordLeadsToEthernet) {
  const Bytes inner = ethernet(ether::kVlan, vlan(7, ether::kIpv4, kFour));
  EXPECT_EQ(on_ethernet(ether::kMpls, mpls_last_label(16, zeros(4) + inner)), kSegmentOverIpv4);
}

TEST(Mpls, OtherFirstNibblesAreNotIp) {
  for (const unsigned nibble : {1U, 2U, 3U, 5U, 7U, 15U})
    EXPECT_EQ(on_ethernet(ether::kMpls, mpls_last_label(16, kFour.with(0, nibble << 4 | 5))),
              "not_ip");
}

TEST(Mpls, StackThatEndsWithTheFrameIsCut) {
  EXPECT_EQ(on_ethernet(ether::kMpls, mpls_last_label(16, {})), "cut_before_ip");
  EXPECT_EQ(on_ethernet(ether::kMpls, mpls_label(16, {})), "cut_before_ip");
}

TEST(Mpls, StackWithoutABottomIsTooDeep) {
  Bytes labels;
  for (int i = 0; i < 100; ++i) labels += mpls_label(16, {});
  EXPECT_EQ(on_ethernet(ether::kMpls, labels), "too_deep");
}

TEST(Pppoe, SessionLeadsToIp) {
  EXPECT_EQ(on_ethernet(ether::kPppoe, pppoe(hex("0021") + kFour)), kSegmentOverIpv4);
  EXPECT_EQ(on_ethernet(ether::kPppoe, pppoe(hex("0057") + kSix)), kSegmentOverIpv6);
}

TEST(Pppoe, OtherVersionTypeOrCodeIsNotIp) {
  const Bytes session = pppoe(hex("0021") + kFour);
  EXPECT_EQ(on_ethernet(ether::kPppoe, session.with(0, 0x12)), "not_ip");
  EXPECT_EQ(on_ethernet(ether::kPppoe, session.with(0, 0x21)), "not_ip");
  EXPECT_EQ(on_ethernet(ether::kPppoe, session.with(1, 0xa7)), "not_ip");
}

// RFC 1661 §6.5 and §6.6: the protocol's first byte and address and control may be left out.
TEST(Ppp, FieldsMayBeCompressed) {
  for (const char* header : {"0021", "21", "ff030021", "ff0321"})
    EXPECT_EQ(summary(link::kPpp, hex(header) + kFour), kSegmentOverIpv4) << header;
  for (const char* header : {"0057", "57", "ff030057", "ff0357"})
    EXPECT_EQ(summary(link::kPpp, hex(header) + kSix), kSegmentOverIpv6) << header;
}

TEST(Ppp, CarriesMpls) {
  EXPECT_EQ(summary(link::kPpp, hex("0281") + mpls_last_label(16, kFour)), kSegmentOverIpv4);
}

TEST(Ppp, ControlProtocolsAreNotIp) {
  for (const char* header : {"c021", "8021", "c023", "ff03c021", "fd"})
    EXPECT_EQ(summary(link::kPpp, hex(header) + zeros(8)), "not_ip") << header;
}

TEST(Llc, SnapLeadsToIp) {
  EXPECT_EQ(on_ethernet(8 + 47, snap(ether::kIpv4, kFour)), kSegmentOverIpv4);
  EXPECT_EQ(on_ethernet(8 + 67, snap(ether::kIpv6, kSix)), kSegmentOverIpv6);
  EXPECT_EQ(on_ethernet(1500, snap(ether::kVlan, vlan(7, ether::kIpv4, kFour))), kSegmentOverIpv4);
}

TEST(Llc, BridgeTunnelOrganisationLeadsToIp) {
  EXPECT_EQ(on_ethernet(100, hex("aaaa03 0000f8 0800") + kFour), kSegmentOverIpv4);
}

TEST(Llc, OtherServiceAccessPointsAreNotIp) {
  EXPECT_EQ(on_ethernet(100, hex("424203") + zeros(40)), "not_ip");              // spanning tree
  EXPECT_EQ(on_ethernet(100, hex("fefe03") + zeros(40)), "not_ip");              // IS-IS
  EXPECT_EQ(on_ethernet(100, hex("aaaa03 00000c 2000") + zeros(40)), "not_ip");  // CDP
  EXPECT_EQ(on_ethernet(100, hex("aaaa13 000000 0800") + kFour), "not_ip");
}

TEST(Llc, LengthWithinSnapIsNotIp) {
  EXPECT_EQ(on_ethernet(100, snap(100, snap(ether::kIpv4, kFour))), "not_ip");
}

}  // namespace
}  // namespace kanaria::test
