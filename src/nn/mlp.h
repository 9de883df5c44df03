// SPDX-License-Identifier: Apache-2.0
// The multilayer perceptron of the thesis (Table 3.1, Fig. 4.2): dense layers, one logit. Holds the
// parameters; Inference and Backprop compute with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nn/activation.h"
#include "nn/dense_kernel.h"

namespace kanaria::nn {

// Weights [inputs, padded(outputs)] row-major and bias [padded(outputs)] within the parameter
// vector.
struct DenseLayer {
  size_t inputs;
  size_t outputs;
  Activation activation;
  size_t weights_at;
  size_t bias_at;

  size_t row_length() const { return padded(outputs); }
  size_t weight_count() const { return inputs * row_length(); }
};

class Mlp {
 public:
  // Parameters are zero until initialised. Requires: inputs > 0, every width > 0.
  Mlp(size_t inputs, std::span<const size_t> hidden_widths, Activation hidden_activation);

  // Keras's default: weights uniform in ±sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010),
  // biases 0.
  void initialise(uint64_t seed);

  size_t inputs() const { return layers_.front().inputs; }
  std::span<const DenseLayer> layers() const { return layers_; }
  DenseLayer& layer(size_t index) { return layers_[index]; }
  std::span<float> parameters() { return parameters_; }
  std::span<const float> parameters() const { return parameters_; }
  // Parameters without padding, as the thesis counts them.
  size_t parameter_count() const;

  float& weight(size_t layer, size_t input, size_t output) {
    return parameters_[layers_[layer].weights_at + input * layers_[layer].row_length() + output];
  }
  float weight(size_t layer, size_t input, size_t output) const {
    return parameters_[layers_[layer].weights_at + input * layers_[layer].row_length() + output];
  }
  float& bias(size_t layer, size_t output) { return parameters_[layers_[layer].bias_at + output]; }
  float bias(size_t layer, size_t output) const {
    return parameters_[layers_[layer].bias_at + output];
  }

 private:
  std::vector<DenseLayer> layers_;
  std::vector<float> parameters_;
};

}  // namespace kanaria::nn
