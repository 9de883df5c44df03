// SPDX-License-Identifier: Apache-2.0
// Adam (Kingma & Ba 2015) with Keras 2.1.4's defaults and its placing of epsilon.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kanaria::nn {

class Adam {
 public:
  explicit Adam(size_t parameters, double learning_rate = 0.001, double weight_decay = 0.0);

  void set_learning_rate(double learning_rate) { learning_rate_ = learning_rate; }
  void step(std::span<float> parameters, std::span<const float> gradient);

 private:
  double learning_rate_;
  double weight_decay_;  // decoupled (Loshchilov & Hutter 2019); 0 is Keras's Adam
  uint64_t steps_ = 0;
  std::vector<float> first_moment_;
  std::vector<float> second_moment_;
};

}  // namespace kanaria::nn
