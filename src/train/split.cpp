// SPDX-License-Identifier: Apache-2.0
#include "train/split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "base/random.h"

namespace kanaria::train {
namespace {

constexpr std::array<std::pair<std::string_view, SplitBy>, 5> kNamed{{
    {"random", SplitBy::kRandom},
    {"capture", SplitBy::kCapture},
    {"kind", SplitBy::kKind},
    {"source", SplitBy::kSource},
    {"time", SplitBy::kTime},
}};

// Numbers equal texts alike, in the order of their first appearance.
class Numbering {
 public:
  uint32_t of(const std::string& text) {
    return numbers_.emplace(text, static_cast<uint32_t>(numbers_.size())).first->second;
  }

 private:
  std::map<std::string, uint32_t> numbers_;
};

std::vector<uint32_t> units_of_connections(const DataSet& data, SplitBy by) {
  Numbering numbering;
  std::vector<uint32_t> units;
  for (const LabelledConnection& connection : data.connections) {
    switch (by) {
      case SplitBy::kKind: units.push_back(numbering.of(connection.kind)); break;
      case SplitBy::kSource: units.push_back(numbering.of(connection.group)); break;
      case SplitBy::kConnection: units.push_back(static_cast<uint32_t>(units.size())); break;
      default: units.push_back(connection.capture);
    }
  }
  return units;
}

bool is_dealt(const DataSet& data, uint32_t row) {
  return !data.connections[data.connection[row]].background &&
         !std::ranges::binary_search(data.copies, row);
}

// Rows that are not dealt, but learnt from beside those that are.
class UndealtRows {
 public:
  UndealtRows(const DataSet& data, std::span<const uint32_t> rows, SplitBy by) : data_(data) {
    for (const uint32_t row : rows)
      if (!is_dealt(data, row)) rows_.push_back(row);
    if (!rows_.empty()) units_ = units_of_connections(data, by);
  }

  void join(Split& split) const {
    if (rows_.empty()) return;
    std::vector<bool> connections(data_.connections.size(), false);  // that are tested
    std::vector<bool> captures(data_.captures.size(), false);
    std::set<uint32_t> units;
    for (const uint32_t row : split.test) {
      const uint32_t connection = data_.connection[row];
      connections[connection] = captures[data_.connections[connection].capture] = true;
      units.insert(units_[connection]);
    }
    for (const uint32_t row : rows_) {
      const uint32_t c = data_.connection[row];
      const bool of_background = data_.connections[c].background;
      const bool tested = of_background
                              ? units.contains(units_[c]) || captures[data_.connections[c].capture]
                              : connections[c];
      if (!tested) split.train.push_back(row);
    }
    std::ranges::sort(split.train);
  }

 private:
  const DataSet& data_;
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> units_;  // of connections
};

// What is dealt whole to one side, with all of its rows.
class Units {
 public:
  Units(const DataSet& data, std::span<const uint32_t> rows, SplitBy by) {
    const auto of_connection = units_of_connections(data, by);
    of_row_.reserve(rows.size());
    for (const uint32_t row : rows) {
      const uint32_t connection = data.connection[row];
      const uint32_t unit = by == SplitBy::kRandom ? row : of_connection[connection];
      of_row_.push_back(unit);
      if (unit >= kinds_.size()) {
        kinds_.resize(unit + 1, Kind::kNoRow);
        start_.resize(unit + 1, Timestamp{INT64_MAX});
      }
      Kind& kind = kinds_[unit];
      kind = std::max(kind, data.labels[row] > 0.5F ? Kind::kMining : Kind::kBenign);
      start_[unit] = std::min(start_[unit], data.connections[connection].start);
    }
  }

  // Those with mining and those without, each in random order; by time the latest first.
  std::array<std::vector<uint32_t>, 2> drawn(SplitBy by, uint64_t seed) const {
    Random random(seed);
    std::array<std::vector<uint32_t>, 2> classes;
    for (uint32_t unit = 0; unit < kinds_.size(); ++unit)
      if (kinds_[unit] != Kind::kNoRow) classes[kinds_[unit] == Kind::kMining].push_back(unit);
    if (by == SplitBy::kRandom) {  // the thesis did not look at the class
      classes[0].insert(classes[0].end(), classes[1].begin(), classes[1].end());
      classes[1].clear();
    }
    for (auto& units : classes) {
      if (by == SplitBy::kTime)
        std::stable_sort(units.begin(), units.end(),
                         [&](uint32_t a, uint32_t b) { return start_[a] > start_[b]; });
      else
        random.shuffle<uint32_t>(units);
    }
    return classes;
  }

