// SPDX-License-Identifier: Apache-2.0
// What holds for every link type and tunnel: tests/decode/stacks.h lists them.
#include "decode/decoder.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/decode/decoded.h"
#include "tests/decode/stacks.h"

namespace kanaria::test {
namespace {

using decode::DecodeStatus;

// Ethernet, IPv4 and a SYN with the options of a Linux client.
TEST(Decoder, FieldsOfAFrameByHandBecomeAPacket) {
  const auto [status, p] = decoded(link::kEthernet, hex(R"(
      00163e000001 00163e000002 0800
      45 00 003c abcd 4000 40 06 0000 c0a80102 0a000001
      d431 0d05 12345678 00000000 a0 02 faf0 0000 0000
      0204 05b4  0402  080a 0a0b0c0d 00000000  01 0303 07)"));
  ASSERT_EQ(status, DecodeStatus::kTcp);
  EXPECT_EQ(every_value(p),
            "time 7 number 3 192.168.1.2:54321 > 10.0.0.1:3333 seq 305419896 ack 0 payload 0 "
            "ip_bytes 60 ip_id 43981 frame 74 flags 0x2 window 64240 offset 0 mss 1460 "
            "vlan 0/0 of 0 timestamps true/168496141/0 ttl 64 tcp_header 40 window_scale true/7 "
            "df true mf false sack true cut false");
}

TEST(Decoder, FieldsOfAnIpv6FrameByHandBecomeAPacket) {
  const auto [status, p] = decoded(link::kEthernet, hex(R"(
      00163e000001 00163e000002 86dd
      6 00 00000 0019 06 3f 20010db8000000000000000000000001 20010db8000000000000000000000002
      0d05 d431 fffffffe 12345679 51 18 01f5 0000 0000  7b7d0a0d0a)"));
  ASSERT_EQ(status, DecodeStatus::kTcp);
  EXPECT_EQ(every_value(p),
            "time 7 number 3 [2001:db8::1]:3333 > [2001:db8::2]:54321 seq 4294967294 "
            "ack 305419897 payload 5 ip_bytes 65 ip_id 0 frame 79 flags 0x118 window 501 offset 0 "
            "mss 0 vlan 0/0 of 0 timestamps false/0/0 ttl 63 tcp_header 20 window_scale false/0 "
            "df false mf false sack false cut false");
}

TEST(Decoder, EveryStackHoldsTheSameSegment) {
  for (const Stack& stack : all_stacks()) {
    const std::string found = summary(stack.link_type, stack.frame);
    EXPECT_TRUE(found == kSegmentOverIpv4 || found == kSegmentOverIpv6)
        << stack.name << ": " << found;
  }
}

TEST(Decoder, CutWithinTheHeadersAtEveryByteIsNeverATcpPacket) {
  for (const Stack& stack : all_stacks()) {
    const size_t headers = stack.frame.size() - kStackPayload;
    for (size_t size = 0; size < headers; ++size) {
      const auto status =
          decoded(stack.link_type, stack.frame.cut_to(size), stack.frame.size()).status;
      ASSERT_NE(status, DecodeStatus::kTcp) << stack.name << " cut to " << size;
      ASSERT_NE(status, DecodeStatus::kUnknownTunnel) << stack.name << " cut to " << size;
      ASSERT_NE(status, DecodeStatus::kBadIp) << stack.name << " cut to " << size;
      ASSERT_NE(status, DecodeStatus::kBadTcp) << stack.name << " cut to " << size;
      ASSERT_NE(status, DecodeStatus::kNotIp) << stack.name << " cut to " << size;
    }
  }
}

TEST(Decoder, CutWithinTheTcpHeaderIsCountedAsSuch) {
  for (const Stack& stack : all_stacks()) {
    const size_t headers = stack.frame.size() - kStackPayload;
    for (size_t size = headers - 20; size < headers; ++size)
      ASSERT_EQ(decoded(stack.link_type, stack.frame.cut_to(size)).status, DecodeStatus::kCutInTcp)
          << stack.name << " cut to " << size;
  }
}

TEST(Decoder, FrameCutToItsHeadersGivesTheSamePacket) {
  for (const Bytes& options : {Bytes{}, mss(1460) + sack_permitted() + timestamps(1, 2)})
    for (const Stack& stack : all_stacks(tcp({.options = options}))) {
      const size_t whole = stack.frame.size();
      const auto expected = decoded(stack.link_type, stack.frame);
      ASSERT_EQ(expected.status, DecodeStatus::kTcp) << stack.name;
      for (size_t size = whole - kStackPayload; size < whole; ++size)
        ASSERT_EQ(every_value(decoded(stack.link_type, stack.frame.cut_to(size), whole).packet),
                  every_value(expected.packet))
            << stack.name << " cut to " << size;
    }
}

TEST(Decoder, FlippedPayloadGivesTheSamePacket) {
  for (const Stack& stack : all_stacks()) {
    Bytes flipped = stack.frame;
    for (size_t at = flipped.size() - kStackPayload; at < flipped.size(); ++at) flipped[at] ^= 0xff;
    EXPECT_EQ(every_value(decoded(stack.link_type, flipped).packet),
              every_value(decoded(stack.link_type, stack.frame).packet))
        << stack.name;
  }
}

TEST(Decoder, BytesBehindTheIpPacketChangeOnlyTheFrameLength) {
  const Bytes frame = ethernet(ether::kIpv4, ipv4(tcp()));
  auto padded = decoded(link::kEthernet, frame + zeros(6)).packet;
  EXPECT_EQ(padded.frame_bytes, frame.size() + 6);
  padded.frame_bytes -= 6;
  EXPECT_EQ(every_value(padded), every_value(decoded(link::kEthernet, frame).packet));
}

TEST(Decoder, UnknownLinkTypeIsCountedAsSuch) {
  for (const unsigned unknown : {2U, 147U, 220U, 249U, 65535U})
    EXPECT_EQ(summary(static_cast<capture::LinkType>(unknown), ipv4(tcp())), "unknown_link_type")
        << unknown;
}

TEST(Decoder, EmptyFrameHasAStatusOnEveryLinkType) {
  for (const Stack& stack : all_stacks())
    EXPECT_NE(decoded(stack.link_type, {}, 60).status, DecodeStatus::kTcp) << stack.name;
}

TEST(Decoder, ReusedPacketKeepsNothingOfTheFrameBefore) {
  const Bytes first = ethernet(ether::kVlan, vlan(7, ether::kIpv4, ipv4(tcp({.options = mss(1)}))));
  const Bytes second = ethernet(ether::kIpv6, ipv6(tcp()));
  const ExactCopy one(first), other(second);
  const auto frame_of = [](const ExactCopy& copy) {
    const auto size = static_cast<uint32_t>(copy.view().size());
    return capture::Frame{copy.view().data(), size, size, {7}, 3, link::kEthernet};
  };
  decode::Packet packet;
  decode::decode(frame_of(one), packet);
  decode::decode(frame_of(other), packet);
  EXPECT_EQ(every_value(packet), every_value(decoded(link::kEthernet, second).packet));
}

TEST(Decoder, BurstGivesItsTcpPacketsInOrderAndCountsEveryFrame) {
  const ExactCopy segment(ethernet(ether::kIpv4, ipv4(tcp())));
  const ExactCopy arp(ethernet(ether::kArp, zeros(28)));
  capture::FrameBurst burst;
  for (uint64_t number = 1; !burst.full(); ++number) {
    const auto bytes = number % 4 == 0 ? arp.view() : segment.view();
    const auto size = static_cast<uint32_t>(bytes.size());
    burst.push({bytes.data(), size, size, {}, number, link::kEthernet});
  }
  std::vector<decode::Packet> packets;
  decode::StatusCounts counts;
  decode::decode_burst(burst, packets, counts);
  EXPECT_EQ(packets.size(), 192U);
  EXPECT_EQ(packets[2].number, 3U);
  EXPECT_EQ(packets[3].number, 5U);
  EXPECT_EQ(counts.of(DecodeStatus::kTcp), 192U);
  EXPECT_EQ(counts.of(DecodeStatus::kNotIp), 64U);
}

TEST(Decoder, BurstAppendsToThePacketsAndCountsItIsGiven) {
  const ExactCopy segment(ipv4(tcp()));
  const auto size = static_cast<uint32_t>(segment.view().size());
  capture::FrameBurst burst;
  burst.push({segment.view().data(), size, size, {}, 1, link::kRaw});
  std::vector<decode::Packet> packets;
  decode::StatusCounts counts;
  for (int i = 0; i < 3; ++i) decode::decode_burst(burst, packets, counts);
  EXPECT_EQ(packets.size(), 3U);
  EXPECT_EQ(counts.of(DecodeStatus::kTcp), 3U);
}

// Bytes changed, inserted, removed; the sanitizers and the exact buffers are the judges.
TEST(Decoder, MutatedFramesAreNeverReadBeyondTheirEnd) {
  constexpr int kRounds = 400;
  Random random(1);
  for (const Stack& stack : all_stacks(tcp({.options = mss(1460) + timestamps(1, 2)})))
    for (int round = 0; round < kRounds; ++round) {
      Bytes frame = stack.frame;
      for (uint64_t changes = 1 + random.below(4); changes > 0; --changes)
        frame[random.below(frame.size())] = static_cast<uint8_t>(random.below(256));
      frame = frame.cut_to(frame.size() - random.below(frame.size()) * random.below(2));
      const size_t original = random.below(4) == 0 ? random.below(70'000) : frame.size();
      const auto [status, packet] = decoded(stack.link_type, frame, original);
      ASSERT_LT(static_cast<size_t>(status), decode::kDecodeStatuses);
      if (status != DecodeStatus::kTcp) continue;
      ASSERT_GE(packet.tcp_header_bytes, 20);
      ASSERT_LE(packet.tcp_header_bytes + packet.payload_bytes, packet.ip_bytes);
    }
}

TEST(Decoder, RandomBytesOfEveryLinkTypeAreNeverReadBeyondTheirEnd) {
  Random random(2);
  for (const Stack& stack : stacks_of_links(tcp()))
    for (int round = 0; round < 500; ++round) {
      Bytes frame = zeros(random.below(120));
      for (uint8_t& one : frame) one = static_cast<uint8_t>(random.below(256));
      ASSERT_LT(static_cast<size_t>(decoded(stack.link_type, frame).status),
                decode::kDecodeStatuses);
    }
}

}  // namespace
}  // namespace kanaria::test
