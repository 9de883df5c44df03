// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/decode/decoded.h"

namespace kanaria::test {
namespace {

const Bytes kFour = ipv4(tcp());
const Bytes kSix = ipv6(tcp());

// https://www.tcpdump.org/linktypes.html, LINKTYPE_NULL: in the byte order of whoever captured.
TEST(NullLink, FamilyIsReadInBothByteOrders) {
  EXPECT_EQ(summary(link::kNull, le32(2) + kFour), kSegmentOverIpv4);
  EXPECT_EQ(summary(link::kNull, be32(2) + kFour), kSegmentOverIpv4);
}

TEST(NullLink, Ipv6HasAFamilyOfItsOwnOnEachSystem) {
  for (const uint32_t family : {10U, 24U, 28U, 30U}) {
    EXPECT_EQ(summary(link::kNull, le32(family) + kSix), kSegmentOverIpv6) << family;
    EXPECT_EQ(summary(link::kNull, be32(family) + kSix), kSegmentOverIpv6) << family;
  }
}

TEST(NullLink, OtherFamiliesAreNotIp) {
  for (const uint32_t family : {0U, 7U, 23U, 0xffffffffU})
    EXPECT_EQ(summary(link::kNull, le32(family) + kFour), "not_ip") << family;
}

TEST(LoopLink, FamilyIsInNetworkByteOrder) {
  EXPECT_EQ(summary(link::kLoop, be32(2) + kFour), kSegmentOverIpv4);
  EXPECT_EQ(summary(link::kLoop, be32(24) + kSix), kSegmentOverIpv6);
}

TEST(RawLink, VersionIsToldByTheFirstNibble) {
  for (const capture::LinkType raw : {link::kRaw, link::kRawBsd, link::kRawOpenBsd}) {
    EXPECT_EQ(summary(raw, kFour), kSegmentOverIpv4);
    EXPECT_EQ(summary(raw, kSix), kSegmentOverIpv6);
  }
}

TEST(CookedLink, ProtocolStandsAtTheEndOfTheHeader) {
  const Bytes before = hex("0004 0001 0006 02000000000a 0000");
  EXPECT_EQ(summary(link::kLinuxSll, before + be16(ether::kIpv4) + kFour), kSegmentOverIpv4);
  EXPECT_EQ(summary(link::kLinuxSll, before + be16(ether::kIpv6) + kSix), kSegmentOverIpv6);
  EXPECT_EQ(summary(link::kLinuxSll, before + be16(ether::kArp) + zeros(28)), "not_ip");
}

TEST(CookedLink, CarriesVlanTags) {
  const Bytes before = hex("0004 0001 0006 02000000000a 0000");
  EXPECT_EQ(summary(link::kLinuxSll, before + be16(ether::kVlan) + vlan(7, ether::kIpv4, kFour)),
            kSegmentOverIpv4);
}

TEST(CookedLink, ProtocolFourIsLlc) {
  const Bytes before = hex("0004 0001 0006 02000000000a 0000");
  EXPECT_EQ(summary(link::kLinuxSll, before + be16(4) + snap(ether::kIpv4, kFour)),
            kSegmentOverIpv4);
}

TEST(CookedLink2, ProtocolStandsAtTheBeginOfTheHeader) {
  const Bytes after = hex("0000 00000002 0001 04 06 02000000000a 0000");
  EXPECT_EQ(summary(link::kLinuxSll2, be16(ether::kIpv4) + after + kFour), kSegmentOverIpv4);
  EXPECT_EQ(summary(link::kLinuxSll2, be16(ether::kIpv6) + after + kSix), kSegmentOverIpv6);
}

TEST(PppLink, BothTypesMayHaveHdlcFraming) {
  for (const capture::LinkType ppp : {link::kPpp, link::kPppSerial})
    for (const char* header : {"0021", "ff030021"})
      EXPECT_EQ(summary(ppp, hex(header) + kFour), kSegmentOverIpv4);
}

TEST(PppoeLink, HeaderStandsBeforePpp) {
  EXPECT_EQ(summary(link::kPppEther, pppoe(hex("0021") + kFour)), kSegmentOverIpv4);
  EXPECT_EQ(summary(link::kPppEther, pppoe(hex("0057") + kSix)), kSegmentOverIpv6);
}

TEST(CiscoHdlcLink, EtherTypeFollowsTheAddress) {
  EXPECT_EQ(summary(link::kCiscoHdlc, hex("0f00 0800") + kFour), kSegmentOverIpv4);
  EXPECT_EQ(summary(link::kCiscoHdlc, hex("8f00 86dd") + kSix), kSegmentOverIpv6);
  EXPECT_EQ(summary(link::kCiscoHdlc, hex("8f00 8035") + zeros(18)), "not_ip");  // SLARP
}

TEST(PpiLink, InnerLinkTypeIsFollowed) {
  EXPECT_EQ(summary(link::kPpi, ppi(link::kEthernet, ethernet(ether::kIpv4, kFour))),
            kSegmentOverIpv4);
  EXPECT_EQ(summary(link::kPpi, ppi(link::kRaw, kSix)), kSegmentOverIpv6);
}

TEST(PpiLink, FieldsAreSteppedOver) {
  const Bytes fields = hex("0000 1400 69000000") + zeros(12);
  EXPECT_EQ(
      summary(link::kPpi, fields + ieee80211(kDataFromAccessPoint, snap(ether::kIpv4, kFour))),
      kSegmentOverIpv4);
}

TEST(PpiLink, LengthBelowItsOwnHeaderIsCut) {
  for (unsigned length = 0; length < 8; ++length)
    EXPECT_EQ(summary(link::kPpi, ppi(link::kRaw, kFour).with(2, length)), "cut_before_ip");
}

TEST(PpiLink, LengthBeyondTheFrameIsCut) {
  EXPECT_EQ(summary(link::kPpi, ppi(link::kRaw, kFour).with(3, 0xff)), "cut_before_ip");
}

TEST(PpiLink, InnerLinkTypeMayBeUnknown) {
  EXPECT_EQ(summary(link::kPpi, ppi(0x10001, kFour)), "unknown_link_type");
}

TEST(PpiLink, PpiWithinPpiIsTooDeepSoon) {
  Bytes frame = ppi(link::kRaw, kFour);
  for (int i = 0; i < 30; ++i) frame = ppi(link::kPpi, frame);
  EXPECT_EQ(summary(link::kPpi, frame), "too_deep");
}

TEST(LinkName, IsThatOfEachLinkTypeThatIsDecoded) {
  EXPECT_EQ(decode::link_name(test::link::kEthernet), "Ethernet");
  for (const unsigned known :
       {0U, 1U, 9U, 12U, 14U, 50U, 51U, 101U, 104U, 105U, 108U, 113U, 127U, 192U, 228U, 229U, 276U})
    EXPECT_NE(decode::link_name(static_cast<capture::LinkType>(known)), "") << known;
  EXPECT_EQ(decode::link_name(147), "") << "for private use";
}

}  // namespace
}  // namespace kanaria::test