  size_t count() const { return kinds_.size(); }
  uint32_t of_row(size_t index) const { return of_row_[index]; }

 private:
  enum class Kind : uint8_t { kNoRow, kBenign, kMining };
  std::vector<uint32_t> of_row_;
  std::vector<Kind> kinds_;  // by unit
  std::vector<Timestamp> start_;
};

// The rounded share; of two or more units at least one stands on either side.
size_t count_of(double share, size_t units) {
  const auto count = static_cast<size_t>(std::lround(share * static_cast<double>(units)));
  return share == 0 || units < 2 ? count : std::clamp<size_t>(count, 1, units - 1);
}

// Whether each unit is in the test part.
std::vector<bool> put_aside(const Units& units, SplitBy by, double share, uint64_t seed) {
  std::vector<bool> aside(units.count(), false);
  for (const auto& drawn : units.drawn(by, seed))
    for (size_t i = 0; i < count_of(share, drawn.size()); ++i) aside[drawn[i]] = true;
  return aside;
}

}  // namespace

std::span<const std::string_view> split_names() {
  static const auto kNames = [] {
    std::array<std::string_view, kNamed.size()> all;
    for (size_t i = 0; i < all.size(); ++i) all[i] = kNamed[i].first;
    return all;
  }();
  return kNames;
}

std::optional<SplitBy> split_named(std::string_view name) {
  for (const auto& [known, by] : kNamed)
    if (known == name) return by;
  return std::nullopt;
}

std::vector<uint32_t> dealt_rows(const DataSet& data, std::span<const uint32_t> rows) {
  std::vector<uint32_t> dealt;
  for (const uint32_t row : rows)
    if (is_dealt(data, row)) dealt.push_back(row);
  return dealt;
}

Split split(const DataSet& data, std::span<const uint32_t> rows, SplitBy by, double test_share,
            uint64_t seed) {
  const auto dealt = dealt_rows(data, rows);
  const Units units(data, dealt, by);
  const std::vector<bool> aside = put_aside(units, by, test_share, seed);
  Split result;
  for (size_t i = 0; i < dealt.size(); ++i)
    (aside[units.of_row(i)] ? result.test : result.train).push_back(dealt[i]);
  UndealtRows(data, rows, by).join(result);
  return result;
}

std::vector<Split> folds(const DataSet& data, std::span<const uint32_t> rows, SplitBy by,
                         size_t count, uint64_t seed) {
  if (by == SplitBy::kTime) return {split(data, rows, by, 1.0 / static_cast<double>(count), seed)};
  const auto dealt_to_folds = dealt_rows(data, rows);
  const Units units(data, dealt_to_folds, by);
  std::vector<size_t> fold_of_unit(units.count(), 0);
  size_t dealt = 0;
  const auto drawn = units.drawn(by, seed);
  for (const auto& of_class : {drawn[1], drawn[0]})  // mining first: every fold has some
    for (const uint32_t unit : of_class) fold_of_unit[unit] = dealt++ % count;
  std::vector<Split> result(std::min(count, dealt));
  for (size_t i = 0; i < dealt_to_folds.size(); ++i)
    for (size_t fold = 0; fold < result.size(); ++fold)
      (fold_of_unit[units.of_row(i)] == fold ? result[fold].test : result[fold].train)
          .push_back(dealt_to_folds[i]);
  const UndealtRows undealt(data, rows, by);
  for (Split& fold : result) undealt.join(fold);
  return result;
}

SplitBy validation_split(const DataSet& data, std::span<const uint32_t> rows) {
  std::array<std::vector<bool>, 2> seen;
  std::array<size_t, 2> captures{};
  for (auto& of_class : seen) of_class.resize(data.captures.size());
  for (const uint32_t row : dealt_rows(data, rows)) {
    const size_t of_class = data.labels[row] > 0.5F ? 1 : 0;
    const uint32_t capture = data.connections[data.connection[row]].capture;
    if (!seen[of_class][capture]) ++captures[of_class];
    seen[of_class][capture] = true;
  }
  return captures[0] < 2 || captures[1] < 2 ? SplitBy::kConnection : SplitBy::kCapture;
}

std::vector<uint32_t> all_rows(const DataSet& data) {
  std::vector<uint32_t> rows(data.rows());
  std::iota(rows.begin(), rows.end(), uint32_t{0});
  return rows;
}

}  // namespace kanaria::train
