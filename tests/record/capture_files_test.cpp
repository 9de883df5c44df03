// SPDX-License-Identifier: Apache-2.0
#include "record/capture_files.h"

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/capture/read_capture.h"

namespace kanaria::test {
namespace {

using record::CaptureFiles;
using record::CaptureFilesOptions;
using testing::ElementsAre;

constexpr Nanoseconds kStart = 1'795'439'747 * kSecond;  // 2026-11-23 13:15:47 UTC

// A frame of one byte, which is its own name.
capture::Frame frame(const Bytes& byte, Nanoseconds after = 0) {
  return {.bytes = byte.data(),
          .captured = 1,
          .original = 60,
          .time = {kStart + after},
          .link_type = 1};
}

std::vector<std::string> names_in(const TemporaryFolder& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("")))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string frames_in(const std::string& path) {
  const KeptCapture read = read_file(path);
  EXPECT_EQ(read.error, "");
  std::string text;
  for (const KeptFrame& kept : read.frames) text += static_cast<char>(kept.bytes.at(0));
  return text;
}

std::vector<std::string> frames_in_each(const TemporaryFolder& folder) {
  std::vector<std::string> texts;
  for (const std::string& name : names_in(folder)) texts.push_back(frames_in(folder.path(name)));
  return texts;
}

// Writes frames "a", "b", … one second apart.
void write_letters(CaptureFiles& files, std::string_view letters) {
  Nanoseconds after = 0;
  for (const char letter : letters) {
    const Bytes byte = text({&letter, 1});
    files.write(frame(byte, after));
    after += kSecond;
  }
}

// Bytes of a file with `frames` frames of one byte.
uint64_t file_bytes(size_t frames) { return 28 + 4 + 32 + 36 * frames; }

TEST(CaptureFiles, WithoutRotationThereIsOneFileFromTheBeginning) {
  const TemporaryFolder folder;
  auto files = CaptureFiles::create(
      {.path = folder.path("a.pcapng"), .rotation = {}, .words = {}, .inputs = {}});
  ASSERT_TRUE(files);
  EXPECT_THAT(names_in(folder), ElementsAre("a.pcapng"));
  write_letters(*files, "abc");
  ASSERT_TRUE(files->finish());
  EXPECT_EQ(frames_in(folder.path("a.pcapng")), "abc");
  EXPECT_EQ(std::filesystem::file_size(folder.path("a.pcapng")), file_bytes(3));
}

TEST(CaptureFiles, NoFileIsLargerThanAskedFor) {
  const TemporaryFolder folder;
  auto files = CaptureFiles::create({.path = folder.path("a.pcapng"),
                                     .rotation = {.most_bytes = file_bytes(3)},
                                     .words = {},
                                     .inputs = {}});
  write_letters(*files, "abcdefg");
  ASSERT_TRUE(files->finish());
  EXPECT_THAT(names_in(folder),
              ElementsAre("a_00001_20261123T131547Z.pcapng", "a_00002_20261123T131550Z.pcapng",
                          "a_00003_20261123T131553Z.pcapng"));
  EXPECT_THAT(frames_in_each(folder), ElementsAre("abc", "def", "g"));
}

TEST(CaptureFiles, AFrameLargerThanAskedForStandsAlone) {
  const TemporaryFolder folder;
  auto files = CaptureFiles::create(
      {.path = folder.path("a.pcapng"), .rotation = {.most_bytes = 1}, .words = {}, .inputs = {}});
  write_letters(*files, "abc");
  ASSERT_TRUE(files->finish());
  EXPECT_THAT(frames_in_each(folder), ElementsAre("a", "b", "c"));
}

TEST(CaptureFiles, DurationIsPacketTimeSinceTheFilesFirstPacket) {
  const TemporaryFolder folder;
  auto files = CaptureFiles::create({.path = folder.path("a.pcapng"),
                                     .rotation = {.duration = 10 * kSecond},
                                     .words = {},
                                     .inputs = {}});
  const Bytes a = text("a"), b = text("b"), c = text("c"), d = text("d"), e = text("e");
  files->write(frame(a, 0));
  files->write(frame(b, 10 * kSecond - 1));
  files->write(frame(c, 10 * kSecond));
  files->write(frame(d, -3600 * kSecond));  // the clock was set back: no reason to rotate
  files->write(frame(e, 3600 * kSecond));
  ASSERT_TRUE(files->finish());
  EXPECT_THAT(frames_in_each(folder), ElementsAre("ab", "cd", "e"));
}

TEST(CaptureFiles, TheOldestOfThisRunGoesWhenThereWouldBeTooMany) {
  const TemporaryFolder folder;
  folder.write("a_00000_of_another_run.pcapng", text("kept"));
  auto files = CaptureFiles::create({.path = folder.path("a.pcapng"),
                                     .rotation = {.most_bytes = file_bytes(2), .most_files = 2},
                                     .words = {},
                                     .inputs = {}});
  write_letters(*files, "abcdefg");
  ASSERT_TRUE(files->finish());
  EXPECT_THAT(names_in(folder),
              ElementsAre("a_00000_of_another_run.pcapng", "a_00003_20261123T131551Z.pcapng",
                          "a_00004_20261123T131553Z.pcapng"));
  EXPECT_EQ(files->files_begun(), 4U);
}

TEST(CaptureFiles, CompressedFilesRotateByTheirSizeBeforeCompression) {
  const TemporaryFolder folder;
  auto files = CaptureFiles::create({.path = folder.path("a.pcapng.gz"),
                                     .rotation = {.most_bytes = file_bytes(4)},
                                     .words = {},
                                     .inputs = {}});
  write_letters(*files, "abcdefg");
  ASSERT_TRUE(files->finish());
  EXPECT_THAT(frames_in_each(folder), ElementsAre("abcd", "efg"));
}

TEST(CaptureFiles, WithRotationAndWithoutFramesThereIsNoFile) {
  const TemporaryFolder folder;
  auto files = CaptureFiles::create({.path = folder.path("a.pcapng"),
                                     .rotation = {.most_bytes = 100},
                                     .words = {},
                                     .inputs = {}});
  ASSERT_TRUE(files->finish());
  EXPECT_THAT(names_in(folder), ElementsAre());
}

TEST(CaptureFiles, DroppedPacketsStandInTheFileThatWasOpen) {
  const TemporaryFolder folder;
  auto files = CaptureFiles::create({.path = folder.path("a.pcapng"),
                                     .rotation = {.most_bytes = file_bytes(1)},
                                     .words = {},
                                     .inputs = {}});
  write_letters(*files, "a");
  files->add_dropped(3);
  files->add_dropped(2);
  write_letters(*files, "b");
  ASSERT_TRUE(files->finish());
  std::vector<std::optional<uint64_t>> dropped;
  for (const auto& name : names_in(folder)) dropped.push_back(read_file(folder.path(name)).dropped);
  EXPECT_THAT(dropped, ElementsAre(5U, 0U));
}

TEST(CaptureFiles, FlushedFramesCanBeReadBeforeTheEnd) {
  const TemporaryFolder folder;
  auto files = CaptureFiles::create(
      {.path = folder.path("a.pcapng"), .rotation = {}, .words = {}, .inputs = {}});
  write_letters(*files, "abc");
  files->flush();
  EXPECT_EQ(frames_in(folder.path("a.pcapng")), "abc");
}

TEST(CaptureFiles, AnInputIsNeverWrittenTo) {
  const TemporaryFolder folder;
  const std::string input = folder.write("a.pcapng", text("precious"));
  const auto files = CaptureFiles::create(
      {.path = input, .rotation = {}, .words = {}, .inputs = {*record::identity_of_input(input)}});
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().sentence, input + ": is an input as well; name another file with -w");
  EXPECT_EQ(std::filesystem::file_size(input), 8U);
}

