// SPDX-License-Identifier: Apache-2.0
#include "report/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample_report.h"

namespace kanaria::report {
namespace {

TEST(Output, WritesInOrder) {
  CaughtOutput caught;
  caught.output().write("one\n");
  caught.output().write("two\n");
  EXPECT_EQ(caught.text(), "one\ntwo\n");
  EXPECT_FALSE(caught.output().fault());
}

TEST(Output, KeepsTheFirstFailureAndWritesNoMore) {
  std::FILE* full = std::fopen("/dev/full", "w");
  ASSERT_NE(full, nullptr);
  Output output(full);
  output.write("lost\n");
  output.flush();
  ASSERT_TRUE(output.fault());
  EXPECT_EQ(output.fault()->sentence,
            "results could not be written (No space left on device); check the space left and the "
            "reader of the pipe");
  errno = EBADF;
  output.write(std::string(1 << 20, 'x'));
  output.flush();
  EXPECT_THAT(output.fault()->sentence, testing::HasSubstr("No space left on device"));
  std::fclose(full);
}

TEST(Output, NoticesAFailureWithinALargeWrite) {
  std::FILE* full = std::fopen("/dev/full", "w");
  ASSERT_NE(full, nullptr);
  Output output(full);
  output.write(std::string(1 << 20, 'x'));
  EXPECT_TRUE(output.fault());
  std::fclose(full);
}

}  // namespace
}  // namespace kanaria::report
