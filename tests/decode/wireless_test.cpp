// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/decode/decoded.h"

namespace kanaria::test {
namespace {

constexpr unsigned kToDs = 0x0100, kFromDs = 0x0200, kProtected = 0x4000, kOrder = 0x8000;
constexpr unsigned kData = 0x0008, kQosData = 0x0088;

const Bytes kFour = snap(ether::kIpv4, ipv4(tcp()));
const Bytes kSix = snap(ether::kIpv6, ipv6(tcp()));

std::string bare(const Bytes& frame) { return summary(link::kIeee80211, frame); }
std::string tapped(const Bytes& frame) { return summary(link::kRadiotap, frame); }

TEST(Ieee80211, DataFrameOfEachDirectionCarriesIp) {
  for (const unsigned direction : {0U, kToDs, kFromDs}) {
    EXPECT_EQ(bare(ieee80211(kData | direction, kFour)), kSegmentOverIpv4);
    EXPECT_EQ(bare(ieee80211(kData | direction, kSix)), kSegmentOverIpv6);
  }
}

TEST(Ieee80211, FrameBetweenAccessPointsHasAFourthAddress) {
  EXPECT_EQ(bare(ieee80211(kData | kToDs | kFromDs, kFour, zeros(6))), kSegmentOverIpv4);
}

TEST(Ieee80211, QosControlIsSteppedOver) {
  EXPECT_EQ(bare(ieee80211(kQosData | kToDs, kFour, hex("0000"))), kSegmentOverIpv4);
  EXPECT_EQ(bare(ieee80211(kQosData | kToDs | kFromDs, kFour, zeros(6) + hex("0000"))),
            kSegmentOverIpv4);
}

TEST(Ieee80211, HtControlIsSteppedOver) {
  EXPECT_EQ(bare(ieee80211(kQosData | kFromDs | kOrder, kFour, hex("0000 00000000"))),
            kSegmentOverIpv4);
}

// IEEE 802.11-2020 §9.3.2.2: destination, source and length before each subframe.
TEST(Ieee80211, FirstSubframeOfAnAggregateIsRead) {
  const Bytes subframe = zeros(12) + be16(static_cast<unsigned>(kFour.size()));
  EXPECT_EQ(bare(ieee80211(kQosData | kFromDs, subframe + kFour, hex("8000"))), kSegmentOverIpv4);
}

TEST(Ieee80211, ProtectedFramesAreEncrypted) {
  EXPECT_EQ(bare(ieee80211(kQosData | kFromDs | kProtected, zeros(60), hex("0000"))), "encrypted");
}

TEST(Ieee80211, FramesWithoutDataAreNotIp) {
  constexpr unsigned kBeacon = 0x0080, kAcknowledgement = 0x00d4, kNull = 0x0048, kQosNull = 0x00c8;
  for (const unsigned control : {kBeacon, kAcknowledgement, kNull, kQosNull})
    EXPECT_EQ(bare(ieee80211(control, kFour)), "not_ip") << control;
}

TEST(Radiotap, HeaderIsSteppedOver) {
  EXPECT_EQ(tapped(radiotap(ieee80211(kData, kFour))), kSegmentOverIpv4);
}

TEST(Radiotap, FurtherPresenceWordsAreSteppedOver) {
  const Bytes header = hex("0000 1400 000000a0 00000080 00000000 00000000");
  EXPECT_EQ(tapped(header + ieee80211(kData, kFour)), kSegmentOverIpv4);
}

// Flags (bit 1) with 0x20: padding between the 802.11 header and the payload, to 4 bytes.
TEST(Radiotap, PaddingBehindTheHeaderIsSteppedOver) {
  const Bytes header = hex("0000 0900 02000000 20");
  EXPECT_EQ(tapped(header + ieee80211(kQosData, kFour, hex("0000") + zeros(2))), kSegmentOverIpv4);
  EXPECT_EQ(tapped(header + ieee80211(kData, kFour)), kSegmentOverIpv4);
}

TEST(Radiotap, FlagsStandBehindTheAlignedClock) {
  const Bytes directly = hex("0000 1100 03000000 0000000000000000 20");
  EXPECT_EQ(tapped(directly + ieee80211(kQosData, kFour, hex("0000") + zeros(2))),
            kSegmentOverIpv4);
  const Bytes aligned = hex("0000 1900 03000080 00000000 00000000 0000000000000000 20");
  EXPECT_EQ(tapped(aligned + ieee80211(kQosData, kFour, hex("0000") + zeros(2))), kSegmentOverIpv4);
}

TEST(Radiotap, LengthBeyondTheFrameIsCut) {
  EXPECT_EQ(tapped(radiotap(ieee80211(kData, kFour)).with(3, 0xff)), "cut_before_ip");
}

TEST(Radiotap, PresenceWordsWithoutEndAreCut) {
  EXPECT_EQ(tapped(hex("0000 0800") + Bytes(400, uint8_t{0xff})), "cut_before_ip");
}

}  // namespace
}  // namespace kanaria::test
