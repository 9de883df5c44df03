// SPDX-License-Identifier: Apache-2.0
// Compiled once for each instruction set, into the namespace named by KANARIA_KERNEL. Nothing but
// primitive types in here: an inline function shared with other files could be linked in the wrong
// instruction set.
#include "nn/dense_kernel.h"

#include "nn/lane.h"

namespace kanaria::nn::KANARIA_KERNEL {
namespace {

// Sums kept in registers at once: enough to hide the latency of a multiply-add (4 cycles, 2 a
// cycle), few enough of the 16 registers that none is spilled (12 were, at half the speed).
constexpr size_t kAccumulators = 10;

// A block of kRows rows times kBlock lanes of outputs stays in registers while k runs.
template <size_t kRows, size_t kBlock>
inline void forward_block(const float* x, size_t k, size_t used_k, const float* w,
                          const float* bias, size_t n, float* y) {
  Lane sum[kRows][kBlock];
  for (size_t b = 0; b < kBlock; ++b) {
    const Lane start = bias != nullptr ? lane(bias + b * kLanes) : Lane{};
    for (size_t r = 0; r < kRows; ++r) sum[r][b] = start;
  }
  for (size_t i = 0; i < used_k; ++i) {
    for (size_t b = 0; b < kBlock; ++b) {
      const Lane weight = lane(w + i * n + b * kLanes);
      for (size_t r = 0; r < kRows; ++r) sum[r][b] += x[r * k + i] * weight;
    }
  }
  for (size_t r = 0; r < kRows; ++r)
    for (size_t b = 0; b < kBlock; ++b) lane(y + r * n + b * kLanes) = sum[r][b];
}

template <size_t kBlock>
inline void forward_columns(const float* x, size_t rows, size_t k, size_t used_k, const float* w,
                            const float* bias, size_t n, float* y) {
  constexpr size_t kRowsAtOnce = kAccumulators / kBlock;
  size_t r = 0;
  for (; r + kRowsAtOnce <= rows; r += kRowsAtOnce)
    forward_block<kRowsAtOnce, kBlock>(x + r * k, k, used_k, w, bias, n, y + r * n);
  for (; r < rows; ++r) forward_block<1, kBlock>(x + r * k, k, used_k, w, bias, n, y + r * n);
}

void forward(const float* x, size_t rows, size_t k, size_t used_k, const float* w,
             const float* bias, size_t n, float* y) {
  size_t at = 0;
  const auto columns_bias = [&](size_t column) {
    return bias == nullptr ? nullptr : bias + column;
  };
  for (; at + 3 * kLanes <= n; at += 3 * kLanes)
    forward_columns<3>(x, rows, k, used_k, w + at, columns_bias(at), n, y + at);
  if (at + 2 * kLanes <= n) {
    forward_columns<2>(x, rows, k, used_k, w + at, columns_bias(at), n, y + at);
    at += 2 * kLanes;
  }
  if (at < n) forward_columns<1>(x, rows, k, used_k, w + at, columns_bias(at), n, y + at);
}

template <size_t kInputs, size_t kBlock>
inline void gradient_block(const float* x, const float* dy, size_t rows, size_t k, size_t n,
                           float* dw) {
  Lane sum[kInputs][kBlock] = {};
  for (size_t r = 0; r < rows; ++r) {
    for (size_t b = 0; b < kBlock; ++b) {
      const Lane gradient = lane(dy + r * n + b * kLanes);
      for (size_t i = 0; i < kInputs; ++i) sum[i][b] += x[r * k + i] * gradient;
    }
  }
  for (size_t i = 0; i < kInputs; ++i)
    for (size_t b = 0; b < kBlock; ++b) lane(dw + i * n + b * kLanes) = sum[i][b];
}

template <size_t kBlock>
inline void gradient_columns(const float* x, const float* dy, size_t rows, size_t k, size_t used_k,
                             size_t n, float* dw) {
  constexpr size_t kInputsAtOnce = kAccumulators / kBlock;
  size_t i = 0;
  for (; i + kInputsAtOnce <= used_k; i += kInputsAtOnce)
    gradient_block<kInputsAtOnce, kBlock>(x + i, dy, rows, k, n, dw + i * n);
  for (; i < used_k; ++i) gradient_block<1, kBlock>(x + i, dy, rows, k, n, dw + i * n);
}

void weight_gradient(const float* x, const float* dy, size_t rows, size_t k, size_t used_k,
                     size_t n, float* dw, float* db) {
  size_t at = 0;
  for (; at + 3 * kLanes <= n; at += 3 * kLanes)
    gradient_columns<3>(x, dy + at, rows, k, used_k, n, dw + at);
  if (at + 2 * kLanes <= n) {
    gradient_columns<2>(x, dy + at, rows, k, used_k, n, dw + at);
    at += 2 * kLanes;
  }
  if (at < n) gradient_columns<1>(x, dy + at, rows, k, used_k, n, dw + at);
  for (size_t b = 0; b < n; b += kLanes) {
    Lane sum{};
    for (size_t r = 0; r < rows; ++r) sum += lane(dy + r * n + b);
    lane(db + b) = sum;
  }
}

}  // namespace

extern const DenseKernel kDenseKernel;
const DenseKernel kDenseKernel{forward, weight_gradient};

}  // namespace kanaria::nn::KANARIA_KERNEL
