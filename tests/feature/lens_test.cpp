// SPDX-License-Identifier: Apache-2.0
#include "feature/lens.h"

#include <gtest/gtest.h>

namespace kanaria::feature {
namespace {

TEST(Lens, IsMadeByItsName) {
  EXPECT_EQ(lens_names().size(), 4U);
  for (const std::string_view name : lens_names()) EXPECT_EQ((*make_lens(name, {}))->name(), name);
}

TEST(Lens, UnknownNameIsAnsweredWithTheKnownOnes) {
  const auto lens = make_lens("rythm", {});
  ASSERT_FALSE(lens);
  EXPECT_EQ(lens.error().sentence,
            "unknown lens 'rythm': choose one of rhythm, pair, lengths, header");
}

TEST(RowBatch, NewRowsAreZero) {
  RowBatch rows{.width = 3, .values = {}, .origins = {}};
  rows.append({})[0] = 1;
  rows.clear();
  EXPECT_EQ(rows.append({})[0], 0);
  EXPECT_EQ(rows.rows(), 1U);
}

}  // namespace
}  // namespace kanaria::feature
