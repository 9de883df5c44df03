// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/decode/decoded.h"

namespace kanaria::test {
namespace {

using decode::DecodeStatus;
using decode::Packet;

Packet packet_of(const TcpFields& fields) { return decoded(link::kRaw, ipv4(tcp(fields))).packet; }

TEST(Tcp, HeaderFieldsAreKept) {
  const Packet packet = packet_of(
      {.src_port = 65535, .dst_port = 1, .seq = 0xfffffffe, .ack = 0x80000000, .window = 0xffff});
  EXPECT_EQ(packet.src_port, 65535);
  EXPECT_EQ(packet.dst_port, 1);
  EXPECT_EQ(packet.seq, 0xfffffffeU);
  EXPECT_EQ(packet.ack, 0x80000000U);
  EXPECT_EQ(packet.window, 0xffff);
  EXPECT_EQ(packet.tcp_header_bytes, 20);
}

TEST(Tcp, EachOfTheTwelveFlagBitsIsKeptAlone) {
  for (unsigned bit = 0; bit < 12; ++bit) {
    const auto flags = static_cast<uint16_t>(1U << bit);
    EXPECT_EQ(packet_of({.flags = flags}).flags, flags);
  }
}

TEST(Tcp, SynIsToldFromSynAck) {
  EXPECT_TRUE(packet_of({.flags = kSyn}).is_syn());
  EXPECT_FALSE(packet_of({.flags = kSyn}).is_syn_ack());
  EXPECT_TRUE(packet_of({.flags = kSyn | kAck}).is_syn_ack());
  EXPECT_FALSE(packet_of({.flags = kSyn | kAck}).is_syn());
  EXPECT_FALSE(packet_of({.flags = kAck}).is_syn_ack());
}

TEST(Tcp, SegmentWithoutPayloadHasNone) { EXPECT_EQ(packet_of({.payload = {}}).payload_bytes, 0U); }

TEST(Tcp, HeaderShorterThanFiveWordsIsBad) {
  for (unsigned words = 0; words < 5; ++words)
    EXPECT_EQ(summary(link::kRaw, ipv4(tcp({.header_words = words}))), "bad_tcp") << words;
}

TEST(Tcp, HeaderLongerThanItsIpPacketIsBad) {
  for (unsigned words = 7; words < 16; ++words)
    EXPECT_EQ(summary(link::kRaw, ipv4(tcp({.header_words = words}))), "bad_tcp") << words;
}

TEST(Tcp, HeaderThatEndsWithItsIpPacketIsWhole) {
  EXPECT_EQ(packet_of({.options = Bytes(40, uint8_t{1}), .payload = {}}).tcp_header_bytes, 60);
}

TEST(TcpOptions, MssIsKept) { EXPECT_EQ(packet_of({.options = mss(1460)}).mss, 1460); }

TEST(TcpOptions, WindowScaleIsKept) {
  const Packet packet = packet_of({.options = window_scale(7)});
  EXPECT_TRUE(packet.has_window_scale);
  EXPECT_EQ(packet.window_scale, 7);
}

TEST(TcpOptions, WindowScaleOfZeroIsThere) {
  const Packet packet = packet_of({.options = window_scale(0)});
  EXPECT_TRUE(packet.has_window_scale);
  EXPECT_EQ(packet.window_scale, 0);
}

TEST(TcpOptions, SackPermittedIsKept) {
  EXPECT_TRUE(packet_of({.options = sack_permitted()}).sack_permitted);
}

TEST(TcpOptions, TimestampsAreKeptWhereverTheyStand) {
  const Bytes one = timestamps(0x01020304, 0xfffefdfc);
  const Bytes nop = no_operation();
  for (const Bytes& options : {nop + nop + one, one, one + nop + nop, mss(9) + nop + nop + one}) {
    const Packet packet = packet_of({.options = options});
    EXPECT_TRUE(packet.has_timestamps);
    EXPECT_EQ(packet.timestamp_value, 0x01020304U);
    EXPECT_EQ(packet.timestamp_echo, 0xfffefdfcU);
  }
}

TEST(TcpOptions, NoneAreThereUnlessSent) {
  const Packet packet = packet_of({});
  EXPECT_EQ(packet.mss, 0);
  EXPECT_FALSE(packet.has_window_scale);
  EXPECT_FALSE(packet.sack_permitted);
  EXPECT_FALSE(packet.has_timestamps);
  EXPECT_FALSE(packet.options_cut);
}

TEST(TcpOptions, UnknownKindsAreSteppedOver) {
  const Bytes sack = hex("050a") + zeros(8), fast_open = hex("2204abcd");
  EXPECT_EQ(packet_of({.options = sack + fast_open + mss(1400)}).mss, 1400);
}

TEST(TcpOptions, NothingIsReadBehindTheEndOfOptions) {
  EXPECT_EQ(packet_of({.options = hex("00") + mss(1400) + hex("000000")}).mss, 0);
}

TEST(TcpOptions, PayloadThatLooksLikeAnOptionIsNone) {
  EXPECT_EQ(packet_of({.payload = mss(1400)}).mss, 0);
}

// RFC 9293 §3.2, 7323 §2.2 and §3.2, 2018 §2: each kind has one length.
TEST(TcpOptions, KnownKindWithAnotherLengthIsSteppedOver) {
  for (const char* wrong :
       {"020305", "02050505 05", "0302", "03040505", "040305", "08020000", "0806 05050505"}) {
    const Packet packet = packet_of({.options = hex(wrong)});
    EXPECT_TRUE(packet.mss == 0 && !packet.has_window_scale && !packet.sack_permitted &&
                !packet.has_timestamps)
        << wrong;
    EXPECT_EQ(packet.payload_bytes, 7U);
  }
}

TEST(TcpOptions, LengthBelowTwoEndsTheReading) {
  for (const char* lying : {"0500", "0501", "0200", "0201"}) {
    const Packet packet = packet_of({.options = window_scale(7) + hex(lying) + mss(1400)});
    EXPECT_EQ(packet.window_scale, 7) << lying;
    EXPECT_EQ(packet.mss, 0) << lying;
  }
}

TEST(TcpOptions, LengthBeyondTheHeaderEndsTheReading) {
  for (const char* lying : {"0204", "0503", "05ff", "080a"}) {
    const Packet packet = packet_of({.options = mss(1400) + hex("0101") + hex(lying)});
    EXPECT_EQ(packet.mss, 1400) << lying;
    EXPECT_FALSE(packet.has_timestamps) << lying;
  }
}

TEST(TcpOptions, KindWithoutItsLengthEndsTheReading) {
  EXPECT_EQ(packet_of({.options = mss(1400) + hex("01010102")}).mss, 1400);
}

TEST(TcpOptions, CutAtEveryByteKeepsThoseBeforeTheCut) {
  const Bytes options =
      mss(1460) + sack_permitted() + timestamps(1, 2) + no_operation() + window_scale(7);
  const Bytes whole = ipv4(tcp({.options = options}));
  for (size_t kept = 0; kept <= options.size(); ++kept) {
    const auto [status, packet] = decoded(link::kRaw, whole.cut_to(40 + kept), whole.size());
    ASSERT_EQ(status, DecodeStatus::kTcp);
    EXPECT_EQ(packet.options_cut, kept < 20) << kept;
    EXPECT_EQ(packet.mss, kept >= 4 ? 1460 : 0) << kept;
    EXPECT_EQ(packet.sack_permitted, kept >= 6) << kept;
    EXPECT_EQ(packet.has_timestamps, kept >= 16) << kept;
    EXPECT_EQ(packet.has_window_scale, kept >= 20) << kept;
    EXPECT_EQ(packet.payload_bytes, 7U) << kept;
    EXPECT_EQ(packet.tcp_header_bytes, 40) << kept;
  }
}

TEST(TcpOptions, TimestampsOfTheUsualFormAreCutAtEveryByte) {
  const Bytes nop = no_operation();
  const Bytes whole = ipv4(tcp({.options = nop + nop + timestamps(1, 2)}));
  for (size_t kept = 0; kept <= 12; ++kept) {
    const Packet packet = decoded(link::kRaw, whole.cut_to(40 + kept), whole.size()).packet;
    EXPECT_EQ(packet.has_timestamps, kept == 12) << kept;
    EXPECT_EQ(packet.options_cut, kept < 12) << kept;
  }
}

}  // namespace
}  // namespace kanaria::test
