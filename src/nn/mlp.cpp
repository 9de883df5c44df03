// SPDX-License-Identifier: Apache-2.0
#include "nn/mlp.h"

#include <cassert>
#include <cmath>

#include "base/random.h"

namespace kanaria::nn {

Mlp::Mlp(size_t inputs, std::span<const size_t> hidden_widths, Activation hidden_activation) {
  assert(inputs > 0 && "an MLP needs at least one input");
  size_t size = 0;
  const auto add = [&](size_t from, size_t to, Activation activation) {
    DenseLayer layer{from, to, activation, size, 0};
    layer.bias_at = size + layer.weight_count();
    size = layer.bias_at + layer.row_length();
    layers_.push_back(layer);
  };
  size_t from = inputs;
  for (const size_t width : hidden_widths) {
    assert(width > 0 && "a layer needs at least one node");
    add(from, width, hidden_activation);
    from = width;
  }
  add(from, 1, Activation::kLinear);
  parameters_.assign(size, 0.0F);
}

void Mlp::initialise(uint64_t seed) {
  Random random(seed);
  for (size_t l = 0; l < layers_.size(); ++l) {
    const DenseLayer& layer = layers_[l];
    const double limit = std::sqrt(6.0 / static_cast<double>(layer.inputs + layer.outputs));
    for (size_t i = 0; i < layer.inputs; ++i)
      for (size_t o = 0; o < layer.outputs; ++o)
        weight(l, i, o) = static_cast<float>(random.uniform(-limit, limit));
    for (size_t o = 0; o < layer.outputs; ++o) bias(l, o) = 0.0F;
  }
}

size_t Mlp::parameter_count() const {
  size_t count = 0;
  for (const DenseLayer& layer : layers_) count += (layer.inputs + 1) * layer.outputs;
  return count;
}

}  // namespace kanaria::nn
