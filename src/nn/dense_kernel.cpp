// SPDX-License-Identifier: Apache-2.0
// Compiled once for each instruction set, into the namespace named by KANARIA_KERNEL. Nothing but
// primitive types in here: an inline function shared with other files could be linked in the wrong
// instruction set.
#include "nn/dense_kernel.h"

#include "nn/lane.h"

namespace kanaria::nn::KANARIA_KERNEL {
namespace {

// The registers of the instruction set. Sums kept in them at once: enough to hide the latency of a
// multiply-add (4 cycles, 2 a cycle), few enough that none is spilled (of 16 registers 12 were, at
// half the speed).
#ifdef __AVX512F__
constexpr size_t kWideLanes = 16, kAccumulators = 20;
#else
constexpr size_t kWideLanes = kRegisterLanes, kAccumulators = 10;
#endif
// Rows at once: each needs its address in a register.
constexpr size_t kMostRows = 8;
typedef float WideLane
    __attribute__((vector_size(kWideLanes * sizeof(float)), aligned(4), may_alias));

struct Narrow {
  typedef Lane Vector;
  static constexpr size_t kWidth = kRegisterLanes;
};
struct Wide {
  typedef WideLane Vector;
  static constexpr size_t kWidth = kWideLanes;
};

template <typename L>
inline const typename L::Vector& vector_at(const float* at) {
  return *reinterpret_cast<const typename L::Vector*>(at);
}
template <typename L>
inline typename L::Vector& vector_at(float* at) {
  return *reinterpret_cast<typename L::Vector*>(at);
}

// A block of kRows rows times kBlock vectors of outputs stays in registers while k runs.
template <typename L, size_t kRows, size_t kBlock>
inline void forward_block(const float* x, size_t k, size_t used_k, const float* w,
                          const float* bias, size_t n, float* y) {
  using Vector = typename L::Vector;
  Vector sum[kRows][kBlock];
  for (size_t b = 0; b < kBlock; ++b) {
    const Vector start = bias != nullptr ? vector_at<L>(bias + b * L::kWidth) : Vector{};
    for (size_t r = 0; r < kRows; ++r) sum[r][b] = start;
  }
  for (size_t i = 0; i < used_k; ++i) {
    for (size_t b = 0; b < kBlock; ++b) {
      const Vector weight = vector_at<L>(w + i * n + b * L::kWidth);
      for (size_t r = 0; r < kRows; ++r) sum[r][b] += x[r * k + i] * weight;
    }
  }
  for (size_t r = 0; r < kRows; ++r)
    for (size_t b = 0; b < kBlock; ++b) vector_at<L>(y + r * n + b * L::kWidth) = sum[r][b];
}

// Rows that are left over go in blocks of half as many, and so on.
template <typename L, size_t kBlock,
          size_t kRows =
              kAccumulators /
              kBlock<kMostRows ? kAccumulators / kBlock : kMostRows> inline void forward_columns(
                  const float* x, size_t rows, size_t k, size_t used_k, const float* w,
                  const float* bias, size_t n, float* y) {
  size_t r = 0;
  for (; r + kRows <= rows; r += kRows)
    forward_block<L, kRows, kBlock>(x + r * k, k, used_k, w, bias, n, y + r * n);
  if constexpr (kRows > 1)
    if (r < rows)
      forward_columns<L, kBlock, kRows / 2>(x + r * k, rows - r, k, used_k, w, bias, n, y + r * n);
}

template <typename L, size_t kVectors>
struct ColumnBlock {
  typedef L Lanes;
  static constexpr size_t kBlock = kVectors;
};

// Cuts n columns into blocks of up to three vectors: work(block, first column).
template <typename Work>
inline void for_each_column_block(size_t n, const Work& work) {
  size_t at = 0;
  for (; at + 3 * kWideLanes <= n; at += 3 * kWideLanes) work(ColumnBlock<Wide, 3>{}, at);
  if (at + 2 * kWideLanes <= n) {
    work(ColumnBlock<Wide, 2>{}, at);
    at += 2 * kWideLanes;
  } else if (at + kWideLanes <= n) {
    work(ColumnBlock<Wide, 1>{}, at);
    at += kWideLanes;
  }
  if (at < n) work(ColumnBlock<Narrow, 1>{}, at);
}

void forward(const float* x, size_t rows, size_t k, size_t used_k, const float* w,
             const float* bias, size_t n, float* y) {
  for_each_column_block(n, [&](auto block, size_t at) {
    using Block = decltype(block);
    forward_columns<typename Block::Lanes, Block::kBlock>(
        x, rows, k, used_k, w + at, bias == nullptr ? nullptr : bias + at, n, y + at);
  });
}

template <typename L, size_t kInputs, size_t kBlock>
inline void gradient_block(const float* x, const float* dy, size_t rows, size_t k, size_t n,
                           float* dw) {
  using Vector = typename L::Vector;
  Vector sum[kInputs][kBlock] = {};
  for (size_t r = 0; r < rows; ++r) {
    for (size_t b = 0; b < kBlock; ++b) {
      const Vector gradient = vector_at<L>(dy + r * n + b * L::kWidth);
      for (size_t i = 0; i < kInputs; ++i) sum[i][b] += x[r * k + i] * gradient;
    }
  }
  for (size_t i = 0; i < kInputs; ++i)
    for (size_t b = 0; b < kBlock; ++b) vector_at<L>(dw + i * n + b * L::kWidth) = sum[i][b];
}

template <typename L, size_t kBlock, size_t kInputs = kAccumulators / kBlock>
inline void gradient_columns(const float* x, const float* dy, size_t rows, size_t k, size_t used_k,
                             size_t n, float* dw) {
  size_t i = 0;
  for (; i + kInputs <= used_k; i += kInputs)
    gradient_block<L, kInputs, kBlock>(x + i, dy, rows, k, n, dw + i * n);
  if constexpr (kInputs > 1)
    if (i < used_k)
      gradient_columns<L, kBlock, kInputs / 2>(x + i, dy, rows, k, used_k - i, n, dw + i * n);
}

template <typename L, size_t kBlock>
inline void sum_of_rows(const float* dy, size_t rows, size_t n, float* db) {
  typename L::Vector sum[kBlock] = {};
  for (size_t r = 0; r < rows; ++r)
    for (size_t b = 0; b < kBlock; ++b) sum[b] += vector_at<L>(dy + r * n + b * L::kWidth);
  for (size_t b = 0; b < kBlock; ++b) vector_at<L>(db + b * L::kWidth) = sum[b];
}

void weight_gradient(const float* x, const float* dy, size_t rows, size_t k, size_t used_k,
                     size_t n, float* dw, float* db) {
  for_each_column_block(n, [&](auto block, size_t at) {
    using Block = decltype(block);
    using L = typename Block::Lanes;
    gradient_columns<L, Block::kBlock>(x, dy + at, rows, k, used_k, n, dw + at);
    sum_of_rows<L, Block::kBlock>(dy + at, rows, n, db + at);
  });
}

// Perfect shuffles of the halves of as many rows as a register has lanes transpose them. One
// element at a time took 10 % of a step of 32 rows (bench/mlp_benchmark, train_step_corner).
inline void transpose_block(Lane (&rows)[kRegisterLanes]) {
  for (size_t rounds = 1; rounds < kRegisterLanes; rounds *= 2) {
    Lane next[kRegisterLanes];
    for (size_t i = 0; i < kRegisterLanes / 2; ++i) {
      const Lane one = rows[i], other = rows[i + kRegisterLanes / 2];
#ifdef __AVX__
      next[2 * i] = __builtin_shufflevector(one, other, 0, 8, 1, 9, 2, 10, 3, 11);
      next[2 * i + 1] = __builtin_shufflevector(one, other, 4, 12, 5, 13, 6, 14, 7, 15);
#else
      next[2 * i] = __builtin_shufflevector(one, other, 0, 4, 1, 5);
      next[2 * i + 1] = __builtin_shufflevector(one, other, 2, 6, 3, 7);
#endif
    }
    for (size_t i = 0; i < kRegisterLanes; ++i) rows[i] = next[i];
  }
}

void transpose(const float* w, size_t rows, size_t n, float* transposed) {
  const size_t k = padded(rows);
  for (size_t first = 0; first < k; first += kRegisterLanes) {
    for (size_t column = 0; column < n; column += kRegisterLanes) {
      Lane block[kRegisterLanes] = {};
      for (size_t r = 0; r < kRegisterLanes && first + r < rows; ++r)
        block[r] = lane(w + (first + r) * n + column);
      transpose_block(block);
      for (size_t c = 0; c < kRegisterLanes; ++c)
        lane(transposed + (column + c) * k + first) = block[c];
    }
  }
}

}  // namespace

extern const DenseKernel kDenseKernel;
const DenseKernel kDenseKernel{forward, weight_gradient, transpose};

}  // namespace kanaria::nn::KANARIA_KERNEL
