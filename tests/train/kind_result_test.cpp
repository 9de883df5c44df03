// SPDX-License-Identifier: Apache-2.0
#include "train/kind_result.h"

#include <gtest/gtest.h>

#include "tests/train/labelled_rows.h"

namespace kanaria::train {
namespace {

KindResult kind(bool mining, uint64_t connections, uint64_t found) {
  KindResult kind;
  kind.mining = mining;
  kind.connections = connections;
  kind.found = found;
  return kind;
}

TEST(MacroRecall, IsTheMeanOfKindsThatAreLargeEnough) {
  const std::vector<KindResult> kinds{kind(true, 1000, 1000), kind(true, 10, 5), kind(true, 9, 0),
                                      kind(false, 500, 0)};
  EXPECT_EQ(macro_recall(kinds), 0.75);
}

TEST(MacroRecall, IsNothingWithoutSuchAKind) {
  EXPECT_EQ(macro_recall(std::vector<KindResult>{kind(true, 9, 9)}), std::nullopt);
}

TEST(ByKind, CountsFoundUndecidedAndHoursOfEachClassApart) {
  const DataSet data = labelled_rows({{.mining = true, .kind = "a"},
                                      {.mining = true, .kind = "a"},
                                      {.mining = false, .kind = "a"},
                                      {.mining = true, .kind = "b"}});
  Evaluation evaluation;
  const auto add = [&](uint32_t messages, detect::Verdict verdict) {
    const auto place = static_cast<uint32_t>(evaluation.connections.size());
    evaluation.connections.push_back(
        {place, messages, verdict, 0, std::nullopt, {{0}, {1800 * kSecond}, {messages, 0}}});
  };
  add(30, detect::Verdict::kMining);
  add(30, detect::Verdict::kUndecided);
  add(30, detect::Verdict::kMining);
  add(23, detect::Verdict::kMining);
  const auto kinds = by_kind(data, evaluation, {}, 24);
  ASSERT_EQ(kinds.size(), 2U) << "that of too few messages is not counted";
  EXPECT_TRUE(kinds[0].mining);
  EXPECT_EQ(kinds[0].connections, 2U);
  EXPECT_EQ(kinds[0].found, 1U);
  EXPECT_EQ(kinds[0].undecided, 1U);
  EXPECT_DOUBLE_EQ(kinds[0].hours, 1);
  EXPECT_FALSE(kinds[1].mining);
  EXPECT_EQ(kinds[1].found, 1U);
}

}  // namespace
}  // namespace kanaria::train
