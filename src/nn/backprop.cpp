// SPDX-License-Identifier: Apache-2.0
#include "nn/backprop.h"

#include <algorithm>
#include <cmath>

namespace kanaria::nn {

LossAndSlope cross_entropy(float logit, float label) {
  const float tail = std::exp(-std::fabs(logit));  // the one exponential both need, never above 1
  const float probability = (logit >= 0 ? 1.0F : tail) / (1.0F + tail);
  return {std::max(logit, 0.0F) - logit * label + std::log1p(tail), probability - label};
}

float sigmoid(float logit) { return 1.0F / (1.0F + std::exp(-logit)); }

Backprop::Backprop(const Mlp& mlp, Simd simd, size_t largest_batch) : simd_(simd) {
  size_t widest = padded(mlp.inputs());
  size_t most_weights = 0;
  for (const DenseLayer& layer : mlp.layers()) {
    outputs_.emplace_back(largest_batch * layer.row_length());
    widest = std::max(widest, layer.row_length());
    most_weights = std::max(most_weights, layer.row_length() * padded(layer.inputs));
  }
  delta_.resize(largest_batch * widest);
  next_delta_.resize(largest_batch * widest);
  transposed_.resize(most_weights);
}

void Backprop::forward(const Mlp& mlp, const float* x, size_t rows) {
  const float* parameters = mlp.parameters().data();
  size_t k = padded(mlp.inputs());
  for (size_t l = 0; l < mlp.layers().size(); ++l) {
    const DenseLayer& layer = mlp.layers()[l];
    float* y = outputs_[l].data();
    simd_.dense->forward(x, rows, k, layer.inputs, parameters + layer.weights_at,
                         parameters + layer.bias_at, layer.row_length(), y);
    k = layer.row_length();
    activate(*simd_.activation, layer.activation, {y, rows * k});
    x = y;
  }
}

double Backprop::gradient(const Mlp& mlp, std::span<const float> x, std::span<const float> labels,
                          std::span<const float> weights, std::span<float> gradient) {
  const size_t rows = labels.size();
  forward(mlp, x.data(), rows);

  double loss = 0;
  std::fill_n(delta_.begin(), rows * kLanes, 0.0F);
  for (size_t r = 0; r < rows; ++r) {
    const float weight = weights.empty() ? 1.0F : weights[r];
    const LossAndSlope of_row = cross_entropy(logit(r), labels[r]);
    loss += static_cast<double>(weight) * static_cast<double>(of_row.loss);
    delta_[r * kLanes] = weight * of_row.slope / static_cast<float>(rows);
  }

  for (size_t l = mlp.layers().size(); l-- > 0;) {
    const DenseLayer& layer = mlp.layers()[l];
    const float* input = l == 0 ? x.data() : outputs_[l - 1].data();
    const size_t k = padded(layer.inputs);
    const size_t n = layer.row_length();
    simd_.dense->weight_gradient(input, delta_.data(), rows, k, layer.inputs, n,
                                 &gradient[layer.weights_at], &gradient[layer.bias_at]);
    if (l == 0) break;
    // dX = dY W^T, with W^T packed so that the same kernel serves; its padded columns are zero.
    const float* w = mlp.parameters().data() + layer.weights_at;
    simd_.dense->transpose(w, layer.inputs, n, transposed_.data());
    simd_.dense->forward(delta_.data(), rows, n, layer.outputs, transposed_.data(), nullptr, k,
                         next_delta_.data());
    multiply_by_derivative(*simd_.activation, mlp.layers()[l - 1].activation,
                           {outputs_[l - 1].data(), rows * k}, {next_delta_.data(), rows * k});
    delta_.swap(next_delta_);
  }
  return loss / static_cast<double>(rows);
}

}  // namespace kanaria::nn
