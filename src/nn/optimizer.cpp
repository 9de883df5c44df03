// SPDX-License-Identifier: Apache-2.0
#include "nn/optimizer.h"

#include <array>
#include <cassert>
#include <cmath>

namespace kanaria::nn {
namespace {

constexpr double kNadamScheduleDecay = 0.004;

struct Known {
  OptimizerKind kind;
  std::string_view name;
  double learning_rate;
};
constexpr std::array<Known, 5> kKnown{{
    {OptimizerKind::kSgd, "sgd", 0.01},
    {OptimizerKind::kRmsprop, "rmsprop", 0.001},
    {OptimizerKind::kAdagrad, "adagrad", 0.01},
    {OptimizerKind::kAdam, "adam", 0.001},
    {OptimizerKind::kNadam, "nadam", 0.002},
}};

bool has_moment(OptimizerKind kind) {
  return kind == OptimizerKind::kAdam || kind == OptimizerKind::kNadam;
}

// 1 - beta^t: how much of a moving average that began at 0 is there after t steps. Of the float32
// beta, which is what the averages decay by.
double filled(float beta, uint64_t steps) {
  return 1.0 - std::pow(static_cast<double>(beta), static_cast<double>(steps));
}

// Nadam's momentum of a step, which grows from beta 1 / 2 to beta 1.
double scheduled_momentum(uint64_t step) {
  const double halvings = std::pow(0.96, static_cast<double>(step) * kNadamScheduleDecay);
  return static_cast<double>(kBeta1) * (1.0 - 0.5 * halvings);
}

}  // namespace

std::string_view name(OptimizerKind kind) { return kKnown[static_cast<size_t>(kind)].name; }

std::optional<OptimizerKind> optimizer_named(std::string_view name) {
  for (const Known& known : kKnown)
    if (known.name == name) return known.kind;
  return std::nullopt;
}

double default_learning_rate(OptimizerKind kind) {
  return kKnown[static_cast<size_t>(kind)].learning_rate;
}

Optimizer::Optimizer(OptimizerKind kind, size_t parameters, double learning_rate,
                     double weight_decay, Simd simd)
    : kind_(kind),
      kernel_(simd.optimizer),
      learning_rate_(learning_rate),
      weight_decay_(weight_decay),
      moment_(has_moment(kind) ? parameters : 0, 0.0F),
      square_(kind == OptimizerKind::kSgd ? 0 : parameters, 0.0F) {}

void Optimizer::step(std::span<float> parameters, std::span<const float> gradient) {
  assert(parameters.size() == gradient.size() && "one gradient a parameter");
  ++steps_;
  const size_t n = parameters.size();
  const float* g = gradient.data();
  float* p = parameters.data();
  OptimizerStep step{static_cast<float>(learning_rate_),
                     static_cast<float>(1.0 - learning_rate_ * weight_decay_)};
  switch (kind_) {
    case OptimizerKind::kSgd: return kernel_->sgd(step, n, g, p);
    case OptimizerKind::kRmsprop: return kernel_->rmsprop(step, n, g, square_.data(), p);
    case OptimizerKind::kAdagrad: return kernel_->adagrad(step, n, g, square_.data(), p);
    case OptimizerKind::kAdam:
      step.rate = static_cast<float>(learning_rate_ * std::sqrt(filled(kBeta2, steps_)) /
                                     filled(kBeta1, steps_));
      return kernel_->adam(step, n, g, moment_.data(), square_.data(), p);
    case OptimizerKind::kNadam:
      return kernel_->nadam(step, next_nadam_step(), n, g, moment_.data(), square_.data(), p);
  }
}

NadamStep Optimizer::next_nadam_step() {
  const double now = scheduled_momentum(steps_);
  const double next = scheduled_momentum(steps_ + 1);
  momentum_product_ *= static_cast<float>(now);
  const auto product = static_cast<double>(momentum_product_);
  return {.of_gradient = static_cast<float>((1.0 - now) / (1.0 - product)),
          .of_moment = static_cast<float>(next / (1.0 - product * next)),
          .of_square = static_cast<float>(1.0 / filled(kBeta2, steps_))};
}

}  // namespace kanaria::nn
