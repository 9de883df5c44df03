// SPDX-License-Identifier: Apache-2.0
#include "train/training_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "train/unit.h"

namespace kanaria::train {
namespace {

constexpr float kClipDeviations = 5.0F;

nn::InputScaling scaling_of(const DataSet& data, std::span<const uint32_t> rows) {
  const size_t width = data.width();
  std::vector<double> sum(width, 0.0), squares(width, 0.0);
  std::vector<bool> changes(width, false);
  for (const uint32_t row : rows) {
    const auto values = data.row(row);
    for (size_t c = 0; c < width; ++c) {
      sum[c] += static_cast<double>(values[c]);
      squares[c] += static_cast<double>(values[c]) * static_cast<double>(values[c]);
      if (values[c] != data.row(rows.front())[c]) changes[c] = true;
    }
  }
  nn::InputScaling scaling;
  scaling.clip = kClipDeviations;
  const auto count = static_cast<double>(rows.size());
  for (size_t c = 0; c < width; ++c) {
    const double mean = sum[c] / count;
    const double variance = std::max(0.0, squares[c] / count - mean * mean);
    scaling.mean.push_back(static_cast<float>(mean));
    // A value that never changes tells nothing; a scale of 1 keeps it harmless, where what the sums
    // round off would not.
    const bool tells = changes[c] && variance > 1e-12;
    scaling.scale.push_back(tells ? static_cast<float>(std::sqrt(variance)) : 1.0F);
  }
  return scaling;
}

constexpr std::array<std::string_view, 3> kWeights{"equal", "balanced", "sources"};

// Of each connection, 0 without one of these rows.
std::vector<uint32_t> rows_of_connections(const DataSet& data, std::span<const uint32_t> rows) {
  std::vector<uint32_t> counts(data.connections.size(), 0);
  for (const uint32_t row : rows) ++counts[data.connection[row]];
  return counts;
}

// Connections of a unit that count: a laboratory makes any number of one kind.
constexpr double kMostCounted = 64;

// Of a row of each connection, before classes are made alike.
std::vector<double> weights_by_source(const DataSet& data, const std::vector<uint32_t>& rows) {
  std::map<Unit, uint64_t> connections;
  for (size_t c = 0; c < rows.size(); ++c)
    if (rows[c] > 0) ++connections[unit_of(data.connections[c])];
  std::vector<double> weights(rows.size(), 0.0);
  for (size_t c = 0; c < rows.size(); ++c)
    if (rows[c] > 0) {
      const auto of = static_cast<double>(connections[unit_of(data.connections[c])]);
      weights[c] = std::sqrt(std::min(of, kMostCounted)) / (of * rows[c]);
    }
  return weights;
}

std::vector<double> balanced_weights(const DataSet& data) {
  std::vector<double> weights;
  weights.reserve(data.connections.size());
  for (const LabelledConnection& connection : data.connections)
    weights.push_back(1.0 / std::sqrt(static_cast<double>(connection.rows)));
  return weights;
}

}  // namespace

std::span<const std::string_view> weights_names() { return kWeights; }

std::optional<RowWeights> weights_named(std::string_view name) {
  const auto* found = std::ranges::find(kWeights, name);
  if (found == kWeights.end()) return std::nullopt;
  return static_cast<RowWeights>(found - kWeights.begin());
}

Result<Done> check_classes(const DataSet& data, std::span<const uint32_t> rows) {
  if (rows.empty())
    return Error{"there are no rows to learn from; add captures, or put less aside"};
  const auto mining = std::count_if(rows.begin(), rows.end(),
                                    [&](uint32_t row) { return data.labels[row] > 0.5F; });
  if (mining > 0 && static_cast<size_t>(mining) < rows.size()) return Done{};
  return Error{
      fmt::format("all {} rows to learn from are {}; training needs both classes: add captures "
                  "of the other",
                  rows.size(), mining > 0 ? "mining" : "benign")};
}

std::vector<float> weights_of(const DataSet& data, std::span<const uint32_t> rows,
                              RowWeights scheme) {
  std::vector<float> weights(data.rows(), 1.0F);
  if (scheme == RowWeights::kEqual) return weights;
  const auto of_connection = scheme == RowWeights::kSources
                                 ? weights_by_source(data, rows_of_connections(data, rows))
                                 : balanced_weights(data);
  std::array<double, 2> total{};
  for (const uint32_t row : rows) {
    weights[row] = static_cast<float>(of_connection[data.connection[row]]);
    total[data.labels[row] > 0.5F] += static_cast<double>(weights[row]);
  }
  const double half = static_cast<double>(rows.size()) / 2;
  for (const uint32_t row : rows)
    weights[row] *= static_cast<float>(half / total[data.labels[row] > 0.5F]);
  return weights;
}

Result<TrainingRows> prepare_training(const DataSet& data, std::span<const uint32_t> rows,
                                      RowWeights scheme) {
  if (auto checked = check_classes(data, rows); !checked) return checked.error();
  return TrainingRows{
      data, {rows.begin(), rows.end()}, weights_of(data, rows, scheme), scaling_of(data, rows)};
}

}  // namespace kanaria::train
