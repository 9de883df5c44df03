// SPDX-License-Identifier: Apache-2.0
// What is written reads back the same through byte_source.h, plain and compressed.
#include "capture/byte_sink.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "capture/byte_source.h"
#include "tests/base/temporary_folder.h"

namespace kanaria::test {
namespace {

using testing::HasSubstr;

std::string read_back(const std::string& path) {
  const std::atomic<bool> stop{false};
  auto source = capture::open_bytes(path, stop);
  EXPECT_TRUE(source) << (source ? "" : source.error().sentence);
  std::string text;
  while ((*source)->fill(1)) {
    const auto window = (*source)->window();
    text.append(reinterpret_cast<const char*>(window.data()), window.size());
    (*source)->consume(window.size());
  }
  EXPECT_EQ((*source)->fault(), std::nullopt);
  return text;
}

// Neither constant nor incompressible, larger than any buffer on the way.
std::string long_text() {
  Random random(7);
  std::string text;
  while (text.size() < 1'500'000)
    text.append(1 + random.below(40), static_cast<char>('a' + random.below(26)));
  return text;
}

class EveryName : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(ByteSink, EveryName, testing::Values("plain", "packed.gz", "packed.zst"));

TEST_P(EveryName, ReadsBackWhatWasWrittenInManyPieces) {
  const TemporaryFolder folder;
  const std::string path = folder.path(GetParam());
  const std::string text = long_text();
  auto sink = capture::create_bytes(path);
  ASSERT_TRUE(sink);
  for (size_t at = 0; at < text.size(); at += 1000)
    (*sink)->write(std::string_view(text).substr(at, 1000));
  ASSERT_TRUE((*sink)->finish());
  EXPECT_EQ(read_back(path), text);
}

TEST_P(EveryName, ReadsBackOnePieceLargerThanTheBuffer) {
  const TemporaryFolder folder;
  const std::string path = folder.path(GetParam());
  const std::string text = long_text();
  auto sink = capture::create_bytes(path);
  ASSERT_TRUE(sink);
  (*sink)->write(std::string_view("before "));
  (*sink)->write(std::string_view(text));
  ASSERT_TRUE((*sink)->finish());
  EXPECT_EQ(read_back(path), "before " + text);
}

TEST_P(EveryName, IsReadableUpToTheLastFlushBeforeItEnds) {
  const TemporaryFolder folder;
  const std::string path = folder.path(GetParam());
  auto sink = capture::create_bytes(path);
  ASSERT_TRUE(sink);
  (*sink)->write(std::string_view("told at once"));
  (*sink)->flush();
  const std::atomic<bool> stop{false};
  auto source = capture::open_bytes(path, stop);
  ASSERT_TRUE(source);
  ASSERT_TRUE((*source)->fill(12));
  EXPECT_EQ(std::string((*source)->window().begin(), (*source)->window().end()), "told at once");
}

TEST(ByteSink, TellsWhyAFileCannotBeCreated) {
  const auto sink = capture::create_bytes("/nowhere/at/all.csv");
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().sentence,
            "/nowhere/at/all.csv: cannot be created (No such file or directory); check the folder "
            "and its permissions");
}

TEST(ByteSink, AFullDiskIsToldOnceAndEndsTheWriting) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
  auto sink = capture::create_bytes("/dev/full");
  ASSERT_TRUE(sink);
  const std::string text = long_text();
  (*sink)->write(std::string_view(text));
  (*sink)->write(std::string_view(text));
  const auto finished = (*sink)->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().sentence,
            "/dev/full: could not be written on (No space left on device); what stands in it is "
            "kept, check the space left");
  EXPECT_EQ((*sink)->written(), 0U);
}

}  // namespace
}  // namespace kanaria::test
