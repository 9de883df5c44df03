// SPDX-License-Identifier: Apache-2.0
// Compiled once for each instruction set, into the namespace named by KANARIA_KERNEL; nothing but
// primitive types in here (dense_kernel.cpp says why). The compiler turns these loops into vectors.
#include "nn/optimizer_kernel.h"

namespace kanaria::nn::KANARIA_KERNEL {
namespace {

inline float decayed(float keep, float before, float now) {
  return keep * before + (1.0F - keep) * now;
}

void sgd(OptimizerStep step, size_t count, const float* __restrict gradient,
         float* __restrict parameter) {
  for (size_t i = 0; i < count; ++i)
    parameter[i] = step.keep * parameter[i] - step.rate * gradient[i];
}

void rmsprop(OptimizerStep step, size_t count, const float* __restrict gradient,
             float* __restrict square, float* __restrict parameter) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float a = decayed(kRmspropRho, square[i], g * g);
    square[i] = a;
    parameter[i] =
        step.keep * parameter[i] - step.rate * g / (__builtin_sqrtf(a) + kOptimizerEpsilon);
  }
}

void adagrad(OptimizerStep step, size_t count, const float* __restrict gradient,
             float* __restrict square, float* __restrict parameter) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float a = square[i] + g * g;
    square[i] = a;
    parameter[i] =
        step.keep * parameter[i] - step.rate * g / (__builtin_sqrtf(a) + kOptimizerEpsilon);
  }
}

void adam(OptimizerStep step, size_t count, const float* __restrict gradient,
          float* __restrict moment, float* __restrict square, float* __restrict parameter) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float m = decayed(kBeta1, moment[i], g);
    const float v = decayed(kBeta2, square[i], g * g);
    moment[i] = m;
    square[i] = v;
    parameter[i] =
        step.keep * parameter[i] - step.rate * m / (__builtin_sqrtf(v) + kOptimizerEpsilon);
  }
}

void nadam(OptimizerStep step, NadamStep nadam, size_t count, const float* __restrict gradient,
           float* __restrict moment, float* __restrict square, float* __restrict parameter) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float m = decayed(kBeta1, moment[i], g);
    const float v = decayed(kBeta2, square[i], g * g);
    moment[i] = m;
    square[i] = v;
    const float direction = nadam.of_gradient * g + nadam.of_moment * m;
    parameter[i] =
        step.keep * parameter[i] -
        step.rate * direction / (__builtin_sqrtf(nadam.of_square * v) + kOptimizerEpsilon);
  }
}

}  // namespace

extern const OptimizerKernel kOptimizerKernel;
const OptimizerKernel kOptimizerKernel{sgd, rmsprop, adagrad, adam, nadam};

}  // namespace kanaria::nn::KANARIA_KERNEL
