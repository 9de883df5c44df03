// SPDX-License-Identifier: Apache-2.0
#include "capture/capture_file.h"

#include <filesystem>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/capture/capture_builder.h"
#include "tests/capture/read_capture.h"

namespace kanaria::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Bytes kCapture = pcap_file({{text("abc"), 1, 0}, {text("de"), 2, 0}});

TEST(CaptureFile, PcapIsRecognisedByContentWhateverItsName) {
  const TemporaryFolder folder;
  const auto read = read_file(folder.write("x.txt", kCapture));
  EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("abc"), 3, kSecond, 1, 1},
                                       KeptFrame{text("de"), 2, 2 * kSecond, 2, 1}));
  EXPECT_EQ(read.error, "");
}

TEST(CaptureFile, PcapngIsRecognisedByContentWhateverItsName) {
  const TemporaryFolder folder;
  const auto read = read_file(folder.write(
      "x.pcap", section() + interface_block() + enhanced_packet({.bytes = text("a")})));
  EXPECT_THAT(read.frames, ElementsAre(KeptFrame{text("a"), 1, 0, 1, 1}));
}

TEST(CaptureFile, DamageIsReportedUnderTheNameOfTheFile) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.pcap", kCapture.cut_to(50));
  EXPECT_EQ(read_file(path).error,
            path +
                ": record at byte 43 claims 16 bytes but the file ends at byte 50; the 1 packet "
                "before it was used; copy the file again or repair it with pcapfix");
}

TEST(CaptureFile, MissingFileIsAnError) {
  EXPECT_EQ(read_file("/nowhere/x.pcap").error,
            "/nowhere/x.pcap: there is no such file; check the name");
}

TEST(CaptureFile, PathThroughAFileIsAnError) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.pcap", kCapture) + "/y.pcap";
  EXPECT_EQ(read_file(path).error, path + ": cannot be opened (Not a directory); check the path");
}

TEST(CaptureFile, DirectoryIsAnError) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_file(folder.path("")).error,
            folder.path("") + ": is a directory; name the capture files in it");
}

TEST(CaptureFile, FileWithoutReadPermissionIsAnError) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.pcap", kCapture);
  std::filesystem::permissions(path, std::filesystem::perms::none);
  if (access(path.c_str(), R_OK) == 0) GTEST_SKIP() << "this user reads every file";
  EXPECT_EQ(read_file(path).error,
            path + ": no permission to read it; change its mode or run as its owner");
}

TEST(CaptureFile, EmptyFileIsAnError) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x.pcap", "");
  EXPECT_EQ(read_file(path).error,
            path + ": is empty; a capture begins with a header of at least 24 bytes");
}

TEST(CaptureFile, EmptyDeviceIsAnError) {
  EXPECT_EQ(read_file("/dev/null").error,
            "/dev/null: is empty; a capture begins with a header of at least 24 bytes");
}

TEST(CaptureFile, AnythingElseIsNotACapture) {
  const TemporaryFolder folder;
  const std::string sentence =
      ": is not a capture (neither pcap nor pcapng, plain, .gz or .zst); record one with tcpdump "
      "-w";
  for (const auto& [name, bytes] :
       {std::pair{"text", text("Dear reader, this is a letter.")},
        std::pair{"three_bytes", hex("d4c3b2")}, std::pair{"zeros", zeros(100)},
        std::pair{"elf", hex("7f454c46 0201 0100")}}) {
    const std::string path = folder.write(name, bytes);
    EXPECT_EQ(read_file(path).error, path + sentence);
  }
}

TEST(CaptureFile, CutAtEveryByteNeverStopsTheReader) {
  const TemporaryFolder folder;
  for (size_t size = 0; size < kCapture.size(); ++size) {
    const auto read = read_file(folder.write("x.pcap", kCapture.cut_to(size)));
    EXPECT_THAT(read.frames, SizeIs(size < 43 ? 0 : 1)) << "cut to " << size;
    EXPECT_EQ(read.error.empty(), size == 24 || size == 43) << "cut to " << size;
  }
}

}  // namespace
}  // namespace kanaria::test
