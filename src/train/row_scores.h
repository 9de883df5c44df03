// SPDX-License-Identifier: Apache-2.0
// How well rows are told apart: the confusion matrix of the thesis's Table 4.3 and what follows
// from it, by the standard definitions (docs/thesis.md lists where the thesis's own differ).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/model.h"
#include "nn/simd.h"
#include "train/data_set.h"

namespace kanaria::train {

struct Confusion {
  uint64_t true_positives = 0;
  uint64_t false_negatives = 0;
  uint64_t false_positives = 0;
  uint64_t true_negatives = 0;

  double recall() const { return ratio(true_positives, true_positives + false_negatives); }
  double false_positive_rate() const {
    return ratio(false_positives, false_positives + true_negatives);
  }
  double precision() const { return ratio(true_positives, true_positives + false_positives); }
  double f1() const {
    return ratio(2 * true_positives, 2 * true_positives + false_positives + false_negatives);
  }
  double accuracy() const {
    const uint64_t right = true_positives + true_negatives;
    return ratio(right, right + false_positives + false_negatives);
  }

 private:
  static double ratio(uint64_t part, uint64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  }
};

// Logits of the given rows, in their order.
std::vector<float> logits_of(const model::Model& model, const DataSet& data,
                             std::span<const uint32_t> rows, nn::Simd simd);
Confusion confusion(std::span<const float> logits, const DataSet& data,
                    std::span<const uint32_t> rows, float threshold);

}  // namespace kanaria::train
