// SPDX-License-Identifier: Apache-2.0
#include "capture/pcapng_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/capture/capture_builder.h"
#include "tests/capture/read_capture.h"

namespace kanaria::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Bytes kStart = section() + interface_block();
const std::string kCopyAgain = "; copy the file again or repair it with pcapfix";

std::vector<Bytes> contents(const KeptCapture& capture) {
  std::vector<Bytes> bytes;
  for (const KeptFrame& frame : capture.frames) bytes.push_back(frame.bytes);
  return bytes;
}

// Section, interface of link type 101, enhanced packet "abcde" of 60 bytes on the wire at 1 µs.
TEST(PcapngReader, EnhancedPacketBecomesAFrame) {
  const auto read = read_bytes(hex(R"(
      0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000
      01000000 14000000 6500 0000 00000400 14000000
      06000000 28000000 00000000 00000000 01000000 05000000 3c000000 6162636465000000 28000000)"));
  EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("abcde"), 60, 1000, 1, 101}));
  EXPECT_EQ(read.error, "");
}

TEST(PcapngReader, BigEndianSectionIsReadLikeALittleEndianOne) {
  const auto read = read_bytes(hex(R"(
      0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c
      00000001 00000014 0065 0000 00040000 00000014
      00000006 00000028 00000000 00000000 00000001 00000005 0000003c 6162636465000000 00000028)"));
  EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("abcde"), 60, 1000, 1, 101}));
}

TEST(PcapngReader, OptionsBehindPacketBytesAreNotPacketBytes) {
  const Bytes comment = option(1, text("seen twice")) + option(0, {});
  const auto read =
      read_bytes(kStart + enhanced_packet({.bytes = text("abc"), .options = comment}));
  EXPECT_THAT(contents(read), ElementsAre(text("abc")));
}

TEST(PcapngReader, OldPacketBlockBecomesAFrame) {
  const auto read = read_bytes(kStart + old_packet({.bytes = text("abc"), .ticks = 5}));
  EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("abc"), 3, 5000, 1, 1}));
}

TEST(PcapngReader, SimplePacketHasTheTimeOfThePacketBefore) {
  const auto read = read_bytes(kStart + enhanced_packet({.bytes = text("a"), .ticks = 7}) +
                               simple_packet(text("bc"), 2));
  EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("a"), 1, 7000, 1, 1},
                                       KeptFrame{text("bc"), 2, 7000, 2, 1}));
}

TEST(PcapngReader, SimplePacketEndsAtTheSnapLength) {
  const auto read =
      read_bytes(section() + interface_block({.snap_length = 4}) + simple_packet(text("abcd"), 60));
  EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("abcd"), 60, 0, 1, 1}));
}

TEST(PcapngReader, PaddingOfASimplePacketIsNotPartOfIt) {
  const auto read = read_bytes(kStart + simple_packet(text("abcde"), 5));
  EXPECT_THAT(contents(read), ElementsAre(text("abcde")));
}

TEST(PcapngReader, PacketsTakeTheLinkTypeOfTheirInterface) {
  const auto read = read_bytes(section() + interface_block({.link_type = 1}) +
                               interface_block({.link_type = 101}) +
                               enhanced_packet({.bytes = text("a"), .interface = 1}) +
                               old_packet({.bytes = text("b"), .interface = 0}) +
                               enhanced_packet({.bytes = text("c"), .interface = 1}));
  EXPECT_THAT(read.frames,
              ElementsAre(KeptFrame{text("a"), 1, 0, 1, 101}, KeptFrame{text("b"), 1, 0, 2, 1},
                          KeptFrame{text("c"), 1, 0, 3, 101}));
}

TEST(PcapngReader, ASectionBeginsWithoutInterfaces) {
  const auto read = read_bytes(kStart + section() + enhanced_packet({.bytes = text("a")}));
  EXPECT_EQ(read.error,
            "x: block at byte 76 names an interface not described; no packet stands "
            "before it" +
                kCopyAgain);
}

