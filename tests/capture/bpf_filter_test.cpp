// SPDX-License-Identifier: Apache-2.0
#include "capture/bpf_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/capture/capture_builder.h"
#include "tests/capture/read_capture.h"

namespace kanaria::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint16_t kEthernet = 1, kRawIp = 101, kRawIpOfBsd = 12, kRawIpOfOpenBsd = 14;

// IPv4 and TCP headers, 10.0.0.1 → 10.0.0.2, to a port.
Bytes packet_to(unsigned port) {
  return hex("45000028 00010000 40060000 0a000001 0a000002") + hex("9c40") + be16(port) +
         hex("00000001 00000000 5002 ffff 0000 0000");
}

Bytes on_ethernet(const Bytes& packet) { return hex("020000000001 020000000002 0800") + packet; }

struct Filtered {
  std::vector<uint64_t> numbers;
  std::string error;
};

Filtered filter(const Bytes& capture, const std::string& expression) {
  const ExactCopy copy(capture);
  auto source = capture::read_pcapng("x", capture::bytes_in_memory(copy.view()));
  const KeptCapture kept = read_all(capture::filter_frames(*std::move(source), expression));
  Filtered filtered{{}, kept.error};
  for (const KeptFrame& frame : kept.frames) filtered.numbers.push_back(frame.number);
  return filtered;
}

Bytes capture_of(uint16_t link_type, const std::vector<Bytes>& frames) {
  Bytes file = section() + interface_block({.link_type = link_type});
  for (const Bytes& frame : frames) file += enhanced_packet({.bytes = frame});
  return file;
}

const Bytes kThree = capture_of(kEthernet, {on_ethernet(packet_to(80)), on_ethernet(packet_to(443)),
                                            on_ethernet(packet_to(80))});

TEST(BpfFilter, MatchingFramesPassUnderTheirOwnNumbers) {
  EXPECT_THAT(filter(kThree, "tcp dst port 80").numbers, ElementsAre(1, 3));
}

TEST(BpfFilter, NothingPassesWhenNothingMatches) {
  EXPECT_THAT(filter(kThree, "udp").numbers, IsEmpty());
}

TEST(BpfFilter, EmptyExpressionLetsEverythingPass) {
  EXPECT_THAT(filter(kThree, "").numbers, ElementsAre(1, 2, 3));
}

TEST(BpfFilter, IsCompiledForEachLinkType) {
  const auto filtered = filter(capture_of(kEthernet, {on_ethernet(packet_to(80))}) +
                                   capture_of(kRawIp, {packet_to(80), packet_to(443)}),
                               "port 80");
  EXPECT_THAT(filtered.numbers, ElementsAre(1, 2));
}

TEST(BpfFilter, EveryNumberOfRawIpIsUnderstood) {
  for (const uint16_t raw : {kRawIp, kRawIpOfBsd, kRawIpOfOpenBsd})
    EXPECT_THAT(filter(capture_of(raw, {packet_to(80), packet_to(443)}), "port 443").numbers,
                ElementsAre(2))
        << raw;
}

TEST(BpfFilter, LinkTypeForWhichTheExpressionHasNoMeaningMatchesNothing) {
  const auto filtered =
      filter(capture_of(kRawIp, {packet_to(80), {}}) + kThree, "ether host 02:00:00:00:00:01");
  EXPECT_THAT(filtered.numbers, ElementsAre(3, 4, 5));
  EXPECT_EQ(filtered.error, "");
}

TEST(BpfFilter, LinkTypeUnknownToLibpcapMatchesNothing) {
  EXPECT_THAT(filter(capture_of(60000, {packet_to(80), packet_to(80)}), "port 80").numbers,
              IsEmpty());
}

TEST(BpfFilter, FrameShorterThanItsHeadersDoesNotMatch) {
  std::vector<Bytes> frames;
  for (size_t size = 0; size < 38; ++size)
    frames.push_back(on_ethernet(packet_to(80)).cut_to(size));
  EXPECT_THAT(filter(capture_of(kEthernet, frames), "tcp dst port 80").numbers, IsEmpty());
}

TEST(BpfFilter, DamageBelowIsStillReported) {
  EXPECT_EQ(filter(kThree.cut_to(kThree.size() - 1), "tcp").error,
            "x: block at byte 224 claims 88 bytes but the file ends at byte 311; the 2 packets "
            "before it were used; copy the file again or repair it with pcapfix");
}

TEST(BpfFilter, WrongExpressionIsRefusedInLibpcapsWords) {
  EXPECT_EQ(filter(kThree, "port 80 or or").error,
            "filter 'port 80 or or' is not understood (can't parse filter expression: syntax "
            "error); see pcap-filter(7)");
}

}  // namespace
}  // namespace kanaria::test
