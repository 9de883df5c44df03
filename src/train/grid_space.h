// SPDX-License-Identifier: Apache-2.0
// The combinations a grid search tries (thesis §3.2, Table 3.2), numbered from 0; nothing is kept a
// combination, however many there are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "nn/activation.h"
#include "nn/optimizer.h"
#include "train/trainer.h"

namespace kanaria::train {

struct Combination {
  std::vector<size_t> hidden;  // width of each hidden layer
  size_t batch = 0;
  nn::OptimizerKind optimizer = nn::OptimizerKind::kAdam;
  nn::Activation activation = nn::Activation::kRelu;
  std::optional<double> learning_rate;  // none: the optimizer's default
};

// "40-40"
std::string widths_text(const std::vector<size_t>& hidden);
// `options` with what the combination decides.
TrainOptions with_combination(TrainOptions options, const Combination& combination);

enum class Widths : uint8_t {
  kEqual,        // one width for all hidden layers of a network
  kIndependent,  // a width for each
};

struct GridSpace {
  std::vector<size_t> hidden_layers;
  std::vector<size_t> nodes;
  Widths widths = Widths::kEqual;
  std::vector<size_t> batch;
  std::vector<nn::OptimizerKind> optimizer;
  std::vector<nn::Activation> activation;
  std::vector<std::optional<double>> learning_rate{std::nullopt};

  uint64_t size() const;
  // Requires: index < size().
  Combination at(uint64_t index) const;
  // All that decides what an index means, in one line.
  std::string text() const;
};

// "thesis": 672 combinations; "thesis-independent": 524,256; any other name is that of a TOML file
// (docs/grid.md).
Result<GridSpace> load_grid_space(const std::string& name);

}  // namespace kanaria::train