TEST(PcapngReader, SectionsOfBothByteOrdersFollowEachOther) {
  const ByteOrder big = ByteOrder::kBig;
  const auto read = read_bytes(kStart + enhanced_packet({.bytes = text("a"), .ticks = 1}) +
                               section(big) + interface_block({.link_type = 101, .order = big}) +
                               enhanced_packet({.bytes = text("b"), .ticks = 2, .order = big}) +
                               old_packet({.bytes = text("c"), .ticks = 3, .order = big}) +
                               simple_packet(text("d"), 1, big) + kStart +
                               enhanced_packet({.bytes = text("e"), .ticks = 4}));
  EXPECT_EQ(read.error, "");
  EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("a"), 1, 1000, 1, 1},    //
                                       KeptFrame{text("b"), 1, 2000, 2, 101},  //
                                       KeptFrame{text("c"), 1, 3000, 3, 101},  //
                                       KeptFrame{text("d"), 1, 3000, 4, 101},  //
                                       KeptFrame{text("e"), 1, 4000, 5, 1}));
}

TEST(PcapngReader, BlocksThatHoldNoPacketArePassedOver) {
  constexpr uint32_t kCustom = 0xbad, kSecrets = 10, kJournal = 9, kLocalUse = 0x80000001;
  Bytes file = section(ByteOrder::kLittle, option(1, text("a comment")) + option(0, {})) +
               interface_block({.options = option(2, text("eth0")) + option(0, {})});
  for (const uint32_t type : {kNameResolutionBlock, kCustom, kSecrets, kJournal, kLocalUse})
    file += block(type, text("whatever it holds")) + enhanced_packet({.bytes = be32(type)});
  const auto read = read_bytes(file + block(kCustom, {}));
  EXPECT_THAT(read.frames, SizeIs(5));
  EXPECT_EQ(read.error, "");
}

TEST(PcapngReader, DropsOfTheKernelAreAddedOverInterfacesAndSections) {
  const auto read = read_bytes(kStart + interface_block() + statistics(0, 3) + statistics(1, 4) +
                               statistics(0, 5) + kStart + statistics(0, 10));
  EXPECT_EQ(read.dropped, 5U + 4U + 10U);  // a later block of an interface replaces the one before
}

TEST(PcapngReader, DropsAreUnknownWithoutStatistics) {
  EXPECT_EQ(read_bytes(kStart).dropped, std::nullopt);
}

TEST(PcapngReader, StatisticsOfAnUndescribedInterfaceAreIgnored) {
  const auto read = read_bytes(kStart + statistics(1, 3));
  EXPECT_EQ(read.dropped, std::nullopt);
  EXPECT_EQ(read.error, "");
}

TEST(PcapngReader, BlockCutAtTheEndIsReportedAndTheRestIsUsed) {
  const Bytes packet = enhanced_packet({.bytes = text("abcd")});
  const auto read = read_bytes((kStart + packet + packet).cut_to(48 + 36 + 35));
  EXPECT_THAT(contents(read), ElementsAre(text("abcd")));
  EXPECT_EQ(
      read.error,
      "x: block at byte 84 claims 36 bytes but the file ends at byte 119; the 1 packet before "
      "it was used" +
          kCopyAgain);
}

TEST(PcapngReader, CutAtEveryByteKeepsTheFramesBeforeTheCut) {
  const Bytes packet = enhanced_packet({.bytes = text("abcd")});
  const Bytes file = kStart + packet + packet + packet;
  const size_t interface_at = section().size();
  for (size_t size = 4; size <= file.size(); ++size) {
    const size_t past_start = size < kStart.size() ? 0 : size - kStart.size();
    const bool between =
        size == interface_at || (size >= kStart.size() && past_start % packet.size() == 0);
    const auto read = read_bytes(file.cut_to(size));
    ASSERT_THAT(read.frames, SizeIs(past_start / packet.size())) << "cut to " << size;
    ASSERT_EQ(read.error.empty(), between) << "cut to " << size << ": " << read.error;
  }
}

TEST(PcapngReader, ImpossibleBlockLengthIsReported) {
  for (const uint32_t length : {0U, 8U, 11U, 13U, 0x7fffffffU, 0xfffffffcU}) {
    const auto read = read_bytes(kStart + enhanced_packet({.bytes = text("a")}) + le32(6) +
                                 le32(length) + zeros(24));
    EXPECT_THAT(read.frames, SizeIs(1));
    EXPECT_EQ(read.error, "x: block at byte 84 claims an impossible length of " +
                              std::to_string(length) + " bytes; the 1 packet before it was used" +
                              kCopyAgain);
  }
}

