// SPDX-License-Identifier: Apache-2.0
#include "train/dialect_table.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace kanaria::train {
namespace {

std::optional<Range> range_in(const toml::node& node) {
  if (const auto one = node.value<double>()) return Range{*one, *one};
  const auto* two = node.as_array();
  if (two == nullptr || two->size() != 2) return std::nullopt;
  const auto low = two->get(0)->value<double>();
  const auto high = two->get(1)->value<double>();
  return low && high ? std::optional(Range{*low, *high}) : std::nullopt;
}

}  // namespace

const toml::node* DialectTable::need(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) fail(table_, key, "is missing");
  return node;
}

std::string DialectTable::text(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return "";
  const auto text = node->value<std::string>();
  if (!text || text->empty()) fail(*node, key, "is no text in quotes");
  return text.value_or("");
}

double DialectTable::number(std::string_view key, Bounds bounds, double otherwise) const {
  const toml::node* node = find(key);
  if (node == nullptr) return otherwise;
  const auto number = node->value<double>();
  if (number && *number >= bounds.least && *number <= bounds.most) return *number;
  fail(*node, key, fmt::format("is no number from {} to {}", bounds.least, bounds.most));
  return otherwise;
}

Range DialectTable::range(std::string_view key, Bounds bounds, Range otherwise) const {
  const toml::node* node = find(key);
  return node == nullptr ? otherwise : range_of(*node, key, bounds);
}

Range DialectTable::range_of(const toml::node& node, std::string_view key, Bounds bounds) const {
  const auto range = range_in(node);
  if (range && range->low >= bounds.least && range->low <= range->high &&
      range->high <= bounds.most)
    return *range;
  fail(node, key,
       fmt::format("is no number, and no [low, high], from {} to {}", bounds.least, bounds.most));
  return {};
}

void DialectTable::refuse_others(std::initializer_list<std::string_view> known) const {
  for (const auto& [key, node] : table_)
    if (std::ranges::find(known, key.str()) == known.end())
      fail(node, key.str(), fmt::format("is not known; it is one of {}", fmt::join(known, ", ")));
}

}  // namespace kanaria::train
