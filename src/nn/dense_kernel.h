// SPDX-License-Identifier: Apache-2.0
// The products of a dense layer, for one instruction set (ADR 003). Matrices are row-major
// float32 whose row length is padded to a multiple of kLanes; padding is zero and stays zero.
// A row's result never depends on which rows stand beside it, nor on how many.
#pragma once

#include <cstddef>

namespace kanaria::nn {

inline constexpr size_t kLanes = 8;
constexpr size_t padded(size_t width) { return (width + kLanes - 1) / kLanes * kLanes; }

struct DenseKernel {
  // y[rows, n] = x[rows, k] w[k, n] + bias[n] (bias may be null: 0). n is padded; k is x's padded
  // row length, of which the first `used_k` columns count.
  void (*forward)(const float* x, size_t rows, size_t k, size_t used_k, const float* w,
                  const float* bias, size_t n, float* y);
  // dw[used_k, n] = x[rows, k]^T dy[rows, n], db[n] = column sums of dy.
  void (*weight_gradient)(const float* x, const float* dy, size_t rows, size_t k, size_t used_k,
                          size_t n, float* dw, float* db);
  // transposed[n, padded(rows)] = w[rows, n]^T; n is padded.
  void (*transpose)(const float* w, size_t rows, size_t n, float* transposed);
};

}  // namespace kanaria::nn
