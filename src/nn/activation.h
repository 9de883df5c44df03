// SPDX-License-Identifier: Apache-2.0
// Activation functions of the thesis's grid (Table 3.2) and their derivatives.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "nn/activation_kernel.h"

namespace kanaria::nn {

enum class Activation : uint8_t {
  kLinear,
  kRelu,  // max(0, x)
  kTanh,
  kSoftsign,  // x / (1 + |x|)
};

std::string_view name(Activation activation);
std::optional<Activation> activation_named(std::string_view name);

// values = f(values), in place. Requires: whole rows, padding included.
void activate(const ActivationKernel& kernel, Activation activation, std::span<float> values);
// gradient *= f'(x), where `outputs` = f(x). Requires: whole rows, padding included.
void multiply_by_derivative(const ActivationKernel& kernel, Activation activation,
                            std::span<const float> outputs, std::span<float> gradient);

}  // namespace kanaria::nn
