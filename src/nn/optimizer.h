// SPDX-License-Identifier: Apache-2.0
// The optimizers of the thesis's grid (Table 3.2) and plain SGD, with the update rules, defaults
// and placing of epsilon of Keras 2.1.4 (keras/optimizers.py).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "nn/simd.h"

namespace kanaria::nn {

enum class OptimizerKind : uint8_t {
  kSgd,      // without momentum
  kRmsprop,  // Tieleman & Hinton 2012; rho 0.9
  kAdagrad,  // Duchi et al. 2011
  kAdam,     // Kingma & Ba 2015; beta 0.9 and 0.999
  kNadam,    // Dozat 2016; beta as Adam, schedule decay 0.004
};

// "sgd" "rmsprop" "adagrad" "adam" "nadam"
std::string_view name(OptimizerKind kind);
std::optional<OptimizerKind> optimizer_named(std::string_view name);
// Keras 2.1.4's: 0.01, 0.001, 0.01, 0.001, 0.002.
double default_learning_rate(OptimizerKind kind);

// Holds what the optimizer remembers of each parameter; one instance a training.
class Optimizer {
 public:
  // `weight_decay`: each step shrinks every parameter by learning rate * weight decay of itself,
  // apart from the gradient (Loshchilov & Hutter 2019); 0 is Keras's optimizer.
  Optimizer(OptimizerKind kind, size_t parameters, double learning_rate, double weight_decay,
            Simd simd);

  void set_learning_rate(double learning_rate) { learning_rate_ = learning_rate; }
  // Moves `parameters` against `gradient`. Requires: both have the size given at construction.
  void step(std::span<float> parameters, std::span<const float> gradient);

 private:
  NadamStep next_nadam_step();

  OptimizerKind kind_;
  const OptimizerKernel* kernel_;
  double learning_rate_;
  double weight_decay_;
  uint64_t steps_ = 0;
  float momentum_product_ = 1.0F;  // Nadam's; float32 as in Keras
  std::vector<float> moment_;      // of Adam and Nadam
  std::vector<float> square_;      // of all but SGD
};

}  // namespace kanaria::nn
