// SPDX-License-Identifier: Apache-2.0
// A vector of floats as wide as a register, for the kernels alone: each of them is compiled once
// for every instruction set, so these functions are static lest the linker merges two sets' copies.
#pragma once

#include "nn/dense_kernel.h"

namespace kanaria::nn {

// A divisor of kLanes. Vectors wider than a register were 10 times slower: the compiler takes them
// apart through memory (bench/mlp_benchmark, score_ours with KANARIA_SIMD=baseline).
#ifdef __AVX__
inline constexpr size_t kRegisterLanes = 8;
#else
inline constexpr size_t kRegisterLanes = 4;
#endif
typedef float Lane
    __attribute__((vector_size(kRegisterLanes * sizeof(float)), aligned(4), may_alias));

static inline const Lane& lane(const float* at) { return *reinterpret_cast<const Lane*>(at); }
static inline Lane& lane(float* at) { return *reinterpret_cast<Lane*>(at); }

}  // namespace kanaria::nn
