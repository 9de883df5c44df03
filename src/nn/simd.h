// SPDX-License-Identifier: Apache-2.0
// Which instruction set the kernels run on. The best one of the processor, unless the environment
// variable KANARIA_SIMD names another ("baseline", "v3", "v4"). Results are the same bytes within
// one, and on v3 and v4; the baseline rounds otherwise, as it has no fused multiply-add.
#pragma once

#include <string_view>

#include "base/result.h"
#include "nn/activation_kernel.h"
#include "nn/dense_kernel.h"
#include "nn/optimizer_kernel.h"

namespace kanaria::nn {

struct Simd {
  std::string_view name;
  const DenseKernel* dense;
  const ActivationKernel* activation;
  const OptimizerKernel* optimizer;
};

// Fails with a sentence when KANARIA_SIMD names a set that is unknown or not in this processor.
Result<Simd> choose_simd();

}  // namespace kanaria::nn
