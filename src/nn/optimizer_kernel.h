// SPDX-License-Identifier: Apache-2.0
// One step of each optimizer over all parameters, for one instruction set. Coefficients come from
// Optimizer, which knows the step number; element i of every array belongs to parameter i. A
// parameter whose value, gradient and state are 0 stays 0, so padding does.
#pragma once

#include <cstddef>

namespace kanaria::nn {

inline constexpr float kRmspropRho = 0.9F;
inline constexpr float kBeta1 = 0.9F;
inline constexpr float kBeta2 = 0.999F;
inline constexpr float kOptimizerEpsilon = 1e-7F;  // keras.backend.epsilon()

struct OptimizerStep {
  float rate;  // what the direction is multiplied with
  float keep;  // what the parameter is multiplied with: 1 - learning rate * weight decay
};

// Nadam's direction is (gradient * of_gradient + moment * of_moment) / sqrt(square * of_square).
struct NadamStep {
  float of_gradient;
  float of_moment;
  float of_square;
};

struct OptimizerKernel {
  void (*sgd)(OptimizerStep step, size_t count, const float* gradient, float* parameter);
  void (*rmsprop)(OptimizerStep step, size_t count, const float* gradient, float* square,
                  float* parameter);
  void (*adagrad)(OptimizerStep step, size_t count, const float* gradient, float* square,
                  float* parameter);
  void (*adam)(OptimizerStep step, size_t count, const float* gradient, float* moment,
               float* square, float* parameter);
  void (*nadam)(OptimizerStep step, NadamStep nadam, size_t count, const float* gradient,
                float* moment, float* square, float* parameter);
};

}  // namespace kanaria::nn
