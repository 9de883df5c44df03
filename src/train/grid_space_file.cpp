// SPDX-License-Identifier: Apache-2.0
// Grid spaces by name: the thesis's, or a TOML file of one's own (docs/grid.md).
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "model/model.h"
#include "train/grid_space.h"

namespace kanaria::train {
namespace {

constexpr size_t kMostLayers = 7;  // the thesis's; deeper plain MLPs do not train
constexpr size_t kMostNodes = 4096;
constexpr size_t kMostBatch = 1 << 20;
constexpr uint64_t kMostCombinations = 1U << 24;  // some 32 bytes are kept of each

GridSpace thesis(Widths widths) {
  using nn::Activation, nn::OptimizerKind;
  return {.hidden_layers = {1, 2, 3, 4, 5, 6, 7},
          .nodes = {10, 20, 30, 40},
          .widths = widths,
          .batch = {32, 128},
          .optimizer = {OptimizerKind::kRmsprop, OptimizerKind::kAdagrad, OptimizerKind::kAdam,
                        OptimizerKind::kNadam},
          .activation = {Activation::kRelu, Activation::kTanh, Activation::kSoftsign}};
}

// Reads one key after the other; the first fault is kept.
class SpaceReader {
 public:
  SpaceReader(std::string path, const toml::table& table) : path_(std::move(path)), table_(table) {}

  std::vector<size_t> sizes(std::string_view key, size_t most) {
    std::vector<size_t> values;
    each(key, [&](const toml::node& item) {
      const auto value = item.value_exact<int64_t>();
      if (!value || *value < 1 || static_cast<uint64_t>(*value) > most)
        return fail(key, item, fmt::format("is no whole number from 1 to {}", most));
      values.push_back(static_cast<size_t>(*value));
    });
    return values;
  }

  template <typename T>
  std::vector<T> named(std::string_view key, std::optional<T> (*find)(std::string_view),
                       std::string_view known) {
    std::vector<T> values;
    each(key, [&](const toml::node& item) {
      const auto value = find(item.value_or(std::string_view{}));
      if (!value) return fail(key, item, fmt::format("is none of {}", known));
      values.push_back(*value);
    });
    return values;
  }

  std::vector<std::optional<double>> rates(std::string_view key) {
    if (!table_.contains(key)) return {std::nullopt};
    std::vector<std::optional<double>> values;
    each(key, [&](const toml::node& item) {
      const auto value = item.value<double>();
      if (!value || !(*value > 0) || !(*value <= 10))
        return fail(key, item, "is no learning rate above 0 and up to 10");
      values.emplace_back(*value);
    });
    return values;
  }

  Widths widths(std::string_view key) {
    const auto* node = table_.get(key);
    if (node == nullptr) return Widths::kEqual;
    const auto text = node->value_or(std::string_view{});
    if (text != "equal" && text != "independent") fail(key, *node, "is none of equal, independent");
    return text == "independent" ? Widths::kIndependent : Widths::kEqual;
  }

  void refuse_others(std::initializer_list<std::string_view> known) {
    for (const auto& [key, node] : table_)
      if (std::find(known.begin(), known.end(), key.str()) == known.end())
        fail(key.str(), node, fmt::format("is not known; it is one of {}", fmt::join(known, ", ")));
  }

  const std::optional<Error>& fault() const { return fault_; }

 private:
  template <typename Take>
  void each(std::string_view key, Take take) {
    const auto* node = table_.get(key);
    if (node == nullptr) {
      if (!fault_) fault_ = Error{fmt::format("{}: '{}' is missing; see docs/grid.md", path_, key)};
      return;
    }
    const auto* list = node->as_array();
    if (list == nullptr || list->empty()) return fail(key, *node, "is no list of values");
    for (const toml::node& item : *list) take(item);
  }

  void fail(std::string_view key, const toml::node& node, std::string_view what) {
    if (!fault_)
      fault_ = Error{fmt::format("{}: line {}: '{}' {}; see docs/grid.md", path_,
                                 node.source().begin.line, key, what)};
  }

  std::string path_;
  const toml::table& table_;
  std::optional<Error> fault_;
};

// Far above the most, and perhaps above what size() can count: 65⁴ networks.
bool is_vast(const GridSpace& space) {
  return space.widths == Widths::kIndependent && space.nodes.size() > 64 &&
         std::ranges::max(space.hidden_layers) >= 4;
}

// Of the largest network, but for those of the inputs.
size_t most_weights(const GridSpace& space) {
  const size_t nodes = std::ranges::max(space.nodes);
  return (std::ranges::max(space.hidden_layers) - 1) * nodes * nodes + nodes;
}

Result<GridSpace> read_space(const std::string& path, const toml::table& table) {
  SpaceReader reader(path, table);
  GridSpace space;
  space.hidden_layers = reader.sizes("hidden_layers", kMostLayers);
  space.nodes = reader.sizes("nodes", kMostNodes);
  space.widths = reader.widths("widths");
  space.batch = reader.sizes("batch", kMostBatch);
  space.optimizer = reader.named<nn::OptimizerKind>("optimizer", nn::optimizer_named,
                                                    "sgd, rmsprop, adagrad, adam, nadam");
  space.activation =
      reader.named<nn::Activation>("activation", nn::activation_named, "relu, tanh, softsign");
  space.learning_rate = reader.rates("learning_rate");
  reader.refuse_others(
      {"hidden_layers", "nodes", "widths", "batch", "optimizer", "activation", "learning_rate"});
  if (const auto& fault = reader.fault()) return *fault;
  if (most_weights(space) > model::kMostWeights)
    return Error{fmt::format("{}: {} layers of {} nodes have more than {} weights; leave some out",
                             path, std::ranges::max(space.hidden_layers),
                             std::ranges::max(space.nodes), model::kMostWeights)};
  if (is_vast(space) || space.size() > kMostCombinations)
    return Error{fmt::format("{}: has more than {} combinations; leave some values out", path,
                             kMostCombinations)};
  return space;
}

}  // namespace

Result<GridSpace> load_grid_space(const std::string& name) {
  if (name == "thesis") return thesis(Widths::kEqual);
  if (name == "thesis-independent") return thesis(Widths::kIndependent);
  if (!name.ends_with(".toml"))
    return Error{fmt::format(
        "unknown space '{}': it is thesis, thesis-independent, or a file that ends in .toml",
        name)};
  try {
    return read_space(name, toml::parse_file(name));
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    if (line == 0) return Error{fmt::format("{}: cannot be read; check the path", name)};
    return Error{fmt::format("{}: line {}: {}; correct it", name, line, error.description())};
  }
}

}  // namespace kanaria::train
