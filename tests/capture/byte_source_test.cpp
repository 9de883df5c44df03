// SPDX-License-Identifier: Apache-2.0
#include "capture/byte_source.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/capture/capture_builder.h"
#include "tests/capture/read_capture.h"

namespace kanaria::test {
namespace {

// A pipe as stdin would be: opened through its descriptor's name, fed by a thread of its own.
class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) ends_[0] = ends_[1] = -1;
  }
  ~Pipe() {
    if (writer_.joinable()) writer_.join();
    close(ends_[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::string path() const { return "/dev/fd/" + std::to_string(ends_[0]); }
  // Writes everything, at most `piece` bytes at once, and closes.
  void feed(Bytes bytes, size_t piece) {
    writer_ = std::thread([this, bytes = std::move(bytes), piece] {
      for (size_t at = 0; at < bytes.size();) {
        const ssize_t sent = write(ends_[1], &bytes[at], std::min(piece, bytes.size() - at));
        if (sent <= 0) break;
        at += static_cast<size_t>(sent);
      }
      close(ends_[1]);
    });
  }

 private:
  int ends_[2];
  std::thread writer_;
};

KeptCapture read_piped(const Bytes& bytes, size_t piece) {
  Pipe pipe;
  pipe.feed(bytes, piece);
  return read_file(pipe.path());
}

Bytes numbered_records(uint32_t count, size_t size) {
  Bytes file = pcap_header();
  for (uint32_t i = 0; i < count; ++i) file += pcap_record({be32(i) + zeros(size - 4), i, 0});
  return file;
}

TEST(ByteSource, WindowShrinksAndOffsetGrowsAsBytesAreConsumed) {
  const ExactCopy bytes(text("abcdef"));
  const auto source = capture::bytes_in_memory(bytes.view());
  source->consume(4);
  EXPECT_EQ(source->offset(), 4U);
  EXPECT_EQ(source->window().size(), 2U);
  EXPECT_EQ(source->window()[0], 'e');
}

TEST(ByteSource, FillAsksOnlyForWhatIsThere) {
  const ExactCopy bytes(text("abcdef"));
  const auto source = capture::bytes_in_memory(bytes.view());
  EXPECT_TRUE(source->fill(6));
  EXPECT_FALSE(source->fill(7));
  EXPECT_FALSE(source->fault());
}

TEST(ByteSource, PipeInTinyPiecesGivesTheSameFrames) {
  const Bytes file = numbered_records(100, 20);
  const KeptCapture expected = read_bytes(file);
  ASSERT_EQ(expected.frames.size(), 100U);
  for (const size_t piece : {1U, 3U, 17U, 4096U}) {
    const auto read = read_piped(file, piece);
    EXPECT_EQ(read.frames, expected.frames) << "pieces of " << piece;
    EXPECT_EQ(read.error, "");
  }
}

TEST(ByteSource, PcapngComesThroughAPipeInTinyPieces) {
  Bytes file = section() + interface_block();
  for (unsigned i = 0; i < 50; ++i) file += enhanced_packet({.bytes = zeros(i), .ticks = i});
  const auto read = read_piped(file, 5);
  EXPECT_EQ(read.frames, read_bytes(file).frames);
  EXPECT_EQ(read.frames.size(), 50U);
}

TEST(ByteSource, PipeLongerThanItsBufferGivesTheSameFrames) {
  const Bytes file = numbered_records(2000, 1000);
  const auto read = read_piped(file, 64 << 10);
  EXPECT_EQ(read.frames, read_bytes(file).frames);
  EXPECT_EQ(read.frames.size(), 2000U);
}

TEST(ByteSource, FrameLargerThanTheBufferComesThroughAPipe) {
  const Bytes file = pcap_file({{text("a")}, {Bytes(3 << 20, uint8_t{7})}, {text("b")}});
  const auto read = read_piped(file, 60'000);
  ASSERT_EQ(read.frames.size(), 3U);
  EXPECT_EQ(read.frames[1].bytes.size(), size_t{3} << 20);
  EXPECT_EQ(read.frames[2].bytes, text("b"));
}

TEST(ByteSource, CutPipeIsReportedLikeACutFile) {
  Pipe pipe;
  pipe.feed(numbered_records(2, 20).cut_to(90), 7);
  EXPECT_EQ(read_file(pipe.path()).error,
            pipe.path() +
                ": record at byte 60 claims 36 bytes but the file ends at byte 90; the 1 "
                "packet before it was used; copy the file again or repair it with "
                "pcapfix");
}

TEST(ByteSource, PipeThatLiesAboutALengthIsReported) {
  const auto read =
      read_piped(pcap_file({{text("a")}, {.bytes = text("b"), .captured = 1 << 20}}), 9);
  EXPECT_EQ(read.frames.size(), 1U);
  EXPECT_NE(read.error.find("record at byte 41 claims 1048592 bytes but the file ends at byte 58"),
            std::string::npos)
      << read.error;
}

TEST(ByteSource, PipeShorterThanAnyMagicIsNotACapture) {
  for (size_t size = 1; size < 4; ++size)
    EXPECT_NE(read_piped(hex("a1b2c3").cut_to(size), 1).error.find("is not a capture"),
              std::string::npos);
}

TEST(ByteSource, PipeClosedAtOnceIsEmpty) {
  EXPECT_NE(read_piped({}, 1).error.find(": is empty; "), std::string::npos);
}

// Opened for both directions a FIFO neither blocks its reader's opening nor ever ends.
TEST(ByteSource, RaisedStopEndsTheWaitForAFirstByte) {
  const TemporaryFolder folder;
  const std::string path = folder.path("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int keeps_it_open = open(path.c_str(), O_RDWR | O_CLOEXEC);
  const std::atomic<bool> stop{true};
  const auto source = capture::open_bytes(path, stop);
  ASSERT_TRUE(source);
  EXPECT_FALSE((*source)->fill(1));
  close(keeps_it_open);
}

TEST(ByteSource, RaisedStopEndsAStreamAsIfItsInputHadEnded) {
  const TemporaryFolder folder;
  const std::string path = folder.path("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int writer = open(path.c_str(), O_RDWR | O_CLOEXEC);
  const Bytes file = numbered_records(3, 20);
  ASSERT_EQ(write(writer, file.data(), file.size()), static_cast<ssize_t>(file.size()));
  std::atomic<bool> stop{false};
  auto source = *capture::open_capture(path, stop);
  capture::FrameBurst burst;
  source->read(burst);
  EXPECT_EQ(burst.size, 3U);
  stop = true;
  EXPECT_EQ(source->read(burst), capture::ReadState::kEnd);
  EXPECT_FALSE(source->fault());
  close(writer);
}

TEST(ByteSource, ProgressOfAPipeIsUnknown) {
  Pipe pipe;
  pipe.feed(numbered_records(3, 20), 100);
  const std::atomic<bool> stop{false};
  const auto source = *capture::open_bytes(pipe.path(), stop);
  EXPECT_LT(source->progress(), 0);
  while (source->fill(source->window().size() + 1)) continue;
}

}  // namespace
}  // namespace kanaria::test
