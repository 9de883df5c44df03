// SPDX-License-Identifier: Apache-2.0
#include "train/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "train/row_scores.h"
#include "train/training_rows.h"

namespace kanaria::train {
namespace {

// Constants of Lin, Lin & Weng's pseudocode.
constexpr int kMostSteps = 100;
constexpr double kLeastStep = 1e-10;
constexpr double kRidge = 1e-12;
constexpr double kSettled = 1e-5;

// ln(1 + e^x) without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

class PlattFit {
 public:
  PlattFit(std::span<const float> logits, std::span<const float> labels,
           std::span<const float> weights)
      : logits_(logits), labels_(labels), weights_(weights) {
    std::array<double, 2> total{};
    for (size_t i = 0; i < labels.size(); ++i)
      total[labels[i] > 0.5F] += static_cast<double>(weights[i]);
    target_ = {1 / (total[0] + 2), (total[1] + 1) / (total[1] + 2)};
    fit_ = {0, std::log((total[1] + 1) / (total[0] + 1))};
  }

  model::Calibration run() {
    double loss = loss_of(fit_);
    for (int step = 0; step < kMostSteps; ++step) {
      const Slope at = slope_at(fit_);
      if (std::fabs(at.by_slope) < kSettled && std::fabs(at.by_intercept) < kSettled) break;
      if (!go_down(at, loss)) break;
    }
    return fit_;
  }

 private:
  // First and second derivatives of the loss.
  struct Slope {
    double by_slope = 0, by_intercept = 0;
    double slope_twice = kRidge, intercept_twice = kRidge, mixed = 0;
  };

  double log_odds(const model::Calibration& fit, size_t row) const {
    return fit.slope * static_cast<double>(logits_[row]) + fit.intercept;
  }
  double target(size_t row) const { return target_[labels_[row] > 0.5F]; }

  double loss_of(const model::Calibration& fit) const {
    double loss = 0;
    for (size_t i = 0; i < logits_.size(); ++i) {
      const double z = log_odds(fit, i);
      loss += static_cast<double>(weights_[i]) * (softplus(z) - target(i) * z);
    }
    return loss;
  }

  Slope slope_at(const model::Calibration& fit) const {
    Slope sum;
    for (size_t i = 0; i < logits_.size(); ++i) {
      const auto x = static_cast<double>(logits_[i]), weight = static_cast<double>(weights_[i]);
      const double p = 1 / (1 + std::exp(-log_odds(fit, i)));
      const double first = weight * (p - target(i)), second = weight * p * (1 - p);
      sum.by_slope += first * x;
      sum.by_intercept += first;
      sum.slope_twice += second * x * x;
      sum.mixed += second * x;
      sum.intercept_twice += second;
    }
    return sum;
  }

  // A Newton step, halved until the loss falls enough; false when it no longer does.
  bool go_down(const Slope& at, double& loss) {
    const double determinant = at.slope_twice * at.intercept_twice - at.mixed * at.mixed;
    const double d_slope =
        -(at.intercept_twice * at.by_slope - at.mixed * at.by_intercept) / determinant;
    const double d_intercept =
        -(at.slope_twice * at.by_intercept - at.mixed * at.by_slope) / determinant;
    const double descent = at.by_slope * d_slope + at.by_intercept * d_intercept;
    for (double part = 1; part >= kLeastStep; part /= 2) {
      const model::Calibration next{fit_.slope + part * d_slope,
                                    fit_.intercept + part * d_intercept};
      const double next_loss = loss_of(next);
      if (next_loss >= loss + 1e-4 * part * descent) continue;
      fit_ = next;
      loss = next_loss;
      return true;
    }
    return false;
  }

  std::span<const float> logits_, labels_, weights_;
  std::array<double, 2> target_{};
  model::Calibration fit_;
};

}  // namespace

model::Calibration fit_calibration(std::span<const float> logits, std::span<const float> labels,
                                   std::span<const float> weights) {
  return PlattFit(logits, labels, weights).run();
}

Result<model::Model> calibrate(std::string_view name, model::Network network, const DataSet& data,
                               std::span<const uint32_t> rows, nn::Simd simd) {
  if (network.mlp.inputs() != data.width())
    return Error{fmt::format(
        "{}: the model takes {} values a row but lens '{}' has {}; name its lens with --lens, or "
        "export a model of {} inputs",
        name, network.mlp.inputs(), data.lens, data.width(), data.width())};
  if (auto checked = check_classes(data, rows); !checked) return checked.error();
  model::Model model{.lens = data.lens,
                     .lens_version = data.lens_version,
                     .value_names = data.value_names,
                     .scaling = std::move(network.scaling),
                     .mlp = std::move(network.mlp),
                     .thresholds = {},
                     .provenance = {}};
  const std::vector<float> logits = logits_of(model, data, rows, simd);
  if (!std::ranges::all_of(logits, [](float logit) { return std::isfinite(logit); }))
    return Error{
        fmt::format("{}: the model gives rows that have no finite logit; train it anew on "
                    "scaled values",
                    name)};
  const std::vector<float> of_all = weights_of(data, rows, RowWeights::kBalanced);
  std::vector<float> labels, weights;
  for (const uint32_t row : rows) {
    labels.push_back(data.labels[row]);
    weights.push_back(of_all[row]);
  }
  model.calibration = fit_calibration(logits, labels, weights);
  return model;
}

}  // namespace kanaria::train
