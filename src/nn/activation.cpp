// SPDX-License-Identifier: Apache-2.0
#include "nn/activation.h"

#include <array>
#include <cmath>
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

void activate(Activation activation, std::span<float> values) {
  switch (activation) {
    case Activation::kLinear: return;
    case Activation::kRelu:
      for (float& x : values) x = x > 0.0F ? x : 0.0F;
      return;
    case Activation::kTanh:
      for (float& x : values) x = std::tanh(x);
      return;
    case Activation::kSoftsign:
      for (float& x : values) x /= 1.0F + std::fabs(x);
      return;
  }
}

void multiply_by_derivative(Activation activation, std::span<const float> outputs,
                            std::span<float> gradient) {
  switch (activation) {
    case Activation::kLinear: return;
    case Activation::kRelu:
      for (size_t i = 0; i < gradient.size(); ++i)
        gradient[i] = outputs[i] > 0.0F ? gradient[i] : 0.0F;
      return;
    case Activation::kTanh:
      for (size_t i = 0; i < gradient.size(); ++i) gradient[i] *= 1.0F - outputs[i] * outputs[i];
      return;
    case Activation::kSoftsign:  // f' = (1 - |f|)^2
      for (size_t i = 0; i < gradient.size(); ++i) {
        const float rest = 1.0F - std::fabs(outputs[i]);
        gradient[i] *= rest * rest;
      }
      return;
  }
}

}  // namespace kanaria::nn
