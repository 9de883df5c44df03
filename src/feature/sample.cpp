// SPDX-License-Identifier: Apache-2.0
#include "feature/sample.h"

#include <algorithm>
#include <cmath>

namespace kanaria::feature {
namespace {

void insertion_sort(std::span<double> values) {
  for (size_t i = 1; i < values.size(); ++i) {
    const double value = values[i];
    size_t at = i;
    for (; at > 0 && values[at - 1] > value; --at) values[at] = values[at - 1];
    values[at] = value;
  }
}

double percentile_of(std::span<const double> sorted, double q) {
  if (sorted.empty()) return 0.0;
  const double rank = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(rank);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

const std::array<double, MessageWindow::kMost>& Sample::sorted() const {
  if (sorted_size_ != size_) {
    std::copy_n(values_.begin(), size_, sorted_.begin());
    insertion_sort({sorted_.data(), size_});
    sorted_size_ = size_;
  }
  return sorted_;
}

double Sample::mean() const {
  double sum = 0;
  for (const double value : values()) sum += value;
  return empty() ? 0.0 : sum / static_cast<double>(size_);
}

double Sample::percentile(double q) const { return percentile_of({sorted().data(), size_}, q); }

double Sample::median_deviation() const {
  const double centre = median();
  std::array<double, MessageWindow::kMost> distances;
  for (size_t i = 0; i < size_; ++i) distances[i] = std::fabs(values_[i] - centre);
  insertion_sort({distances.data(), size_});
  return percentile_of({distances.data(), size_}, 0.5);
}

double Sample::burstiness() const {
  const double average = mean();
  if (average == 0) return 0.0;
  double squares = 0;
  for (const double value : values()) squares += (value - average) * (value - average);
  const double deviation = std::sqrt(squares / static_cast<double>(size_));
  return (deviation - average) / (deviation + average);
}

double Sample::distance_from_exponential() const {
  const double average = mean();
  if (average == 0) return 0.0;
  const auto count = static_cast<double>(size_);
  double distance = 0;
  for (size_t i = 0; i < size_; ++i) {
    const double expected = 1 - std::exp(-sorted()[i] / average);
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, expected - rank / count, (rank + 1) / count - expected});
  }
  return distance;
}

double Sample::share_within(double centre, double distance) const {
  return share_of([=](double value) { return std::fabs(value - centre) <= distance; });
}

}  // namespace kanaria::feature
