// SPDX-License-Identifier: Apache-2.0
#include "nn/activation.h"

#include <array>
#include <utility>

namespace kanaria::nn {
namespace {

constexpr std::array<std::pair<Activation, std::string_view>, 4> kNames{{
    {Activation::kLinear, "linear"},
    {Activation::kRelu, "relu"},
    {Activation::kTanh, "tanh"},
    {Activation::kSoftsign, "softsign"},
}};

}  // namespace

std::string_view name(Activation activation) {
  return kNames[static_cast<size_t>(activation)].second;
}

std::optional<Activation> activation_named(std::string_view name) {
  for (const auto& [activation, known] : kNames)
    if (known == name) return activation;
  return std::nullopt;
}

void activate(const ActivationKernel& kernel, Activation activation, std::span<float> values) {
  switch (activation) {
    case Activation::kLinear: return;
    case Activation::kRelu: return kernel.relu(values.data(), values.size());
    case Activation::kTanh: return kernel.tanh(values.data(), values.size());
    case Activation::kSoftsign: return kernel.softsign(values.data(), values.size());
  }
}

void multiply_by_derivative(const ActivationKernel& kernel, Activation activation,
                            std::span<const float> outputs, std::span<float> gradient) {
  const float* y = outputs.data();
  switch (activation) {
    case Activation::kLinear: return;
    case Activation::kRelu: return kernel.relu_slope(y, gradient.data(), gradient.size());
    case Activation::kTanh: return kernel.tanh_slope(y, gradient.data(), gradient.size());
    case Activation::kSoftsign: return kernel.softsign_slope(y, gradient.data(), gradient.size());
  }
}

}  // namespace kanaria::nn
