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

class Training {
 public:
  Training(const TrainingRows& rows, const TrainOptions& options, nn::Simd simd,
           model::Model& model)
      : data_(rows.data),
        rows_(rows.rows),
        weights_(rows.weights),
        options_(options),
        model_(model),
        reciprocals_(model.scaling.reciprocals()),
        backprop_(model.mlp, simd, options.batch),
        learning_rate_(
            options.learning_rate.value_or(nn::default_learning_rate(options.optimizer))),
        optimizer_(options.optimizer, model.mlp.parameters().size(), learning_rate_,
                   options.weight_decay, simd),
        gradient_(model.mlp.parameters().size()),
        stride_(nn::padded(rows.data.width())),
        x_(options.batch * stride_, 0.0F),
        random_(options.seed) {}

  // Learns from at most `most_rows` rows; `number`: from 1. Returns their mean loss.
  double epoch(size_t number, size_t most_rows) {
    if (options_.schedule == LearningRate::kLinear) {
      const double done = static_cast<double>(number - 1) / static_cast<double>(options_.epochs);
      optimizer_.set_learning_rate(learning_rate_ * (1.0 - done));
    }
    random_.shuffle<uint32_t>(rows_);
    const auto learnt = std::span(rows_).first(std::min(most_rows, rows_.size()));
    double loss = 0;
    for (size_t at = 0; at < learnt.size(); at += options_.batch) {
      const auto batch = learnt.subspan(at, std::min(options_.batch, learnt.size() - at));
      loss += batch_loss(batch, weights_) * static_cast<double>(batch.size());
      optimizer_.step(model_.mlp.parameters(), gradient_);
    }
    return loss / static_cast<double>(learnt.size());
  }

  // Weighted mean loss of rows not learnt from.
  double loss_of(const Validation& validation) {
    const std::span<const uint32_t> rows = validation.rows;
    double loss = 0;
    for (size_t at = 0; at < rows.size(); at += options_.batch) {
      const auto batch = rows.subspan(at, std::min(options_.batch, rows.size() - at));
      loss += batch_loss(batch, validation.weights) * static_cast<double>(batch.size());
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
  const std::vector<float>& weights_;
  const TrainOptions& options_;
  model::Model& model_;
  std::vector<float> reciprocals_;
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

model::Model untrained(const TrainingRows& rows, const TrainOptions& options) {
  model::Model model{.lens = rows.data.lens,
                     .lens_version = rows.data.lens_version,
                     .value_names = rows.data.value_names,
                     .scaling = rows.scaling,
                     .mlp = nn::Mlp(rows.data.width(), options.hidden, options.activation),
                     .thresholds = {},
                     .provenance = {}};
  model.mlp.initialise(options.seed);
  model.provenance.seed = options.seed;
  return model;
}

}  // namespace

Result<model::Model> train_on(const TrainingRows& rows, const Validation& validation,
                              const TrainOptions& options, nn::Simd simd,
                              const std::atomic<bool>& stop,
                              const std::function<void(const EpochResult&)>& progress) {
  if (auto checked = check_size(rows.data.width(), options); !checked) return checked.error();
  model::Model model = untrained(rows, options);
  Training training(rows, options, simd, model);
  const bool validated = !validation.rows.empty();
  nn::Mlp best = model.mlp;
  double best_loss = std::numeric_limits<double>::infinity();
  size_t best_epoch = 0, rows_left = options.most_rows;
  for (size_t epoch = 1; epoch <= options.epochs && rows_left > 0; ++epoch) {
    const double loss = training.epoch(epoch, rows_left);
    rows_left -= std::min(rows_left, rows.rows.size());
    const double watched = validated ? training.loss_of(validation) : loss;
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

Result<model::Model> train_model(const DataSet& data, std::span<const uint32_t> rows,
                                 const TrainOptions& options, nn::Simd simd,
                                 const std::atomic<bool>& stop,
                                 const std::function<void(const EpochResult&)>& progress) {
  Split parts{{rows.begin(), rows.end()}, {}};
  if (options.validation_share > 0)
    parts = split(data, rows, validation_split(data, rows), options.validation_share, options.seed);
  const auto prepared = prepare_training(data, parts.train, options.weights);
  if (!prepared) return prepared.error();
  const Validation validation{parts.test, weights_of(data, parts.test, options.weights)};
  return train_on(*prepared, validation, options, simd, stop, progress);
}

}  // namespace kanaria::train
