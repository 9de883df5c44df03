// SPDX-License-Identifier: Apache-2.0
// A vector of kLanes floats, for the kernels alone: each of them is compiled once for every
// instruction set, so these functions are static lest the linker merges two sets' copies.
#pragma once

#include "nn/dense_kernel.h"

namespace kanaria::nn {

typedef float Lane __attribute__((vector_size(kLanes * sizeof(float)), aligned(4), may_alias));

static inline const Lane& lane(const float* at) { return *reinterpret_cast<const Lane*>(at); }
static inline Lane& lane(float* at) { return *reinterpret_cast<Lane*>(at); }

}  // namespace kanaria::nn
