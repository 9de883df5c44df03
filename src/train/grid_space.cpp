// SPDX-License-Identifier: Apache-2.0
#include "train/grid_space.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kanaria::train {
namespace {

uint64_t networks_of(const GridSpace& space, size_t layers) {
  if (space.widths == Widths::kEqual) return space.nodes.size();
  uint64_t count = 1;
  for (size_t layer = 0; layer < layers; ++layer) count *= space.nodes.size();
  return count;
}

std::vector<size_t> network_at(const GridSpace& space, uint64_t index) {
  size_t place = 0;
  while (index >= networks_of(space, space.hidden_layers[place]))
    index -= networks_of(space, space.hidden_layers[place++]);
  std::vector<size_t> hidden(space.hidden_layers[place]);
  for (size_t& width : hidden) {
    width = space.nodes[index % space.nodes.size()];
    if (space.widths == Widths::kIndependent) index /= space.nodes.size();
  }
  return hidden;
}

// The next digit of a number whose digits have different bases.
template <typename T>
const T& next_digit(uint64_t& number, const std::vector<T>& values) {
  const T& value = values[number % values.size()];
  number /= values.size();
  return value;
}

template <typename T>
std::string names_of(const std::vector<T>& values) {
  std::vector<std::string_view> names;
  names.reserve(values.size());
  for (const T value : values) names.push_back(nn::name(value));
  return fmt::format("{}", fmt::join(names, " "));
}

}  // namespace

std::string widths_text(const std::vector<size_t>& hidden) {
  return fmt::format("{}", fmt::join(hidden, "-"));
}

TrainOptions with_combination(TrainOptions options, const Combination& combination) {
  options.hidden = combination.hidden;
  options.batch = combination.batch;
  options.optimizer = combination.optimizer;
  options.activation = combination.activation;
  options.learning_rate = combination.learning_rate;
  return options;
}

uint64_t GridSpace::size() const {
  uint64_t networks = 0;
  for (const size_t layers : hidden_layers) networks += networks_of(*this, layers);
  return networks * batch.size() * optimizer.size() * activation.size() * learning_rate.size();
}

Combination GridSpace::at(uint64_t index) const {
  Combination combination;
  combination.learning_rate = next_digit(index, learning_rate);
  combination.activation = next_digit(index, activation);
  combination.optimizer = next_digit(index, optimizer);
  combination.batch = next_digit(index, batch);
  combination.hidden = network_at(*this, index);
  return combination;
}

std::string GridSpace::text() const {
  std::string rates;
  for (const auto& rate : learning_rate) rates += rate ? fmt::format(" {}", *rate) : " default";
  return fmt::format("layers {}; nodes {} {}; batch {}; optimizer {}; activation {}; rate{}",
                     fmt::join(hidden_layers, " "),
                     widths == Widths::kEqual ? "equal" : "independent", fmt::join(nodes, " "),
                     fmt::join(batch, " "), names_of(optimizer), names_of(activation), rates);
}

}  // namespace kanaria::train
