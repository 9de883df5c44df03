// SPDX-License-Identifier: Apache-2.0
// Against blocks put together as the draft draws them, and against our own reader; tshark reads the
// files in tests/e2e/capture_test.py.
#include "record/pcapng_writer.h"

#include <limits>

#include <gtest/gtest.h>

#include "tests/capture/capture_builder.h"
#include "tests/capture/read_capture.h"
#include "tests/record/memory_sink.h"

namespace kanaria::test {
namespace {

using record::PcapngWriter;

constexpr ByteOrder kHost =
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ByteOrder::kLittle : ByteOrder::kBig;

Bytes end_of_options() { return option(0, {}, kHost); }

Bytes interface(uint16_t link_type, const Bytes& name = {}) {
  return interface_block({.link_type = link_type,
                          .snap_length = 65535,
                          .options = name + time_resolution(9, kHost) + end_of_options(),
                          .order = kHost});
}

capture::Frame frame(std::span<const uint8_t> bytes, Nanoseconds time = 0,
                     capture::LinkType link_type = 1) {
  return {.bytes = bytes.data(),
          .captured = static_cast<uint32_t>(bytes.size()),
          .original = 1500,
          .time = {time},
          .link_type = link_type};
}

TEST(PcapngWriter, WritesTheBlocksOfTheDraft) {
  MemorySink sink;
  PcapngWriter writer(sink,
                      {.application = "kanaria 1", .comment = "headers", .interface = "eth0"});
  const Bytes bytes = text("five!");
  writer.write(frame(bytes, 0x0123456789abcdef));
  writer.write_statistics(7);
  writer.flush();
  EXPECT_EQ(
      sink.bytes,
      section(kHost, option(1, text("headers"), kHost) + option(4, text("kanaria 1"), kHost) +
                         end_of_options()) +
          interface(1, option(2, text("eth0"), kHost)) +
          enhanced_packet(
              {.bytes = bytes, .ticks = 0x0123456789abcdef, .original = 1500, .order = kHost}) +
          block(kStatisticsBlock,
                u32(0, kHost) + u32(0x01234567, kHost) + u32(0x89abcdef, kHost) +
                    option(7, u64(7, kHost), kHost) + end_of_options(),
                kHost));
  EXPECT_EQ(writer.bytes(), sink.bytes.size());
}

TEST(PcapngWriter, ReadsBackTheSameFrames) {
  MemorySink sink;
  PcapngWriter writer(sink, {});
  std::vector<KeptFrame> expected;
  for (size_t size : {0U, 1U, 2U, 3U, 4U, 54U, 65535U})
    for (const Nanoseconds time : {Nanoseconds{0}, Nanoseconds{1'795'439'747'123'456'789},
                                   std::numeric_limits<Nanoseconds>::max(), Nanoseconds{-1}}) {
      const auto link_type = static_cast<capture::LinkType>(size % 3);
      const Bytes bytes(size, static_cast<uint8_t>(size));
      writer.write(frame(bytes, time, link_type));
      expected.push_back({bytes, 1500, time, expected.size() + 1, link_type});
    }
  writer.flush();
  const KeptCapture read = read_bytes(sink.bytes);
  EXPECT_EQ(read.frames, expected);
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(read.dropped, std::nullopt);
}

TEST(PcapngWriter, DroppedPacketsReadBack) {
  MemorySink sink;
  PcapngWriter writer(sink, {});
  writer.write(frame(text("x")));
  writer.write_statistics(uint64_t{1} << 40);
  writer.flush();
  EXPECT_EQ(read_bytes(sink.bytes).dropped, uint64_t{1} << 40);
}

TEST(PcapngWriter, ASectionWithoutFramesIsACaptureWithoutFrames) {
  MemorySink sink;
  PcapngWriter writer(sink, {});
  writer.write_statistics(3);
  writer.flush();
  EXPECT_EQ(sink.bytes, section(kHost, end_of_options()));
  EXPECT_EQ(read_bytes(sink.bytes).error, "");
}

TEST(PcapngWriter, TellsBeforehandWhatAFrameWillAdd) {
  MemorySink sink;
  PcapngWriter writer(sink, {.application = "", .comment = "", .interface = "wlan0"});
  for (const capture::LinkType link_type : std::initializer_list<capture::LinkType>{1, 101, 1})
    for (const size_t size : {0U, 1U, 4U, 66U}) {
      const Bytes bytes = zeros(size);
      const uint64_t before = writer.bytes();
      const uint64_t added = writer.bytes_for(frame(bytes, 0, link_type));
      writer.write(frame(bytes, 0, link_type));
      EXPECT_EQ(writer.bytes() - before, added);
    }
}

}  // namespace
}  // namespace kanaria::test