TEST(PcapngReader, TrailingLengthThatDisagreesIsReported) {
  Bytes file = kStart + enhanced_packet({.bytes = text("a")});
  file[file.size() - 4] = 40;
  EXPECT_EQ(read_bytes(file).error,
            "x: block at byte 48 ends with another length; no packet stands "
            "before it" +
                kCopyAgain);
}

TEST(PcapngReader, CapturedLengthBeyondItsBlockIsReported) {
  for (const uint32_t claimed : {5U, 0xffffffffU}) {
    const PacketShape packet{.bytes = text("abcd"), .captured = claimed};
    const std::string sentence =
        "x: block at byte 48 claims more packet bytes than it holds; no packet stands before it" +
        kCopyAgain;
    EXPECT_EQ(read_bytes(kStart + enhanced_packet(packet)).error, sentence);
    EXPECT_EQ(read_bytes(kStart + old_packet(packet)).error, sentence);
  }
}

TEST(PcapngReader, SectionHeaderWithoutByteOrderMagicIsReported) {
  const auto read = read_bytes(block(kSectionBlock, be32(0x11111111) + zeros(12), ByteOrder::kBig));
  EXPECT_EQ(read.error,
            "x: block at byte 0 is a section header without a byte-order magic; no "
            "packet stands before it" +
                kCopyAgain);
}

TEST(PcapngReader, BodyTooShortForItsBlockTypeIsReported) {
  const auto error_of = [](uint32_t type, size_t body) {
    return read_bytes(kStart + block(type, zeros(body))).error;
  };
  const std::string end = "; no packet stands before it" + kCopyAgain;
  EXPECT_EQ(error_of(kInterfaceBlock, 4),
            "x: block at byte 48 is an interface description cut short" + end);
  for (const uint32_t type : {kEnhancedPacketBlock, kOldPacketBlock})
    EXPECT_EQ(error_of(type, 16), "x: block at byte 48 is a packet block cut short" + end);
  EXPECT_EQ(error_of(kSimplePacketBlock, 0),
            "x: block at byte 48 is a packet block cut short" + end);
}

TEST(PcapngReader, SimplePacketWithoutInterfaceIsReported) {
  EXPECT_EQ(read_bytes(section() + simple_packet(text("abcd"), 4)).error,
            "x: block at byte 28 names an interface not described; no packet stands before it" +
                kCopyAgain);
}

TEST(PcapngReader, OptionThatClaimsMoreThanItsBlockHoldsIsIgnored) {
  const Bytes lying = le16(9) + le16(4000) + zeros(4);
  const auto read = read_bytes(section() + interface_block({.options = lying}) +
                               enhanced_packet({.bytes = text("a"), .ticks = 1}));
  EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("a"), 1, 1000, 1, 1}));
}

// Every single byte of a capture with all kinds of blocks, set to a few telling values.
TEST(PcapngReader, NoSpoiledByteIsReadBeyondTheBuffer) {
  const Bytes file = section() + interface_block({.options = time_resolution(9)}) +
                     enhanced_packet({.bytes = text("abcde")}) + simple_packet(text("ab"), 2) +
                     old_packet({.bytes = text("abc")}) + statistics(0, 1);
  for (size_t at = 4; at < file.size(); ++at)
    for (const unsigned value : {0x00U, 0x01U, 0x7fU, 0xffU}) {
      const auto read = read_bytes(file.with(at, value));
      ASSERT_LE(read.frames.size(), 3U);
    }
}

TEST(PcapngReader, OnlyItsOwnMagicIsRecognised) {
  EXPECT_TRUE(capture::is_pcapng(hex("0a0d0d0a")));
  EXPECT_FALSE(capture::is_pcapng(hex("0a0d0d")));
  EXPECT_FALSE(capture::is_pcapng(hex("d4c3b2a1")));
  EXPECT_FALSE(capture::is_pcapng({}));
}

}  // namespace
}  // namespace kanaria::test
