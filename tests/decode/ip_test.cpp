// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/decode/decoded.h"

namespace kanaria::test {
namespace {

using decode::DecodeStatus;
using decode::Packet;

constexpr unsigned kDontFragment = 0x4000, kMoreFragments = 0x2000;

Packet packet_of(const Bytes& ip_packet) { return decoded(link::kRaw, ip_packet).packet; }
std::string summary_of(const Bytes& ip_packet) { return summary(link::kRaw, ip_packet); }

std::string of_ipv6(unsigned next, const Bytes& payload) {
  return summary_of(ipv6(payload, {.next = next}));
}

TEST(Ipv4, HeaderFieldsAreKept) {
  const Packet packet = packet_of(ipv4(tcp(), {.ttl = 255, .id = 0xfedc}));
  EXPECT_EQ(packet.ttl, 255);
  EXPECT_EQ(packet.ip_id, 0xfedcU);
  EXPECT_EQ(packet.ip_bytes, 47U);
}

TEST(Ipv4, OptionsAreSteppedOver) {
  for (size_t bytes = 4; bytes <= 40; bytes += 4)
    EXPECT_EQ(summary_of(ipv4(tcp(), {.options = Bytes(bytes, uint8_t{1})})), kSegmentOverIpv4);
}

TEST(Ipv4, HeaderShorterThanFiveWordsIsBad) {
  for (unsigned words = 0; words < 5; ++words)
    EXPECT_EQ(summary_of(ipv4(tcp(), {.header_words = words})), "bad_ip") << words;
}

TEST(Ipv4, HeaderLongerThanItsPacketIsBad) {
  EXPECT_EQ(summary_of(ipv4(tcp(), {.total_length = 40, .header_words = 15})), "bad_ip");
}

TEST(Ipv4, OtherVersionsAreBadWhereIpv4WasAnnounced) {
  for (unsigned version = 0; version < 16; ++version)
    if (version != 4) {
      EXPECT_EQ(summary(link::kIpv4, ipv4(tcp()).with(0, version << 4 | 5)), "bad_ip") << version;
    }
}

TEST(Ip, OtherVersionsAreNotIpWhereNothingWasAnnounced) {
  for (unsigned version = 0; version < 16; ++version)
    if (version != 4 && version != 6) {
      EXPECT_EQ(summary_of(ipv4(tcp()).with(0, version << 4 | 5)), "not_ip") << version;
    }
}

TEST(Ipv4, TotalLengthBelowItsHeaderIsBad) {
  for (unsigned length = 1; length < 20; ++length)
    EXPECT_EQ(summary_of(ipv4(tcp(), {.total_length = length})), "bad_ip") << length;
}

TEST(Ipv4, TotalLengthBelowTheTcpHeaderIsBadTcp) {
  for (unsigned length = 20; length < 40; ++length)
    EXPECT_EQ(summary_of(ipv4(tcp(), {.total_length = length})), "bad_tcp") << length;
}

TEST(Ipv4, PayloadEndsWhereTheTotalLengthSays) {
  EXPECT_EQ(packet_of(ipv4(tcp(), {.total_length = 40})).payload_bytes, 0U);
  EXPECT_EQ(packet_of(ipv4(tcp(), {.total_length = 43})).payload_bytes, 3U);
}

TEST(Ipv4, TotalLengthBeyondTheFrameIsBelieved) {
  EXPECT_EQ(packet_of(ipv4(tcp(), {.total_length = 1500})).payload_bytes, 1460U);
  EXPECT_EQ(packet_of(ipv4(tcp(), {.total_length = 65535})).payload_bytes, 65495U);
}

TEST(Ipv4, LengthOfZeroMeansTheOriginalLengthLessTheBytesBefore) {
  const Bytes frame = ethernet(ether::kIpv4, ipv4(tcp(), {.total_length = 0}));
  const Packet packet = decoded(link::kEthernet, frame, 14 + 40 + 64'000).packet;
  EXPECT_EQ(packet.ip_bytes, 64'040U);
  EXPECT_EQ(packet.payload_bytes, 64'000U);
}

TEST(Ipv4, LengthOfZeroBehindATunnelCountsFromTheInnerHeader) {
  const Bytes inner = ipv4(tcp(), {.total_length = 0});
  const Bytes frame = ethernet(ether::kIpv4, ipv4_udp(4789, vxlan(ethernet(ether::kIpv4, inner))));
  const Packet packet = decoded(link::kEthernet, frame, frame.size() + 3000).packet;
  EXPECT_EQ(packet.payload_bytes, 3007U);
}

TEST(Ipv4, LengthOfZeroWithAnOriginalLengthBeforeTheHeaderIsBad) {
  const Bytes frame = ethernet(ether::kIpv4, ipv4(tcp(), {.total_length = 0}));
  for (const size_t original : {0U, 13U, 14U, 33U})
    EXPECT_EQ(decoded(link::kEthernet, frame, original).status, DecodeStatus::kBadIp) << original;
}

TEST(Ipv4, FragmentFlagsAreKept) {
  const Packet whole = packet_of(ipv4(tcp(), {.fragment = kDontFragment}));
  EXPECT_TRUE(whole.dont_fragment);
  EXPECT_FALSE(whole.more_fragments);
  const Packet first = packet_of(ipv4(tcp(), {.fragment = kMoreFragments}));
  EXPECT_FALSE(first.dont_fragment);
  EXPECT_TRUE(first.more_fragments);
  EXPECT_EQ(first.fragment_offset, 0);
}

TEST(Ipv4, LaterFragmentsAreCountedAsSuch) {
  for (const unsigned fragment : {1U, 0x1fffU, kMoreFragments | 1U, kDontFragment | 185U})
    EXPECT_EQ(summary_of(ipv4(tcp(), {.fragment = fragment})), "later_fragment");
}

TEST(Ipv4, LaterFragmentOfATunnelIsCountedAsSuch) {
  const Bytes outer = ipv4(ipv4(tcp()), {.protocol = proto::kIpv4, .fragment = 185});
  EXPECT_EQ(summary_of(outer), "later_fragment");
}

TEST(Ipv4, InnerHeaderReplacesEverythingOfTheOuter) {
  const Bytes inner = ipv4(tcp(), {.ttl = 3, .id = 5, .fragment = 0});
  const Packet packet = packet_of(
      ipv4(inner, {.protocol = proto::kIpv4, .fragment = kDontFragment | kMoreFragments}));
  EXPECT_EQ(every_value(packet).substr(0, 70), every_value(packet_of(inner)).substr(0, 70));
  EXPECT_EQ(packet.ttl, 3);
  EXPECT_EQ(packet.ip_id, 5U);
  EXPECT_FALSE(packet.dont_fragment);
  EXPECT_FALSE(packet.more_fragments);
}

TEST(Ipv4, OtherProtocolsAreNotTcp) {
  for (const unsigned protocol : {proto::kIcmp, proto::kEsp, 2U, 89U, 132U, 255U})
    EXPECT_EQ(summary_of(ipv4(tcp(), {.protocol = protocol})), "not_tcp") << protocol;
}

TEST(Ipv4, AuthenticationHeaderIsNotPayload) {
  EXPECT_EQ(summary_of(ipv4(authentication_header(proto::kTcp, tcp()),
                            {.protocol = proto::kAuthentication})),
            kSegmentOverIpv4);
}

TEST(Ipv6, HeaderFieldsAreKept) {
  const Packet packet = packet_of(ipv6(tcp(), {.hop_limit = 0}));
  EXPECT_EQ(packet.ttl, 0);
  EXPECT_EQ(packet.ip_id, 0U);
  EXPECT_EQ(packet.ip_bytes, 67U);
  EXPECT_FALSE(packet.dont_fragment);
}

TEST(Ipv6, EveryExtensionHeaderIsSteppedOver) {
  for (const unsigned kind : {proto::kHopByHop, proto::kRouting, proto::kDestination,
                              proto::kMobility, proto::kHostIdentity, proto::kShim6})
    for (const size_t bytes : {8U, 16U, 2048U})
      EXPECT_EQ(of_ipv6(kind, extension(proto::kTcp, bytes, tcp())), kSegmentOverIpv6) << kind;
}

TEST(Ipv6, ExtensionHeadersFollowEachOther) {
  EXPECT_EQ(of_ipv6(proto::kHopByHop,
                    extension(proto::kRouting, 8,
                              extension(proto::kAuthentication, 24,
                                        authentication_header(proto::kDestination,
                                                              extension(proto::kTcp, 16, tcp()))))),
            kSegmentOverIpv6);
}

TEST(Ipv6, MoreExtensionHeadersThanSixteenAreTooDeep) {
  Bytes chain = tcp();
  for (int i = 0; i < 20; ++i)
    chain = extension(i == 0 ? proto::kTcp : proto::kDestination, 8, chain);
  EXPECT_EQ(of_ipv6(proto::kDestination, chain), "too_deep");
}

TEST(Ipv6, FirstFragmentKeepsTheFragmentHeadersValues) {
  const Packet packet = packet_of(
      ipv6(fragment_header(proto::kTcp, 1, 0xdeadbeef, tcp()), {.next = proto::kFragment}));
  EXPECT_EQ(packet.ip_id, 0xdeadbeefU);
  EXPECT_TRUE(packet.more_fragments);
  EXPECT_EQ(packet.fragment_offset, 0);
  EXPECT_EQ(packet.payload_bytes, 7U);
}

TEST(Ipv6, AtomicFragmentIsATcpPacket) {
  EXPECT_EQ(of_ipv6(proto::kFragment, fragment_header(proto::kTcp, 0, 9, tcp())), kSegmentOverIpv6);
}

TEST(Ipv6, LaterFragmentsAreCountedAsSuch) {
  for (const unsigned offset : {8U, 9U, 0xfff8U})
    EXPECT_EQ(of_ipv6(proto::kFragment, fragment_header(proto::kTcp, offset, 9, tcp())),
              "later_fragment");
}

TEST(Ipv6, NoNextHeaderIsNotTcp) { EXPECT_EQ(of_ipv6(proto::kNoNext, {}), "not_tcp"); }

TEST(Ipv6, OtherVersionsAreBadWhereIpv6WasAnnounced) {
  for (unsigned version = 0; version < 16; ++version)
    if (version != 6) {
      EXPECT_EQ(summary(link::kIpv6, ipv6(tcp()).with(0, version << 4)), "bad_ip") << version;
    }
}

TEST(Ipv6, PayloadLengthBelowTheTcpHeaderIsBadTcp) {
  for (unsigned length = 1; length < 20; ++length)
    EXPECT_EQ(summary_of(ipv6(tcp(), {.payload_length = length})), "bad_tcp") << length;
}

TEST(Ipv6, PayloadLengthBelowItsExtensionHeadersIsBadTcp) {
  const Bytes chain = extension(proto::kTcp, 24, tcp());
  EXPECT_EQ(summary_of(ipv6(chain, {.next = proto::kRouting, .payload_length = 10})), "bad_tcp");
  EXPECT_EQ(summary_of(ipv6(chain, {.next = proto::kRouting, .payload_length = 43})), "bad_tcp");
  EXPECT_NE(summary_of(ipv6(chain, {.next = proto::kRouting, .payload_length = 44})), "bad_tcp");
}

TEST(Ipv6, PayloadLengthBeyondTheFrameIsBelieved) {
  EXPECT_EQ(packet_of(ipv6(tcp(), {.payload_length = 65535})).payload_bytes, 65515U);
}

TEST(Ipv6, LengthOfZeroMeansTheOriginalLengthLessTheBytesBefore) {
  const Bytes frame = ethernet(ether::kIpv6, ipv6(tcp(), {.payload_length = 0}));
  EXPECT_EQ(decoded(link::kEthernet, frame, 14 + 60 + 64'000).packet.payload_bytes, 64'000U);
}

TEST(Ipv6, LengthOfZeroWithAnOriginalLengthBeforeTheHeaderIsBadTcp) {
  const Bytes frame = ethernet(ether::kIpv6, ipv6(tcp(), {.payload_length = 0}));
  for (const size_t original : {0U, 13U, 14U, 33U})
    EXPECT_EQ(decoded(link::kEthernet, frame, original).status, DecodeStatus::kBadTcp) << original;
}

TEST(Ip, MoreTunnelsThanSixteenLayersAreTooDeep) {
  const auto nested = [](int depth) {
    Bytes packet = ipv4(tcp());
    for (; depth > 0; --depth) packet = ipv4(packet, {.protocol = proto::kIpv4});
    return summary_of(packet);
  };
  EXPECT_EQ(nested(8), kSegmentOverIpv4);
  EXPECT_EQ(nested(17), "too_deep");
  EXPECT_EQ(nested(1000), "too_deep");
}

TEST(Ip, CutWithinTheHeaderIsCountedAsSuch) {
  const Bytes four = ipv4(tcp(), {.options = zeros(8)});
  for (size_t size = 1; size < 28; ++size) EXPECT_EQ(summary_of(four.cut_to(size)), "cut_in_ip");
  const Bytes six = ipv6(extension(proto::kTcp, 16, tcp()), {.next = proto::kRouting});
  for (size_t size = 1; size < 56; ++size) EXPECT_EQ(summary_of(six.cut_to(size)), "cut_in_ip");
  EXPECT_EQ(summary_of({}), "cut_before_ip");
}

}  // namespace
}  // namespace kanaria::test
