// SPDX-License-Identifier: Apache-2.0
// Up to a window's worth of numbers, and what can be said of how they are distributed.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "feature/message_window.h"

namespace kanaria::feature {

// Numbers in the order they came. Everything said of an empty sample is 0.
class Sample {
 public:
  void add(double value) { values_[size_++] = value; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const double> values() const { return {values_.data(), size_}; }

  double mean() const;
  double median() const { return percentile(0.5); }
  // On the line between the order statistics around rank q·(n − 1).
  double percentile(double q) const;
  // Median distance from the median.
  double median_deviation() const;
  // (σ − μ)/(σ + μ), Goh & Barabási 2008; 0 when μ is 0.
  double burstiness() const;
  // Kolmogorov's distance between the values ÷ their mean and the exponential distribution.
  double distance_from_exponential() const;
  double share_within(double centre, double distance) const;

  template <typename Predicate>
  double share_of(Predicate predicate) const {
    size_t hits = 0;
    for (const double value : values()) hits += predicate(value) ? 1U : 0U;
    return empty() ? 0.0 : static_cast<double>(hits) / static_cast<double>(size_);
  }

 private:
  const std::array<double, MessageWindow::kMost>& sorted() const;

  std::array<double, MessageWindow::kMost> values_;
  mutable std::array<double, MessageWindow::kMost> sorted_;
  mutable size_t sorted_size_ = 0;
  size_t size_ = 0;
};

}  // namespace kanaria::feature
