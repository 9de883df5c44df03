// SPDX-License-Identifier: Apache-2.0
// Loss and gradient of a batch: binary cross-entropy on the logit, back through the dense layers.
#pragma once

#include <span>
#include <vector>

#include "nn/mlp.h"
#include "nn/simd.h"

namespace kanaria::nn {

struct LossAndSlope {
  float loss;   // -[y log s(z) + (1 - y) log(1 - s(z))], safe for any z
  float slope;  // dLoss/dz = s(z) - y
};
LossAndSlope cross_entropy(float logit, float label);
// 1 / (1 + e^-z)
float sigmoid(float logit);

// Holds activations and gradients of one batch; one instance a thread.
class Backprop {
 public:
  Backprop(const Mlp& mlp, Simd simd, size_t largest_batch);

  // `x`: [rows, padded(inputs)] scaled inputs, padding zero; `labels`: [rows] 0 or 1; `weights`:
  // [rows], or empty for 1 each. `gradient`: the parameters' size, overwritten. Returns the mean
  // weighted loss.
  double gradient(const Mlp& mlp, std::span<const float> x, std::span<const float> labels,
                  std::span<const float> weights, std::span<float> gradient);
  // Logits of the last gradient() call's rows.
  float logit(size_t row) const { return outputs_.back()[row * kLanes]; }

 private:
  void forward(const Mlp& mlp, const float* x, size_t rows);

  Simd simd_;
  std::vector<std::vector<float>> outputs_;  // of each layer: [rows, row length]
  std::vector<float> delta_;                 // dLoss/dOutput of the layer at hand
  std::vector<float> next_delta_;
  std::vector<float> transposed_;  // weights of the layer at hand: [row length, padded inputs]
};

}  // namespace kanaria::nn
