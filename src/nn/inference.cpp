// SPDX-License-Identifier: Apache-2.0
#include "nn/inference.h"

#include <algorithm>
#include <cassert>

namespace kanaria::nn {
namespace {

constexpr size_t kBlockRows = 128;  // activations of a block stay in the L1 cache

}  // namespace

Inference::Inference(const Mlp& mlp, const InputScaling& scaling, Simd simd)
    : mlp_(mlp), scaling_(scaling), reciprocals_(scaling.reciprocals()), simd_(simd) {
  size_t widest = 0;
  for (const DenseLayer& layer : mlp.layers()) widest = std::max(widest, layer.row_length());
  scaled_.assign(kBlockRows * padded(mlp.inputs()), 0.0F);
  from_.assign(kBlockRows * widest, 0.0F);
  to_.assign(kBlockRows * widest, 0.0F);
}

void Inference::logits(std::span<const float> rows, std::span<float> logits) {
  assert(rows.size() == logits.size() * mlp_.inputs() && "one logit a row");
  for (size_t at = 0; at < logits.size(); at += kBlockRows) {
    const size_t count = std::min(kBlockRows, logits.size() - at);
    score_block(rows.data() + at * mlp_.inputs(), count, logits.data() + at);
  }
}

void Inference::score_block(const float* rows, size_t count, float* logits) {
  const size_t inputs = mlp_.inputs();
  const size_t stride = padded(inputs);
  for (size_t r = 0; r < count; ++r)
    scaling_.apply(rows + r * inputs, reciprocals_.data(), &scaled_[r * stride]);

  const float* x = scaled_.data();
  size_t k = stride;
  for (const DenseLayer& layer : mlp_.layers()) {
    const float* parameters = mlp_.parameters().data();
    simd_.dense->forward(x, count, k, layer.inputs, parameters + layer.weights_at,
                         parameters + layer.bias_at, layer.row_length(), to_.data());
    k = layer.row_length();
    activate(*simd_.activation, layer.activation, {to_.data(), count * k});
    from_.swap(to_);
    x = from_.data();
  }
  for (size_t r = 0; r < count; ++r) logits[r] = x[r * k];
}

}  // namespace kanaria::nn
