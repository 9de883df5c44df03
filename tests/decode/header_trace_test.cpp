// SPDX-License-Identifier: Apache-2.0
// Offsets below are counted by hand from the drawings in the RFCs.
#include "decode/header_trace.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/decode/decoded.h"
#include "tests/decode/stacks.h"

namespace kanaria::test {
namespace {

using decode::DecodeStatus;
using decode::HeaderPartKind;
using decode::HeaderTrace;

struct Traced {
  Decoded decoded;
  HeaderTrace trace;
};

Traced traced(capture::LinkType link_type, const Bytes& frame) {
  const ExactCopy copy(frame);
  Traced outcome;
  outcome.decoded.status = decode::decode_traced({.bytes = copy.view().data(),
                                                  .captured = static_cast<uint32_t>(frame.size()),
                                                  .original = static_cast<uint32_t>(frame.size()),
                                                  .time = {7},
                                                  .number = 3,
                                                  .link_type = link_type},
                                                 outcome.decoded.packet, outcome.trace);
  return outcome;
}

std::string_view word(HeaderPartKind kind) {
  switch (kind) {
    case HeaderPartKind::kLinkAddresses: return "link";
    case HeaderPartKind::kLinkOptions: return "link_options";
    case HeaderPartKind::kIpv4Header: return "ipv4";
    case HeaderPartKind::kIpv6Header: return "ipv6";
    case HeaderPartKind::kIpv6Routing: return "routing";
    case HeaderPartKind::kIpExtension: return "extension";
    case HeaderPartKind::kChecksum: return "checksum";
    case HeaderPartKind::kUnknownTcpOption: return "tcp_option";
  }
  return "?";
}

// "link 0+12, ipv4 14+20, checksum 50+2, end 54", or the name of the status.
std::string parts(capture::LinkType link_type, const Bytes& frame) {
  const auto [decoded, trace] = traced(link_type, frame);
  if (decoded.status != DecodeStatus::kTcp) return std::string(name(decoded.status));
  std::string text;
  for (const auto& part : trace.parts())
    text += fmt::format("{} {}+{}, ", word(part.kind), part.begin, part.bytes);
  return text + fmt::format("end {}", trace.headers_end);
}

TEST(HeaderTrace, TellsTheHeadersOfAnEthernetFrame) {
  EXPECT_EQ(parts(link::kEthernet, ethernet(ether::kIpv4, ipv4(tcp()))),
            "link 0+12, ipv4 14+20, checksum 50+2, end 54");
  EXPECT_EQ(parts(link::kEthernet, ethernet(ether::kIpv6, ipv6(tcp()))),
            "link 0+12, ipv6 14+40, checksum 70+2, end 74");
}

TEST(HeaderTrace, EndsBehindTheTcpOptions) {
  const Bytes segment = tcp({.options = mss(1460) + timestamps(1, 2) + no_operation()});
  EXPECT_EQ(parts(link::kRaw, ipv4(segment)), "ipv4 0+20, checksum 36+2, end 56");
}

TEST(HeaderTrace, TellsIpv4OptionsWithTheirHeader) {
  EXPECT_EQ(parts(link::kRaw, ipv4(tcp(), {.options = zeros(8)})),
            "ipv4 0+28, checksum 44+2, end 48");
}

TEST(HeaderTrace, TellsTheHeadersOfEveryTunnelOnTheWay) {
  const Bytes inner = ethernet(ether::kIpv4, ipv4(tcp()));
  EXPECT_EQ(
      parts(link::kEthernet, ethernet(ether::kIpv4, ipv4_udp(4789, vxlan(inner)))),
      "link 0+12, ipv4 14+20, checksum 40+2, link 50+12, ipv4 64+20, checksum 100+2, end 104");
  EXPECT_EQ(parts(link::kRaw, ipv4_udp(6081, geneve(ether::kIpv6, ipv6(tcp()), zeros(8)))),
            "ipv4 0+20, checksum 26+2, link_options 36+8, ipv6 44+40, checksum 100+2, end 104");
  EXPECT_EQ(parts(link::kRaw,
                  ipv4_carrying(proto::kGre, gre(ether::kIpv4, ipv4(tcp()), 0x8000, zeros(4)))),
            "ipv4 0+20, checksum 24+2, ipv4 28+20, checksum 64+2, end 68");
  EXPECT_EQ(parts(link::kRaw, ipv6(ipv4(tcp()), {.next = proto::kIpv4})),
            "ipv6 0+40, ipv4 40+20, checksum 76+2, end 80");
}

TEST(HeaderTrace, TellsExtensionHeaders) {
  EXPECT_EQ(
      parts(link::kRaw, ipv6(extension(proto::kDestination, 40, extension(proto::kTcp, 16, tcp())),
                             {.next = proto::kRouting})),
      "ipv6 0+40, routing 40+40, extension 80+16, checksum 112+2, end 116");
  EXPECT_EQ(parts(link::kRaw, ipv4(authentication_header(proto::kTcp, tcp()),
                                   {.protocol = proto::kAuthentication})),
            "ipv4 0+20, extension 20+24, checksum 60+2, end 64");
}

TEST(HeaderTrace, TellsLinkAddressesOfOtherLinks) {
  const Bytes four = ipv4(tcp());
  EXPECT_EQ(parts(link::kLinuxSll, hex("0000 0001 0006 02000000000a 0000 0800") + four),
            "link 6+8, ipv4 16+20, checksum 52+2, end 56");
  EXPECT_EQ(parts(link::kLinuxSll2, hex("0800 0000 00000001 0001 00 06 02000000000a 0000") + four),
            "link 12+8, ipv4 20+20, checksum 56+2, end 60");
  EXPECT_EQ(parts(link::kIeee80211, ieee80211(kDataFromAccessPoint, snap(ether::kIpv4, four))),
            "link 4+18, ipv4 32+20, checksum 68+2, end 72");
  constexpr unsigned kBetweenAccessPoints = 0x0308, kAggregate = 0x80;
  EXPECT_EQ(parts(link::kIeee80211, ieee80211(kBetweenAccessPoints | 0x80, snap(ether::kIpv4, four),
                                              zeros(6) + le16(kAggregate) + zeros(14))),
            "link 4+18, link 24+6, link 32+12, ipv4 54+20, checksum 90+2, end 94");
}

TEST(HeaderTrace, TellsTcpOptionsThatAreNotRead) {
  const Bytes add_address = hex("1e08 3001 c0000201");  // Multipath TCP, RFC 8684 §3.4.1
  const Bytes segment =
      tcp({.options = mss(1460) + add_address + window_scale(7) + no_operation()});
  EXPECT_EQ(parts(link::kRaw, ipv4(segment)), "ipv4 0+20, checksum 36+2, tcp_option 44+8, end 56");
}

TEST(HeaderTrace, TellsAllThatStandsBehindTheLastReadableTcpOption) {
  const Bytes behind_the_end = tcp({.options = no_operation() + hex("00 c002")});
  EXPECT_EQ(parts(link::kRaw, ipv4(behind_the_end)),
            "ipv4 0+20, checksum 36+2, tcp_option 42+2, end 44");
  const Bytes no_length = tcp({.options = mss(1460) + hex("fe00 c000")});
  EXPECT_EQ(parts(link::kRaw, ipv4(no_length)),
            "ipv4 0+20, checksum 36+2, tcp_option 44+4, end 48");
  const Bytes too_long = tcp({.options = mss(1460) + hex("fe09 c000")});
  EXPECT_EQ(parts(link::kRaw, ipv4(too_long)), "ipv4 0+20, checksum 36+2, tcp_option 44+4, end 48");
}

TEST(HeaderTrace, OptionsThatAreCutEndWithTheCapturedBytes) {
  const Bytes frame = ipv4(tcp({.options = mss(1460) + hex("1e08 3001 c0000201"), .payload = {}}));
  EXPECT_EQ(parts(link::kRaw, frame.cut_to(50)),
            "ipv4 0+20, checksum 36+2, tcp_option 44+6, end 50");
}

TEST(HeaderTrace, OfEveryStackEndsBeforeThePayloadAndLiesWithinTheHeaders) {
  for (const Stack& stack : all_stacks()) {
    const auto [decoded, trace] = traced(stack.link_type, stack.frame);
    ASSERT_EQ(decoded.status, DecodeStatus::kTcp) << stack.name;
    EXPECT_EQ(trace.headers_end, stack.frame.size() - kStackPayload) << stack.name;
    size_t end = 0;
    for (const auto& part : trace.parts()) {
      EXPECT_GE(part.begin, end) << stack.name;
      end = part.begin + part.bytes;
    }
    EXPECT_LE(end, trace.headers_end) << stack.name;
  }
}

TEST(HeaderTrace, DoesNotChangeWhatIsDecoded) {
  Random random(11);
  for (const Stack& stack : all_stacks())
    for (int i = 0; i < 200; ++i) {
      const Bytes spoiled = stack.frame.with(random.below(stack.frame.size()),
                                             static_cast<unsigned>(random.below(256)));
      const Decoded plain = decoded(stack.link_type, spoiled);
      const Decoded with_trace = traced(stack.link_type, spoiled).decoded;
      ASSERT_EQ(with_trace.status, plain.status) << stack.name;
      ASSERT_EQ(every_value(with_trace.packet), every_value(plain.packet)) << stack.name;
    }
}

TEST(HeaderTrace, OfSpoiledFramesLiesWithinTheCapturedBytes) {
  Random random(12);
  for (const Stack& stack : all_stacks())
    for (int i = 0; i < 500; ++i) {
      const Bytes spoiled =
          stack.frame
              .with(random.below(stack.frame.size()), static_cast<unsigned>(random.below(256)))
              .cut_to(stack.frame.size() - random.below(8));
      const auto [decoded, trace] = traced(stack.link_type, spoiled);
      if (decoded.status != DecodeStatus::kTcp) continue;
      ASSERT_LE(trace.headers_end, spoiled.size()) << stack.name;
      for (const auto& part : trace.parts())
        ASSERT_LE(part.begin + part.bytes, trace.headers_end) << stack.name;
    }
}

// 16 layers of IPv4 in IPv4 are the most the walk takes.
TEST(HeaderTrace, HoldsTheDeepestStack) {
  Bytes frame = tcp({.options = hex("fe02 01 fe02 01 fe02 01 fe02 01 fe02 01 fe02 01 fe02")});
  frame = ipv4(frame);
  for (int tunnel = 0; tunnel < 14; ++tunnel) frame = ipv4_carrying(proto::kIpv4, frame);
  const auto [decoded, trace] = traced(link::kRaw, frame);
  EXPECT_EQ(decoded.status, DecodeStatus::kTcp);
  EXPECT_EQ(trace.parts().size(), 15U + 1 + 7);
}

TEST(HeaderTrace, TooManyPartsOverflowUntilCleared) {
  HeaderTrace trace;
  for (size_t i = 0; i < HeaderTrace::kMostParts; ++i) trace.add(HeaderPartKind::kChecksum, i, 2);
  EXPECT_FALSE(trace.overflowed());
  trace.add(HeaderPartKind::kChecksum, 0, 2);
  EXPECT_TRUE(trace.overflowed());
  EXPECT_EQ(trace.parts().size(), HeaderTrace::kMostParts);
  trace.clear();
  EXPECT_FALSE(trace.overflowed());
  EXPECT_TRUE(trace.parts().empty());
}

}  // namespace
}  // namespace kanaria::test
