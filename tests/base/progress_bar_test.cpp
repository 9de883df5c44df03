// SPDX-License-Identifier: Apache-2.0
#include "base/progress_bar.h"

#include <gtest/gtest.h>

namespace kanaria {
namespace {

TEST(ProgressBar, IsSilentWhenStderrIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    ProgressBar bar("reading", 100);
    for (uint64_t amount = 0; amount <= 100; ++amount) bar.update(amount, "a note");
    bar.finish();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace kanaria
