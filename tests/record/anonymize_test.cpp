// SPDX-License-Identifier: Apache-2.0
#include "record/anonymize.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/decode/stacks.h"
#include "tests/record/traced_frame.h"

namespace kanaria::test {
namespace {

using decode::Packet;

IpAddress name_of(std::string_view address) {
  auto names = record::CryptoPan::create(counting_key());
  IpAddress renamed = *parse_ip_address(address);
  if (renamed.is_v4())
    names->rename_v4(std::span(renamed.bytes).subspan<12, 4>());
  else
    names->rename_v6(renamed.bytes);
  return renamed;
}

Bytes bytes_of(const IpAddress& address) {
  return {address.bytes.begin() + (address.is_v4() ? 12 : 0), address.bytes.end()};
}

bool holds(const Bytes& bytes, const Bytes& part) {
  return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
}

// RFC 1071, the slow way: the sum of all words of a sound header is 0xffff.
bool has_sound_checksum(const Bytes& header) {
  uint32_t sum = 0;
  for (size_t i = 0; i < header.size(); i += 2)
    sum += static_cast<uint32_t>(header[i] * 256 + header[i + 1]);
  while (sum > 0xffff) sum = sum % 0x10000 + sum / 0x10000;
  return sum == 0xffff;
}

TEST(Anonymize, ChangesOnlyTheAddressesOfThePacketOfEveryStack) {
  for (const Stack& stack : all_stacks()) {
    const Packet original = decoded(stack.link_type, stack.frame).packet;
    Packet packet =
        decoded(stack.link_type, anonymized(stack.link_type, stack.frame), stack.frame.size())
            .packet;
    EXPECT_EQ(packet.src, name_of(to_string(original.src))) << stack.name;
    EXPECT_EQ(packet.dst, name_of(to_string(original.dst))) << stack.name;
    packet.src = original.src;
    packet.dst = original.dst;
    EXPECT_EQ(every_value(packet), every_value(original)) << stack.name;
  }
}

TEST(Anonymize, LeavesNoAddressOfAnyLayerOfEveryStack) {
  for (const Stack& stack : all_stacks()) {
    const Bytes headers = anonymized(stack.link_type, stack.frame);
    for (const auto address :
         {"10.1.2.3", "10.4.5.6", "192.0.2.1", "192.0.2.2", "2001:db8::3", "2001:db8::6"})
      EXPECT_FALSE(holds(headers, bytes_of(*parse_ip_address(address))))
          << stack.name << " " << address;
    for (const auto mac : {"02000000000a", "02000000000b"})
      EXPECT_FALSE(holds(headers, hex(mac))) << stack.name << " " << mac;
  }
}

TEST(Anonymize, OuterAddressesOfTunnelsAreRenamedLikeInnerOnes) {
  const Bytes headers =
      anonymized(link::kRaw, ipv4_udp(4789, vxlan(ethernet(ether::kIpv4, ipv4(tcp())))));
  EXPECT_EQ(Bytes(headers.begin() + 12, headers.begin() + 20),
            bytes_of(name_of("192.0.2.1")) + bytes_of(name_of("192.0.2.2")));
  EXPECT_EQ(Bytes(headers.begin() + 26, headers.begin() + 28), zeros(2)) << "UDP checksum";
}

TEST(Anonymize, Ipv4ChecksumsAreSoundAndTcpChecksumsGone) {
  Bytes frame = ipv4(tcp(), {.options = hex("8307 04 c0000201 00")});
  frame[10] = 0xab;
  frame[28 + 16] = 0xcd;
  const Bytes headers = anonymized(link::kRaw, frame);
  EXPECT_TRUE(has_sound_checksum(headers.cut_to(28)));
  EXPECT_EQ(Bytes(headers.begin() + 28 + 16, headers.begin() + 28 + 18), zeros(2));
}

TEST(Anonymize, Ipv4OptionsBecomeNoOperations) {
  const Bytes source_route = hex("8307 04 c0000201 00");
  const Bytes headers = anonymized(link::kRaw, ipv4(tcp(), {.options = source_route}));
  EXPECT_EQ(Bytes(headers.begin() + 20, headers.begin() + 28), Bytes(8, uint8_t{1}));
}

TEST(Anonymize, TcpOptionsThatMayHoldAddressesBecomeNoOperationsAndOthersStay) {
  const Bytes add_address = hex("1e08 3001 c0000201");
  const Bytes known = mss(1460) + hex("050a 00000001 00000002") + sack_permitted();
  const Bytes headers = anonymized(link::kRaw, ipv4(tcp({.options = known + add_address})));
  EXPECT_EQ(Bytes(headers.begin() + 40, headers.end()), known + Bytes(8, uint8_t{1}));
}

// `type` and `segments` of a routing header with two addresses behind its first 8 bytes.
Bytes routing(unsigned type, const Bytes& specific) {
  return byte(proto::kTcp) + byte(4) + byte(type) + byte(1) + specific +
         bytes_of(*parse_ip_address("2001:db8::a")) + bytes_of(*parse_ip_address("2001:db8::b")) +
         tcp();
}

TEST(Anonymize, AddressesOfASourceRouteAreRenamed) {
  const Bytes headers =
      anonymized(link::kRaw, ipv6(routing(0, hex("01020304")), {.next = proto::kRouting}));
  EXPECT_EQ(Bytes(headers.begin() + 40, headers.begin() + 80),
            hex("06 04 00 01 00000000") + bytes_of(name_of("2001:db8::a")) +
                bytes_of(name_of("2001:db8::b")));
}

TEST(Anonymize, OfSegmentRoutingTheSegmentsAreRenamedAndWhatFollowsIsBlanked) {
  const Bytes headers =
      anonymized(link::kRaw, ipv6(routing(4, hex("00 08 1234")), {.next = proto::kRouting}));
  EXPECT_EQ(Bytes(headers.begin() + 40, headers.begin() + 80),
            hex("06 04 04 01 00 000000") + bytes_of(name_of("2001:db8::a")) + zeros(16));
}

TEST(Anonymize, SegmentsThatAreClaimedBeyondTheHeaderAreNotTouched) {
  const Bytes headers =
      anonymized(link::kRaw, ipv6(routing(4, hex("ff 00 0000")), {.next = proto::kRouting}));
  EXPECT_EQ(Bytes(headers.begin() + 48, headers.begin() + 80),
            bytes_of(name_of("2001:db8::a")) + bytes_of(name_of("2001:db8::b")));
}

TEST(Anonymize, OtherRoutingHeadersAreBlankedBehindTheirType) {
  const Bytes headers =
      anonymized(link::kRaw, ipv6(routing(3, hex("01020304")), {.next = proto::kRouting}));
  EXPECT_EQ(Bytes(headers.begin() + 40, headers.begin() + 80), hex("06 04 03 01") + zeros(36));
}

TEST(Anonymize, ExtensionHeadersKeepNextHeaderAndLength) {
  const Bytes home_address = hex("06 02 0104 00000000 c910") + zeros(14);
  const Bytes headers = anonymized(
      link::kRaw, ipv6(home_address.with(20, 0x42) + tcp(), {.next = proto::kDestination}));
  EXPECT_EQ(Bytes(headers.begin() + 40, headers.begin() + 64), hex("06 02") + zeros(22));
}

TEST(Anonymize, WirelessAddressesAreZeros) {
  Bytes frame = ieee80211(kDataFromAccessPoint, snap(ether::kIpv4, ipv4(tcp())));
  for (size_t i = 4; i < 22; ++i) frame[i] = 0xee;
  EXPECT_FALSE(holds(anonymized(link::kIeee80211, frame), byte(0xee)));
}

TEST(Anonymize, SpoiledFramesAreChangedWithinTheirBytes) {
  Random random(5);
  for (const Stack& stack : all_stacks())
    for (int i = 0; i < 100; ++i) {
      const Bytes spoiled = stack.frame.with(random.below(stack.frame.size()),
                                             static_cast<unsigned>(random.below(256)));
      const Cut left = cut(stack.link_type, spoiled);
      if (left.status != decode::DecodeStatus::kTcp) continue;
      ASSERT_EQ(anonymized(stack.link_type, spoiled).size(), left.bytes.size()) << stack.name;
    }
}

}  // namespace
}  // namespace kanaria::test
