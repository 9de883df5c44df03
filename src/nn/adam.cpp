// SPDX-License-Identifier: Apache-2.0
#include "nn/adam.h"

#include <cmath>

namespace kanaria::nn {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr float kEpsilon = 1e-7F;  // keras.backend.epsilon(), outside the bias correction

}  // namespace

Adam::Adam(size_t parameters, double learning_rate, double weight_decay)
    : learning_rate_(learning_rate),
      weight_decay_(weight_decay),
      first_moment_(parameters, 0.0F),
      second_moment_(parameters, 0.0F) {}

void Adam::step(std::span<float> parameters, std::span<const float> gradient) {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const auto rate = static_cast<float>(learning_rate_ * std::sqrt(1.0 - std::pow(kBeta2, t)) /
                                       (1.0 - std::pow(kBeta1, t)));
  const auto keep = static_cast<float>(1.0 - learning_rate_ * weight_decay_);
  constexpr auto kB1 = static_cast<float>(kBeta1);
  constexpr auto kB2 = static_cast<float>(kBeta2);
  for (size_t i = 0; i < parameters.size(); ++i) {
    const float g = gradient[i];
    first_moment_[i] = kB1 * first_moment_[i] + (1.0F - kB1) * g;
    second_moment_[i] = kB2 * second_moment_[i] + (1.0F - kB2) * g * g;
    parameters[i] =
        keep * parameters[i] - rate * first_moment_[i] / (std::sqrt(second_moment_[i]) + kEpsilon);
  }
}

}  // namespace kanaria::nn
