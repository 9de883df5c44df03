// SPDX-License-Identifier: Apache-2.0
#include "train/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace kanaria::train {
namespace {

std::vector<bool> random_rows(std::span<const uint32_t> rows, double share, Random& random) {
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  random.shuffle<size_t>(order);
  std::vector<bool> in_test(rows.size(), false);
  const auto count = static_cast<size_t>(std::lround(share * static_cast<double>(rows.size())));
  for (size_t i = 0; i < count; ++i) in_test[order[i]] = true;
  return in_test;
}

// Captures that hold mining and captures that do not are drawn apart, so that both classes stand on
// both sides where they can.
std::vector<bool> whole_captures(const DataSet& data, std::span<const uint32_t> rows, double share,
                                 Random& random) {
  std::vector<int> kind(data.captures.size(), -1);  // -1: no row, 0: benign only, 1: mining
  for (const uint32_t row : rows) {
    int& of_capture = kind[data.connections[data.connection[row]].capture];
    of_capture = std::max(of_capture, data.labels[row] > 0.5F ? 1 : 0);
  }
  std::vector<bool> capture_in_test(data.captures.size(), false);
  for (const int wanted : {0, 1}) {
    std::vector<size_t> captures;
    for (size_t c = 0; c < kind.size(); ++c)
      if (kind[c] == wanted) captures.push_back(c);
    random.shuffle<size_t>(captures);
    const auto count =
        static_cast<size_t>(std::lround(share * static_cast<double>(captures.size())));
    for (size_t i = 0; i < count; ++i) capture_in_test[captures[i]] = true;
  }
  std::vector<bool> in_test(rows.size());
  for (size_t i = 0; i < rows.size(); ++i)
    in_test[i] = capture_in_test[data.connections[data.connection[rows[i]]].capture];
  return in_test;
}

}  // namespace

std::optional<SplitBy> split_named(std::string_view name) {
  if (name == "random") return SplitBy::kRandom;
  if (name == "capture") return SplitBy::kCapture;
  return std::nullopt;
}

Split split(const DataSet& data, std::span<const uint32_t> rows, SplitBy by, double test_share,
            uint64_t seed) {
  Random random(seed);
  const std::vector<bool> in_test = by == SplitBy::kRandom
                                        ? random_rows(rows, test_share, random)
                                        : whole_captures(data, rows, test_share, random);
  Split result;
  for (size_t i = 0; i < rows.size(); ++i)
    (in_test[i] ? result.test : result.train).push_back(rows[i]);
  return result;
}

std::vector<uint32_t> all_rows(const DataSet& data) {
  std::vector<uint32_t> rows(data.rows());
  std::iota(rows.begin(), rows.end(), uint32_t{0});
  return rows;
}

}  // namespace kanaria::train
