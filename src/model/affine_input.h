// SPDX-License-Identifier: Apache-2.0
// Scaling of a row as exporters spell it: Sub, Add, Mul and Div by constants in any order, gathered
// as (x - mean) / scale. Sub and Div once each keep every bit.
#pragma once

#include <span>
#include <vector>

namespace kanaria::model {

class AffineInput {
 public:
  // Each of `values` is for one column, a single one for all. False: for another number of columns.
  bool subtract(std::span<const float> values) {  // (x - m)/s - c = (x - (m + c s))/s
    return combine(values, mean_, [](double m, double s, double c) { return m + c * s; });
  }
  bool add(std::span<const float> values) {
    return combine(values, mean_, [](double m, double s, double c) { return m - c * s; });
  }
  bool divide(std::span<const float> values) {
    return combine(values, scale_, [](double, double s, double c) { return s * c; });
  }
  bool multiply(std::span<const float> values) {
    return combine(values, scale_, [](double, double s, double c) { return s / c; });
  }

  std::vector<float> mean(size_t columns) const { return widened(mean_, columns); }
  std::vector<float> scale(size_t columns) const { return widened(scale_, columns); }
  // How many columns the constants were for; 1: any number.
  size_t columns() const { return mean_.size(); }

 private:
  static double at(std::span<const double> values, size_t column) {
    return values[values.size() == 1 ? 0 : column];
  }
  static std::vector<float> widened(std::span<const double> values, size_t columns) {
    std::vector<float> result;
    for (size_t c = 0; c < columns; ++c) result.push_back(static_cast<float>(at(values, c)));
    return result;
  }

  bool combine(std::span<const float> values, std::vector<double>& changed,
               double (*step)(double mean, double scale, double constant)) {
    if (values.size() != columns() && values.size() != 1 && columns() != 1) return false;
    if (values.size() > columns()) {
      mean_.assign(values.size(), mean_.front());
      scale_.assign(values.size(), scale_.front());
    }
    for (size_t c = 0; c < columns(); ++c)
      changed[c] =
          step(mean_[c], scale_[c], static_cast<double>(values[values.size() == 1 ? 0 : c]));
    return true;
  }

  std::vector<double> mean_{0.0};
  std::vector<double> scale_{1.0};
};

}  // namespace kanaria::model
