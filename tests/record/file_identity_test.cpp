// SPDX-License-Identifier: Apache-2.0
#include "record/file_identity.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/base/bytes.h"
#include "tests/base/temporary_folder.h"

namespace kanaria::test {
namespace {

TEST(FileIdentity, IsThatOfTheFileWhateverItsName) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a", text("x")), link = folder.path("link");
  std::filesystem::create_symlink(file, link);
  std::filesystem::create_hard_link(file, folder.path("hard"));
  ASSERT_TRUE(record::identity_of_input(file));
  EXPECT_EQ(record::identity_of_input(file), record::identity_of_output(link));
  EXPECT_EQ(record::identity_of_input(file), record::identity_of_output(folder.path("hard")));
  EXPECT_NE(record::identity_of_input(file),
            record::identity_of_output(folder.write("b", text("x"))));
}

TEST(FileIdentity, IsNothingForWhatHoldsNoBytes) {
  const TemporaryFolder folder;
  EXPECT_EQ(record::identity_of_output(folder.path("nothing")), std::nullopt);
  EXPECT_EQ(record::identity_of_output("/dev/null"), std::nullopt);
  EXPECT_EQ(record::identity_of_input(folder.path(".")), std::nullopt);
}

}  // namespace
}  // namespace kanaria::test
