// SPDX-License-Identifier: Apache-2.0
#include "record/header_cut.h"

#include <gtest/gtest.h>

#include "record/pcapng_writer.h"
#include "tests/decode/stacks.h"
#include "tests/record/traced_frame.h"

namespace kanaria::test {
namespace {

using decode::DecodeStatus;

TEST(HeaderCut, LeavesTheHeadersOfEveryStackAndNothingElse) {
  for (const Stack& stack : all_stacks()) {
    const Cut left = cut(stack.link_type, stack.frame);
    EXPECT_EQ(left.status, DecodeStatus::kTcp) << stack.name;
    EXPECT_EQ(left.bytes, stack.frame.cut_to(stack.frame.size() - kStackPayload)) << stack.name;
  }
}

TEST(HeaderCut, WhatIsLeftDecodesToTheSamePacket) {
  for (const Stack& stack : all_stacks()) {
    const Cut left = cut(stack.link_type, stack.frame);
    EXPECT_EQ(every_value(decoded(stack.link_type, left.bytes, stack.frame.size()).packet),
              every_value(decoded(stack.link_type, stack.frame).packet))
        << stack.name;
  }
}

TEST(HeaderCut, CutsEthernetPaddingToo) {
  const Bytes frame = ethernet(ether::kIpv4, ipv4(tcp({.payload = {}}))) + text("secret");
  EXPECT_EQ(cut(link::kEthernet, frame).bytes.size(), 54U);
}

TEST(HeaderCut, LeavesAFrameThatWasCutWithinItsOptionsAsItIs) {
  const Bytes frame = ipv4(tcp({.options = timestamps(1, 2)})).cut_to(46);
  EXPECT_EQ(cut(link::kRaw, frame).status, DecodeStatus::kTcp);
  EXPECT_EQ(cut(link::kRaw, frame).bytes, frame);
}

TEST(HeaderCut, OfOtherFramesTellsTheReason) {
  EXPECT_EQ(cut(link::kEthernet, ethernet(ether::kArp, zeros(28))).status, DecodeStatus::kNotIp);
  EXPECT_EQ(cut(link::kRaw, ipv4(udp(53, zeros(20)), {.protocol = proto::kUdp})).status,
            DecodeStatus::kNotTcp);
  EXPECT_EQ(cut(147, zeros(60)).status, DecodeStatus::kUnknownLinkType);
  EXPECT_EQ(cut(link::kRaw, {}).status, DecodeStatus::kCutBeforeIp);
}

// A TCP packet quoted by ICMP is nobody's packet.
TEST(HeaderCut, WhatIcmpQuotesIsNotTcp) {
  const Bytes quoted = hex("0301 0000 00000000") + ipv4(tcp());
  EXPECT_EQ(cut(link::kRaw, ipv4(quoted, {.protocol = proto::kIcmp})).status,
            DecodeStatus::kNotTcp);
}

// PPI may claim 65535 bytes of its own, again and again.
TEST(HeaderCut, HeadersLongerThanARecordAreTooDeep) {
  const auto ppi_of = [](size_t bytes, const Bytes& payload) {
    return hex("0000") + le16(static_cast<unsigned>(bytes)) + le32(link::kRaw) + zeros(bytes - 8) +
           payload;
  };
  const size_t room = record::kLargestRecord - 40;
  EXPECT_EQ(cut(link::kPpi, ppi_of(room, ipv4(tcp()))).status, DecodeStatus::kTcp);
  EXPECT_EQ(cut(link::kPpi, ppi_of(room + 1, ipv4(tcp()))).status, DecodeStatus::kTooDeep);
}

}  // namespace
}  // namespace kanaria::test
