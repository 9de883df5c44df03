// SPDX-License-Identifier: Apache-2.0
// Matrices as the kernels take them (rows padded to kLanes, padding zero), filled at random.
#pragma once

#include <vector>

#include "base/random.h"
#include "nn/dense_kernel.h"

namespace kanaria::nn {

struct PaddedMatrix {
  size_t rows;
  size_t columns;
  std::vector<float> values;  // [rows, padded(columns)]

  PaddedMatrix(size_t row_count, size_t column_count)
      : rows(row_count), columns(column_count), values(row_count * padded(column_count), 0.0F) {}
  PaddedMatrix(size_t row_count, size_t column_count, Random& random)
      : PaddedMatrix(row_count, column_count) {
    for (size_t r = 0; r < rows; ++r)
      for (size_t c = 0; c < columns; ++c) at(r, c) = static_cast<float>(random.uniform(-2, 2));
  }

  size_t stride() const { return padded(columns); }
  float& at(size_t row, size_t column) { return values[row * stride() + column]; }
  float at(size_t row, size_t column) const { return values[row * stride() + column]; }
  float* data() { return values.data(); }
  const float* data() const { return values.data(); }
};

}  // namespace kanaria::nn
