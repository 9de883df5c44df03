// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"
#include "nn/backprop.h"
#include "nn/optimizer.h"
#include "train/split.h"

namespace kanaria::train {
namespace {

constexpr float kClipDeviations = 5.0F;

nn::InputScaling scaling_of(const DataSet& data, std::span<const uint32_t> rows) {
  const size_t width = data.width();
  std::vector<double> sum(width, 0.0), squares(width, 0.0);
  for (const uint32_t row : rows) {
    const auto values = data.row(row);
    for (size_t c = 0; c < width; ++c) {
      sum[c] += static_cast<double>(values[c]);
      squares[c] += static_cast<double>(values[c]) * static_cast<double>(values[c]);
    }
  }
  nn::InputScaling scaling;
  scaling.clip = kClipDeviations;
  const auto count = static_cast<double>(rows.size());
  for (size_t c = 0; c < width; ++c) {
    const double mean = sum[c] / count;
    const double variance = std::max(0.0, squares[c] / count - mean * mean);
    scaling.mean.push_back(static_cast<float>(mean));
    // A value that never changed tells nothing; a scale of 1 keeps it harmless.
    scaling.scale.push_back(variance > 1e-12 ? static_cast<float>(std::sqrt(variance)) : 1.0F);
  }
  return scaling;
}

// Mean weight 1 over the rows given.
std::vector<float> weights_of(const DataSet& data, std::span<const uint32_t> rows,
                              RowWeights scheme) {
  std::vector<float> weights(data.rows(), 1.0F);
  if (scheme == RowWeights::kEqual) return weights;
  std::array<double, 2> total{};
  for (const uint32_t row : rows) {
    const double rows_of_connection = data.connections[data.connection[row]].rows;
    weights[row] = static_cast<float>(1.0 / std::sqrt(rows_of_connection));
    total[data.labels[row] > 0.5F] += static_cast<double>(weights[row]);
  }
  const double half = static_cast<double>(rows.size()) / 2;
  for (const uint32_t row : rows)
    weights[row] *= static_cast<float>(half / total[data.labels[row] > 0.5F]);
  return weights;
}

class Training {
 public:
  Training(const DataSet& data, std::span<const uint32_t> rows, const TrainOptions& options,
           nn::Simd simd, model::Model& model)
      : data_(data),
        rows_(rows.begin(), rows.end()),
        options_(options),
        model_(model),
        reciprocals_(model.scaling.reciprocals()),
        weights_(weights_of(data, rows, options.weights)),
        backprop_(model.mlp, simd, options.batch),
        learning_rate_(
            options.learning_rate.value_or(nn::default_learning_rate(options.optimizer))),
        optimizer_(options.optimizer, model.mlp.parameters().size(), learning_rate_,
                   options.weight_decay, simd),
        gradient_(model.mlp.parameters().size()),
        stride_(nn::padded(data.width())),
        x_(options.batch * stride_, 0.0F),
        random_(options.seed) {}

  // `number`: from 1.
  double epoch(size_t number) {
    if (options_.schedule == LearningRate::kLinear) {
      const double done = static_cast<double>(number - 1) / static_cast<double>(options_.epochs);
      optimizer_.set_learning_rate(learning_rate_ * (1.0 - done));
    }
    random_.shuffle<uint32_t>(rows_);
    double loss = 0;
    for (size_t at = 0; at < rows_.size(); at += options_.batch) {
      const auto batch = std::span(rows_).subspan(at, std::min(options_.batch, rows_.size() - at));
      loss += batch_loss(batch, weights_) * static_cast<double>(batch.size());
      optimizer_.step(model_.mlp.parameters(), gradient_);
    }
    return loss / static_cast<double>(rows_.size());
  }

  // Weighted mean loss of rows not learnt from.
  double loss_of(std::span<const uint32_t> rows, const std::vector<float>& weights) {
    double loss = 0;
    for (size_t at = 0; at < rows.size(); at += options_.batch) {
      const auto batch = rows.subspan(at, std::min(options_.batch, rows.size() - at));
      loss += batch_loss(batch, weights) * static_cast<double>(batch.size());
    }
    return loss / static_cast<double>(rows.size());
  }