TEST(CaptureFiles, AnInputThatARotatedNameMeetsIsNeverWrittenTo) {
  const TemporaryFolder folder;
  const std::string input = folder.write("a_00001_20261123T131547Z.pcapng", text("precious"));
  auto files = CaptureFiles::create({.path = folder.path("a.pcapng"),
                                     .rotation = {.most_bytes = 1000},
                                     .words = {},
                                     .inputs = {*record::identity_of_input(input)}});
  write_letters(*files, "ab");
  ASSERT_TRUE(files->fault());
  EXPECT_EQ(files->fault()->sentence, input + ": is an input as well; name another file with -w");
  EXPECT_FALSE(files->finish());
  EXPECT_EQ(std::filesystem::file_size(input), 8U);
}

TEST(CaptureFiles, AFolderThatIsNotThereIsTold) {
  const auto files = CaptureFiles::create(
      {.path = "/nowhere/a.pcapng", .rotation = {}, .words = {}, .inputs = {}});
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().sentence,
            "/nowhere/a.pcapng: cannot be created (No such file or directory); check the folder "
            "and its permissions");
}

TEST(CaptureFiles, AFullDiskIsToldAndEndsTheWriting) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
  auto files =
      CaptureFiles::create({.path = "/dev/full", .rotation = {}, .words = {}, .inputs = {}});
  write_letters(*files, "abc");
  files->flush();
  ASSERT_TRUE(files->fault());
  const auto finished = files->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().sentence,
            "/dev/full: could not be written on (No space left on device); what stands in it is "
            "kept, check the space left");
}

}  // namespace
}  // namespace kanaria::test
