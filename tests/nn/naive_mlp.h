// SPDX-License-Identifier: Apache-2.0
// The slow, obvious twin of Inference and Backprop: one row at a time, in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "nn/mlp.h"

namespace kanaria::nn {

inline double naive_activation(Activation activation, double x) {
  switch (activation) {
    case Activation::kLinear: return x;
    case Activation::kRelu: return std::max(0.0, x);
    case Activation::kTanh: return std::tanh(x);
    case Activation::kSoftsign: return x / (1 + std::fabs(x));
  }
  return x;
}

struct NaiveLogit {
  double value = 0;
  double nearest_kink = 1e9;  // smallest |input| of a ReLU: where its slope jumps
};

// `parameters` in the layout of mlp.parameters().
inline NaiveLogit naive_logit(const Mlp& mlp, std::span<const double> parameters,
                              std::vector<double> row) {
  NaiveLogit logit;
  for (const DenseLayer& layer : mlp.layers()) {
    std::vector<double> next(layer.outputs);
    for (size_t o = 0; o < layer.outputs; ++o) {
      double sum = parameters[layer.bias_at + o];
      for (size_t i = 0; i < layer.inputs; ++i)
        sum += row[i] * parameters[layer.weights_at + i * layer.row_length() + o];
      if (layer.activation == Activation::kRelu)
        logit.nearest_kink = std::min(logit.nearest_kink, std::fabs(sum));
      next[o] = naive_activation(layer.activation, sum);
    }
    row = next;
  }
  logit.value = row[0];
  return logit;
}

inline std::vector<double> in_double(std::span<const float> values) {
  return {values.begin(), values.end()};
}

// Biases too, so that every parameter matters.
inline Mlp random_mlp(size_t inputs, std::span<const size_t> hidden, Activation activation,
                      uint64_t seed) {
  Mlp mlp(inputs, hidden, activation);
  mlp.initialise(seed);
  for (size_t l = 0; l < mlp.layers().size(); ++l)
    for (size_t o = 0; o < mlp.layers()[l].outputs; ++o)
      mlp.bias(l, o) = static_cast<float>(static_cast<double>((seed + o) % 7) / 10 - 0.3);
  return mlp;
}

}  // namespace kanaria::nn
