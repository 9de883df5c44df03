// SPDX-License-Identifier: Apache-2.0
// Compressed captures: gzip (RFC 1952) and Zstandard (RFC 8878), whole, in several pieces, damaged.
#include <algorithm>
#include <sys/mman.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "base/random.h"
#include "tests/capture/capture_builder.h"
#include "tests/capture/read_capture.h"

namespace kanaria::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::SizeIs;

Bytes gzip(const Bytes& bytes) {
  constexpr int kGzipWrapper = 15 + 16;
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWrapper, 8, Z_DEFAULT_STRATEGY);
  Bytes out(deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Bytes zstandard(const Bytes& bytes) {
  Bytes out(ZSTD_compressBound(bytes.size()));
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  out.resize(ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  return out;
}

// What can be had from the beginning of compressed data, by one call with room for everything.
Bytes inflated(const Bytes& beginning, size_t room) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  Bytes out(room);
  stream.next_in = const_cast<Bytef*>(beginning.data());
  stream.avail_in = static_cast<uInt>(beginning.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(room);
  inflate(&stream, Z_SYNC_FLUSH);
  inflateEnd(&stream);
  return out.cut_to(stream.total_out);
}

Bytes unpacked(const Bytes& beginning, size_t room) {
  ZSTD_DStream* stream = ZSTD_createDStream();
  Bytes out(room);
  ZSTD_inBuffer from{beginning.data(), beginning.size(), 0};
  ZSTD_outBuffer to{out.data(), room, 0};
  ZSTD_decompressStream(stream, &to, &from);
  ZSTD_freeDStream(stream);
  return out.cut_to(to.pos);
}

Bytes capture_of(uint32_t frames, size_t frame_bytes) {
  Random random(frames);
  Bytes file = pcap_header();
  for (uint32_t i = 0; i < frames; ++i) {
    Bytes frame = zeros(frame_bytes);
    for (size_t at = 0; at < frame_bytes; at += 4)
      frame[at] = static_cast<uint8_t>(random.below(256));
    file += pcap_record({frame, i, 0});
  }
  return file;
}

// Through a file that only memory holds: some tests read a thousand.
KeptCapture read_compressed(const Bytes& bytes) {
  const int fd = memfd_create("capture", MFD_CLOEXEC);
  EXPECT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  auto read = read_file("/proc/self/fd/" + std::to_string(fd));
  close(fd);
  return read;
}

struct Codec {
  const char* name;
  Bytes (*compress)(const Bytes&);
  Bytes (*decompress)(const Bytes& beginning, size_t room);
};

class Compression : public testing::TestWithParam<Codec> {
 protected:
  static Bytes compress(const Bytes& bytes) { return GetParam().compress(bytes); }
};

TEST_P(Compression, FramesAreThoseOfThePlainFile) {
  const Bytes file = capture_of(100, 60);
  const auto read = read_compressed(compress(file));
  EXPECT_EQ(read.frames, read_bytes(file).frames);
  EXPECT_EQ(read.error, "");
}

TEST_P(Compression, CapturesLargerThanEveryBufferAreRead) {
  const Bytes file = capture_of(3000, 600);
  const auto read = read_compressed(compress(file));
  EXPECT_EQ(read.frames, read_bytes(file).frames);
  EXPECT_EQ(read.error, "");
}

TEST_P(Compression, PcapngIsReadToo) {
  const auto read =
      read_compressed(compress(section() + interface_block() + enhanced_packet({text("abc")})));
  EXPECT_EQ(read.frames, (std::vector{KeptFrame{text("abc"), 3, 0, 1, 1}}));
}

TEST_P(Compression, PiecesThatFollowEachOtherAreOneCapture) {
  const Bytes file = capture_of(30, 60);
  Bytes pieces;
  for (size_t at = 0; at < file.size(); at += 500)
    pieces +=
        compress({file.begin() + static_cast<std::ptrdiff_t>(at),
                  file.begin() + static_cast<std::ptrdiff_t>(std::min(at + 500, file.size()))});
  const auto read = read_compressed(pieces);
  EXPECT_EQ(read.frames, read_bytes(file).frames);
  EXPECT_EQ(read.error, "");
}

TEST_P(Compression, EmptyPiecesAddNothing) {
  const Bytes file = capture_of(3, 60);
  const auto read = read_compressed(compress({}) + compress(file) + compress({}));
  EXPECT_EQ(read.frames, read_bytes(file).frames);
  EXPECT_EQ(read.error, "");
}

TEST_P(Compression, CutAtEveryByteIsReportedAndTheRestIsUsed) {
  const Bytes file = capture_of(8, 60);
  const auto whole = read_bytes(file).frames;
  const Bytes compressed = compress(file);
  for (size_t size = 4; size < compressed.size(); ++size) {
    const auto read = read_compressed(compressed.cut_to(size));
    ASSERT_THAT(read.error, HasSubstr("the compressed data stop in the middle")) << size;
    ASSERT_LE(read.frames.size(), whole.size());
    ASSERT_TRUE(std::equal(read.frames.begin(), read.frames.end(), whole.begin())) << size;
  }
}

TEST_P(Compression, CutBetweenTwoPiecesAtARecordIsAWholeCapture) {
  const Bytes start = capture_of(3, 60);
  const auto read = read_compressed(compress(start) + compress(pcap_record({text("abc")})));
  EXPECT_EQ(read.frames.size(), 4U);
  EXPECT_EQ(read.error, "");
}

TEST_P(Compression, FramesBeforeACutAreAllThatTheCodecCanMakeOfIt) {
  const Bytes record = pcap_record({zeros(1000)});
  Bytes file = pcap_header();
  for (int i = 0; i < 1500; ++i) file += record;
  const Bytes compressed = compress(file);
  for (size_t size = compressed.size() - 1; size > 40; size -= 1 + size / 20) {
    const Bytes cut = compressed.cut_to(size);
    const size_t had = GetParam().decompress(cut, file.size()).size();
    const size_t whole = had < 24 ? 0 : (had - 24) / record.size();
    ASSERT_THAT(read_compressed(cut).frames, SizeIs(whole)) << "cut to " << size;
  }
}

TEST_P(Compression, DamageAtEveryByteNeverPassesForAWholeCaptureOfOtherBytes) {
  const Bytes file = capture_of(8, 60);
  const auto whole = read_bytes(file).frames;
  const Bytes compressed = compress(file);
  for (size_t at = 4; at < compressed.size(); ++at) {
    const auto read = read_compressed(compressed.with(at, compressed[at] ^ 0x55U));
    ASSERT_TRUE(!read.error.empty() || read.frames == whole) << "byte " << at;
  }
}

TEST_P(Compression, DamagedChecksumIsReported) {
  Bytes compressed = compress(capture_of(8, 60));
  compressed[compressed.size() - 5] ^= 0xff;
  compressed[compressed.size() - 4] ^=
      0xff;  // gzip ends with checksum and length, zstd with the former
  const auto read = read_compressed(compressed);
  EXPECT_THAT(read.error, AnyOf(HasSubstr("the gzip data are damaged"),
                                HasSubstr("the Zstandard data are damaged")));
}

TEST_P(Compression, CompressedTextIsNotACapture) {
  EXPECT_THAT(read_compressed(compress(text("Dear reader"))).error, HasSubstr("is not a capture"));
}

TEST_P(Compression, DamageInTheFirstBytesIsToldFromAnotherFormat) {
  const Bytes start = compress(capture_of(3, 60)).cut_to(4);
  EXPECT_THAT(read_compressed(start + Bytes(40, uint8_t{0xff})).error,
              HasSubstr(" before the first packet; copy the file again"));
}

INSTANTIATE_TEST_SUITE_P(Capture, Compression,
                         testing::Values(Codec{"gzip", &gzip, &inflated},
                                         Codec{"zstd", &zstandard, &unpacked}),
                         [](const auto& codec) { return codec.param.name; });

TEST(GzipCapture, NameAndCommentInTheHeaderArePassedOver) {
  const Bytes plain = gzip(capture_of(3, 60));
  const Bytes body(plain.begin() + 10, plain.end());
  const Bytes flagged = hex("1f8b 08 18 00000000 00 03") + text("name") + zeros(1) +
                        text("comment") + zeros(1) + body;
  EXPECT_EQ(read_compressed(flagged).frames.size(), 3U);
}

TEST(ZstandardCapture, SkippableFramesArePassedOver) {
  const Bytes skippable = hex("502a4d18 04000000 01020304");  // RFC 8878 §3.1.2
  const auto read = read_compressed(zstandard(capture_of(3, 60)) + skippable);
  EXPECT_EQ(read.frames.size(), 3U);
  EXPECT_EQ(read.error, "");
}

}  // namespace
}  // namespace kanaria::test
