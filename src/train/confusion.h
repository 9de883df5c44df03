// SPDX-License-Identifier: Apache-2.0
// The confusion matrix of the thesis's Table 4.3 and what follows from it, by the standard
// definitions (docs/thesis.md lists where the thesis's own differ). A ratio whose denominator is 0
// is 0.
#pragma once

#include <cmath>
#include <cstdint>

namespace kanaria::train {

struct Confusion {
  uint64_t true_positives = 0;
  uint64_t false_negatives = 0;
  uint64_t false_positives = 0;
  uint64_t true_negatives = 0;

  void add(bool mining, bool found, uint64_t cases = 1) {
    uint64_t& cell = mining ? (found ? true_positives : false_negatives)
                            : (found ? false_positives : true_negatives);
    cell += cases;
  }
  Confusion& operator+=(const Confusion& other) {
    true_positives += other.true_positives;
    false_negatives += other.false_negatives;
    false_positives += other.false_positives;
    true_negatives += other.true_negatives;
    return *this;
  }

  uint64_t mining() const { return true_positives + false_negatives; }
  uint64_t benign() const { return false_positives + true_negatives; }
  uint64_t found() const { return true_positives + false_positives; }
  uint64_t cases() const { return mining() + benign(); }

  double recall() const { return ratio(true_positives, mining()); }
  double false_positive_rate() const { return ratio(false_positives, benign()); }
  double precision() const { return ratio(true_positives, found()); }
  double f1() const {
    return ratio(2 * true_positives, 2 * true_positives + false_positives + false_negatives);
  }
  double accuracy() const { return ratio(true_positives + true_negatives, cases()); }
  double error_rate() const { return ratio(false_positives + false_negatives, cases()); }
  // Matthews 1975: -1 … 1, 0 for guessing, whatever the share of mining.
  double mcc() const {
    const auto tp = static_cast<double>(true_positives), fn = static_cast<double>(false_negatives);
    const auto fp = static_cast<double>(false_positives), tn = static_cast<double>(true_negatives);
    const double scale = std::sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
    return scale == 0 ? 0.0 : (tp * tn - fp * fn) / scale;
  }

 private:
  static double ratio(uint64_t part, uint64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  }
};

}  // namespace kanaria::train
