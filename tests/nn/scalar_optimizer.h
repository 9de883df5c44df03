// SPDX-License-Identifier: Apache-2.0
// The slow, obvious twin of Optimizer: one parameter, in double, each rule as its paper writes it
// with Keras 2.1.4's epsilon.
#pragma once

#include <cmath>

#include "nn/optimizer.h"

namespace kanaria::nn {

class ScalarOptimizer {
 public:
  ScalarOptimizer(OptimizerKind kind, double learning_rate)
      : kind_(kind), learning_rate_(learning_rate) {}

  double step(double theta, double gradient) {
    t_ += 1;
    switch (kind_) {
      case OptimizerKind::kSgd: return theta - learning_rate_ * gradient;
      case OptimizerKind::kRmsprop:
        v_ = 0.9 * v_ + 0.1 * gradient * gradient;
        return theta - learning_rate_ * gradient / (std::sqrt(v_) + kEpsilon);
      case OptimizerKind::kAdagrad:
        v_ += gradient * gradient;
        return theta - learning_rate_ * gradient / (std::sqrt(v_) + kEpsilon);
      case OptimizerKind::kAdam: return adam(theta, gradient);
      case OptimizerKind::kNadam: return nadam(theta, gradient);
    }
    return theta;
  }

 private:
  static constexpr double kEpsilon = 1e-7;

  void move_averages(double gradient) {
    m_ = 0.9 * m_ + 0.1 * gradient;
    v_ = 0.999 * v_ + 0.001 * gradient * gradient;
  }
  // Kingma & Ba (2015), algorithm 1 in the reordered form of its section 2: epsilon is added to the
  // root of the uncorrected second moment.
  double adam(double theta, double gradient) {
    move_averages(gradient);
    const double rate =
        learning_rate_ * std::sqrt(1 - std::pow(0.999, t_)) / (1 - std::pow(0.9, t_));
    return theta - rate * m_ / (std::sqrt(v_) + kEpsilon);
  }
  // Dozat (2016), algorithm 8: epsilon is added to the root of the corrected second moment.
  double nadam(double theta, double gradient) {
    move_averages(gradient);
    const double now = 0.9 * (1 - 0.5 * std::pow(0.96, t_ * 0.004));
    const double next = 0.9 * (1 - 0.5 * std::pow(0.96, (t_ + 1) * 0.004));
    product_ *= now;
    const double g_hat = gradient / (1 - product_);
    const double m_hat = m_ / (1 - product_ * next);
    const double v_hat = v_ / (1 - std::pow(0.999, t_));
    const double direction = (1 - now) * g_hat + next * m_hat;
    return theta - learning_rate_ * direction / (std::sqrt(v_hat) + kEpsilon);
  }

  OptimizerKind kind_;
  double learning_rate_;
  double t_ = 0, m_ = 0, v_ = 0, product_ = 1;
};

}  // namespace kanaria::nn
