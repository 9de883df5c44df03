// SPDX-License-Identifier: Apache-2.0
#include "train/confusion.h"

#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

Confusion counts(uint64_t tp, uint64_t fn, uint64_t fp, uint64_t tn) {
  return {.true_positives = tp, .false_negatives = fn, .false_positives = fp, .true_negatives = tn};
}

// Recorded from scikit-learn 1.9.1 but for the rates it has no function for; the thesis prints the
// same figures where its own definitions are the standard ones.
TEST(Confusion, HasTheMeasuresOfTheThesissTable) {
  const Confusion table_4_3 = counts(160, 3, 2, 3992);
  EXPECT_EQ(table_4_3.cases(), 4157U);
  EXPECT_EQ(table_4_3.mining(), 163U);
  EXPECT_EQ(table_4_3.benign(), 3994U);
  EXPECT_EQ(table_4_3.found(), 162U);
  EXPECT_DOUBLE_EQ(table_4_3.accuracy(), 0.9987972095261005);
  EXPECT_DOUBLE_EQ(table_4_3.recall(), 0.9815950920245399);
  EXPECT_DOUBLE_EQ(table_4_3.precision(), 0.9876543209876543);
  EXPECT_DOUBLE_EQ(table_4_3.f1(), 0.9846153846153847);
  EXPECT_DOUBLE_EQ(table_4_3.mcc(), 0.9839945748841907);
  EXPECT_DOUBLE_EQ(table_4_3.false_positive_rate(), 2.0 / 3994);
  EXPECT_NEAR(table_4_3.false_positive_rate(), 0.0005, 5e-6);
  EXPECT_DOUBLE_EQ(table_4_3.error_rate(), 5.0 / 4157);
}

TEST(Confusion, AddsEachCaseToItsCell) {
  Confusion all;
  all.add(true, true);
  all.add(true, false, 2);
  all.add(false, true, 3);
  all.add(false, false, 4);
  EXPECT_EQ(all.true_positives, 1U);
  EXPECT_EQ(all.false_negatives, 2U);
  EXPECT_EQ(all.false_positives, 3U);
  EXPECT_EQ(all.true_negatives, 4U);
  all += counts(10, 20, 30, 40);
  EXPECT_EQ(all.true_positives, 11U);
  EXPECT_EQ(all.false_negatives, 22U);
  EXPECT_EQ(all.false_positives, 33U);
  EXPECT_EQ(all.true_negatives, 44U);
}

TEST(Confusion, ARatioWithoutCasesIsZero) {
  const Confusion none;
  EXPECT_EQ(none.recall(), 0);
  EXPECT_EQ(none.false_positive_rate(), 0);
  EXPECT_EQ(none.precision(), 0);
  EXPECT_EQ(none.f1(), 0);
  EXPECT_EQ(none.accuracy(), 0);
  EXPECT_EQ(none.error_rate(), 0);
  EXPECT_EQ(none.mcc(), 0);
}

TEST(Confusion, MatthewssCoefficientIsOneMinusOneAndZeroAtItsEnds) {
  EXPECT_EQ(counts(7, 0, 0, 9).mcc(), 1);
  EXPECT_EQ(counts(0, 7, 9, 0).mcc(), -1);
  EXPECT_EQ(counts(5, 5, 50, 50).mcc(), 0);  // a coin
  EXPECT_EQ(counts(10, 0, 90, 0).mcc(), 0);  // everybody accused
  EXPECT_EQ(counts(0, 10, 0, 90).mcc(), 0);  // nobody
  EXPECT_EQ(counts(0, 10, 0, 90).accuracy(), 0.9);
}

TEST(Confusion, MatthewssCoefficientHoldsForCountsWhoseProductIsBeyond64Bits) {
  const uint64_t million = 1'000'000;
  EXPECT_DOUBLE_EQ(counts(160 * million, 3 * million, 2 * million, 3992 * million).mcc(),
                   counts(160, 3, 2, 3992).mcc());
}

}  // namespace
}  // namespace kanaria::train