 private:
  double batch_loss(std::span<const uint32_t> batch, const std::vector<float>& weights) {
    labels_.clear();
    batch_weights_.clear();
    for (size_t r = 0; r < batch.size(); ++r) {
      model_.scaling.apply(data_.row(batch[r]).data(), reciprocals_.data(), &x_[r * stride_]);
      labels_.push_back(data_.labels[batch[r]]);
      batch_weights_.push_back(weights[batch[r]]);
    }
    return backprop_.gradient(model_.mlp, x_, labels_, batch_weights_, gradient_);
  }

  const DataSet& data_;
  std::vector<uint32_t> rows_;
  const TrainOptions& options_;
  model::Model& model_;
  std::vector<float> reciprocals_;
  std::vector<float> weights_;
  nn::Backprop backprop_;
  double learning_rate_;  // at the start
  nn::Optimizer optimizer_;
  std::vector<float> gradient_;
  size_t stride_;
  std::vector<float> x_;
  std::vector<float> labels_;
  std::vector<float> batch_weights_;
  Random random_;
};

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

// What could be trained but never loaded again.
Result<Done> check_size(size_t inputs, const TrainOptions& options) {
  size_t weights = 0, from = inputs;
  for (const size_t width : options.hidden) weights += std::exchange(from, width) * width;
  weights += from;
  if (weights <= model::kMostWeights) return Done{};
  return Error{fmt::format("--hidden asks for {} weights; a model has at most {}: name fewer nodes",
                           weights, model::kMostWeights)};
}

Result<Done> check_classes(const DataSet& data, std::span<const uint32_t> rows) {
  const auto mining = std::count_if(rows.begin(), rows.end(),
                                    [&](uint32_t row) { return data.labels[row] > 0.5F; });
  if (mining > 0 && static_cast<size_t>(mining) < rows.size()) return Done{};
  return Error{
      fmt::format("all {} rows to learn from are {}; training needs both classes: add captures "
                  "of the other",
                  rows.size(), mining > 0 ? "mining" : "benign")};
}

}  // namespace

Result<model::Model> train_model(const DataSet& data, std::span<const uint32_t> rows,
                                 const TrainOptions& options, nn::Simd simd,
                                 const std::atomic<bool>& stop,
                                 const std::function<void(const EpochResult&)>& progress) {
  Split parts{{rows.begin(), rows.end()}, {}};
  if (options.validation_share > 0)
    parts = split(data, rows, SplitBy::kCapture, options.validation_share, options.seed);
  if (auto checked = check_size(data.width(), options); !checked) return checked.error();
  if (auto checked = check_classes(data, parts.train); !checked) return checked.error();

  model::Model model{.lens = data.lens,
                     .lens_version = data.lens_version,
                     .value_names = data.value_names,
                     .scaling = scaling_of(data, parts.train),
                     .mlp = nn::Mlp(data.width(), options.hidden, options.activation),
                     .thresholds = {},
                     .provenance = {}};
  model.mlp.initialise(options.seed);
  model.provenance.seed = options.seed;

  const bool validated = !parts.test.empty();
  const auto validation_weights = weights_of(data, parts.test, options.weights);
  Training training(data, parts.train, options, simd, model);
  nn::Mlp best = model.mlp;
  double best_loss = std::numeric_limits<double>::infinity();
  size_t best_epoch = 0;
  for (size_t epoch = 1; epoch <= options.epochs; ++epoch) {
    const double loss = training.epoch(epoch);
    const double watched = validated ? training.loss_of(parts.test, validation_weights) : loss;
    if (!std::isfinite(loss) || !std::isfinite(watched) || !all_finite(model.mlp.parameters()))
      return Error{fmt::format(
          "the loss is no longer a number after epoch {}; lower --learning-rate", epoch)};
    progress({epoch, loss, validated ? watched : std::numeric_limits<double>::quiet_NaN()});
    if (!validated || watched < best_loss) {
      best = model.mlp;
      best_loss = watched;
      best_epoch = epoch;
    }
    if (stop.load(std::memory_order_relaxed) || epoch - best_epoch >= options.patience) break;
  }
  model.mlp = best;
  return model;
}

}  // namespace kanaria::train
