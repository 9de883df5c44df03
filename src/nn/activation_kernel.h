// SPDX-License-Identifier: Apache-2.0
// Activations and their slopes over whole rows, for one instruction set. `count` is a multiple of
// kLanes; a value's result never depends on its neighbours; 0 stays 0, so padding does.
#pragma once

#include <cstddef>

namespace kanaria::nn {

struct ActivationKernel {
  // values = f(values). tanh is within 1.5e-7 of the true one, and NaN where its input is.
  void (*relu)(float* values, size_t count);
  void (*tanh)(float* values, size_t count);
  void (*softsign)(float* values, size_t count);
  // gradient *= f'(x), where outputs = f(x).
  void (*relu_slope)(const float* outputs, float* gradient, size_t count);
  void (*tanh_slope)(const float* outputs, float* gradient, size_t count);
  void (*softsign_slope)(const float* outputs, float* gradient, size_t count);
};

}  // namespace kanaria::nn
