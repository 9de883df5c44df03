// SPDX-License-Identifier: Apache-2.0
#include "capture/pcap_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/capture/capture_builder.h"
#include "tests/capture/read_capture.h"

namespace kanaria::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Two records by hand: "abc" at 1.5 s, of 60 bytes on the wire, and "defg" at 2 s; link type 101.
const Bytes kByHand = hex(R"(
    d4c3b2a1 0200 0400 00000000 00000000 ffff0000 65000000
    01000000 20a10700 03000000 3c000000 616263
    02000000 00000000 04000000 04000000 64656667)");
const KeptFrame kAbc{text("abc"), 60, 1'500'000'000, 1, 101};
const KeptFrame kDefg{text("defg"), 4, 2'000'000'000, 2, 101};

TEST(PcapReader, FieldsOfARecordBecomeAFrame) {
  const auto read = read_bytes(kByHand);
  EXPECT_THAT(read.frames, ElementsAre(kAbc, kDefg));
  EXPECT_EQ(read.error, "");
}

TEST(PcapReader, BigEndianFileIsReadLikeALittleEndianOne) {
  const auto read = read_bytes(hex(R"(
      a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000065
      00000001 0007a120 00000003 0000003c 616263
      00000002 00000000 00000004 00000004 64656667)"));
  EXPECT_THAT(read.frames, ElementsAre(kAbc, kDefg));
}

TEST(PcapReader, NanosecondMagicMakesTheFractionNanoseconds) {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    const PcapShape shape{.magic = kNanosecondMagic, .order = order};
    const auto read =
        read_bytes(pcap_file({{.bytes = text("a"), .seconds = 3, .fraction = 999'999'999}}, shape));
    EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("a"), 1, 3'999'999'999, 1, 1}));
  }
}

TEST(PcapReader, ModifiedMagicMakesRecordHeadersEightBytesLonger) {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    const PcapShape shape{.magic = kModifiedMagic, .order = order};
    const auto read = read_bytes(pcap_file({{text("ab"), 3, 7}, {text("c"), 4, 8}}, shape));
    EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("ab"), 2, 3'000'007'000, 1, 1},
                                         KeptFrame{text("c"), 1, 4'000'008'000, 2, 1}));
  }
}

TEST(PcapReader, SecondsAreUnsignedUntilTheYear2106) {
  const auto read = read_bytes(pcap_file({{text("a"), 0xffffffff, 0}}));
  EXPECT_EQ(read.frames.at(0).time, 4'294'967'295 * kSecond);
}

TEST(PcapReader, FractionBeyondASecondIsCarried) {
  const auto read = read_bytes(pcap_file({{text("a"), 1, 0xffffffff}}));
  EXPECT_EQ(read.frames.at(0).time, kSecond + 4'294'967'295'000);
}

TEST(PcapReader, LengthOfTheFrameCheckSequenceIsNotPartOfTheLinkType) {
  const auto read = read_bytes(pcap_file({{text("a")}}, {.link_type = 0x24000001}));
  EXPECT_EQ(read.frames.at(0).link_type, 1);
}

TEST(PcapReader, FileWithoutRecordsIsRead) {
  const auto read = read_bytes(pcap_header());
  EXPECT_THAT(read.frames, IsEmpty());
  EXPECT_EQ(read.error, "");
}

TEST(PcapReader, FrameWithoutBytesIsAFrame) {
  const auto read = read_bytes(pcap_file({{.bytes = {}, .original = 60}, {text("a")}}));
  EXPECT_THAT(read.frames,
              ElementsAre(KeptFrame{{}, 60, 0, 1, 1}, KeptFrame{text("a"), 1, 0, 2, 1}));
}

TEST(PcapReader, MoreFramesThanABurstHoldsComeInOrder) {
  std::vector<Record> records;
  for (uint32_t i = 0; i < 1000; ++i) records.push_back({be32(i), i, 0});
  const auto read = read_bytes(pcap_file(records));
  ASSERT_THAT(read.frames, SizeIs(1000));
  for (uint32_t i = 0; i < 1000; ++i)
    ASSERT_EQ(read.frames[i], (KeptFrame{be32(i), 4, i * kSecond, i + 1, 1}));
}

TEST(PcapReader, RecordCutAtTheEndIsReportedAndTheRestIsUsed) {
  const auto read = read_bytes(kByHand.cut_to(kByHand.size() - 1));
  EXPECT_THAT(read.frames, ElementsAre(kAbc));
  EXPECT_EQ(
      read.error,
      "x: record at byte 43 claims 20 bytes but the file ends at byte 62; the 1 packet before "
      "it was used; copy the file again or repair it with pcapfix");
}

TEST(PcapReader, RecordHeaderCutAtTheEndIsReported) {
  EXPECT_EQ(read_bytes(kByHand.cut_to(34)).error,
            "x: record at byte 24 claims 16 bytes but the file ends at byte 34; no packet stands "
            "before it; copy the file again or repair it with pcapfix");
}

TEST(PcapReader, FileHeaderCutIsReported) {
  EXPECT_EQ(read_bytes(kByHand.cut_to(23)).error,
            "x: the file header is cut at byte 23 of 24; copy the file again");
}

TEST(PcapReader, CutAtEveryByteKeepsTheFramesBeforeTheCut) {
  for (const uint32_t magic : {kMicrosecondMagic, kModifiedMagic}) {
    const PcapShape shape{.magic = magic};
    const Bytes header = pcap_header(shape);
    const Bytes record = pcap_record({text("abc")}, shape);
    const Bytes file = header + record + record + record;
    for (size_t size = 4; size <= file.size(); ++size) {
      const size_t whole = size < header.size() ? 0 : (size - header.size()) / record.size();
      const bool between = size >= header.size() && (size - header.size()) % record.size() == 0;
      const auto read = read_bytes(file.cut_to(size));
      ASSERT_THAT(read.frames, SizeIs(whole)) << "cut to " << size;
      ASSERT_EQ(read.error.empty(), between) << "cut to " << size << ": " << read.error;
    }
  }
}

TEST(PcapReader, ImpossibleRecordLengthIsReportedAndTheRestIsUsed) {
  const auto read = read_bytes(
      pcap_file({{text("a")}, {text("b")}, {.bytes = text("c"), .captured = 0xffffffff}}));
  EXPECT_THAT(read.frames, SizeIs(2));
  EXPECT_EQ(read.error,
            "x: record at byte 58 claims an impossible length of 4294967295 bytes; the 2 packets "
            "before it were used; copy the file again or repair it with pcapfix");
}

TEST(PcapReader, RecordLengthBeyondTheFileIsReported) {
  const auto read = read_bytes(pcap_file({{.bytes = text("abc"), .captured = 1000}}));
  EXPECT_THAT(read.frames, IsEmpty());
  EXPECT_EQ(read.error,
            "x: record at byte 24 claims 1016 bytes but the file ends at byte 43; no packet stands "
            "before it; copy the file again or repair it with pcapfix");
}

TEST(PcapReader, AfterTheEndTheSourceStaysAtItsEnd) {
  const ExactCopy copy(kByHand.cut_to(50));
  auto source = *capture::read_pcap("x", capture::bytes_in_memory(copy.view()));
  capture::FrameBurst burst;
  while (source->read(burst) == capture::ReadState::kMore) continue;
  const std::string sentence = source->fault()->sentence;
  EXPECT_EQ(source->read(burst), capture::ReadState::kEnd);
  EXPECT_EQ(burst.size, 0U);
  EXPECT_EQ(source->fault()->sentence, sentence);
}

TEST(PcapReader, ProgressReachesOne) {
  const ExactCopy copy(kByHand);
  auto source = *capture::read_pcap("x", capture::bytes_in_memory(copy.view()));
  EXPECT_LT(source->progress(), 1.0);
  capture::FrameBurst burst;
  while (source->read(burst) == capture::ReadState::kMore) continue;
  EXPECT_EQ(source->progress(), 1.0);
}

TEST(PcapReader, OnlyItsOwnMagicsAreRecognised) {
  EXPECT_TRUE(capture::is_pcap(hex("a1b2c3d4")));
  EXPECT_TRUE(capture::is_pcap(hex("4d3cb2a1")));
  EXPECT_FALSE(capture::is_pcap(hex("a1b2c3")));
  EXPECT_FALSE(capture::is_pcap(hex("0a0d0d0a")));
  EXPECT_FALSE(capture::is_pcap({}));
}

}  // namespace
}  // namespace kanaria::test
