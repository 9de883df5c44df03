// SPDX-License-Identifier: Apache-2.0
#include "train/score_curve.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace kanaria::train {
namespace {

std::vector<uint32_t> ascending(std::span<const float> scores) {
  std::vector<uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), uint32_t{0});
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return scores[a] < scores[b]; });
  return order;
}

}  // namespace

ScoreCells score_cells(std::span<const float> scores, size_t most) {
  const std::vector<uint32_t> order = ascending(scores);
  const size_t least_a_cell = (scores.size() + most - 1) / std::max<size_t>(most, 1);
  ScoreCells cells{std::vector<uint32_t>(scores.size()), 0};
  size_t in_cell = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const bool higher = i == 0 || scores[order[i]] > scores[order[i - 1]];
    if (i == 0 || (higher && in_cell >= least_a_cell)) {
      ++cells.count;
      in_cell = 0;
    }
    ++in_cell;
    cells.of_score[order[i]] = static_cast<uint32_t>(cells.count - 1);
  }
  return cells;
}

ScoreCells score_cells(std::span<const float> scores, const std::vector<bool>& mining,
                       size_t parts) {
  const std::vector<uint32_t> order = ascending(scores);
  const auto miners = static_cast<size_t>(std::count(mining.begin(), mining.end(), true));
  const std::array<size_t, 2> all{scores.size() - miners, miners};
  ScoreCells cells{std::vector<uint32_t>(scores.size()), 0};
  std::array<size_t, 2> in_cell{};
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    std::array<size_t, 2> equal{};
    do ++equal[mining[order[end++]]];
    while (end < order.size() && scores[order[end]] == scores[order[begin]]);
    const auto overfull = [&](size_t of) { return (in_cell[of] + equal[of]) * parts > all[of]; };
    if (begin == 0 || overfull(0) || overfull(1)) {
      ++cells.count;
      in_cell = {};
    }
    for (const size_t of : {0UL, 1UL}) in_cell[of] += equal[of];
    for (size_t i = begin; i < end; ++i)
      cells.of_score[order[i]] = static_cast<uint32_t>(cells.count - 1);
  }
  return cells;
}

ScoreCurve& ScoreCurve::operator+=(const ScoreCurve& other) {
  for (size_t cell = 0; cell < benign_.size(); ++cell) {
    benign_[cell] += other.benign_[cell];
    mining_[cell] += other.mining_[cell];
  }
  return *this;
}

void ScoreCurve::clear() {
  std::fill(benign_.begin(), benign_.end(), 0);
  std::fill(mining_.begin(), mining_.end(), 0);
}

double ScoreCurve::roc_area() const {
  double pairs_won = 0, benign_below = 0, mining = 0;
  for (size_t cell = 0; cell < benign_.size(); ++cell) {
    pairs_won += mining_[cell] * (benign_below + 0.5 * benign_[cell]);
    benign_below += benign_[cell];
    mining += mining_[cell];
  }
  return mining == 0 || benign_below == 0 ? 0.5 : pairs_won / (mining * benign_below);
}

double ScoreCurve::pr_area() const {
  const double all_mining = std::accumulate(mining_.begin(), mining_.end(), 0.0);
  if (all_mining == 0) return 0;
  double area = 0, found = 0, found_mining = 0;
  for (size_t cell = mining_.size(); cell-- > 0;) {
    found += mining_[cell] + benign_[cell];
    found_mining += mining_[cell];
    if (mining_[cell] > 0) area += mining_[cell] / all_mining * found_mining / found;
  }
  return area;
}

std::vector<CurvePoint> ScoreCurve::points() const {
  const double all_mining = std::accumulate(mining_.begin(), mining_.end(), 0.0);
  const double all_benign = std::accumulate(benign_.begin(), benign_.end(), 0.0);
  std::vector<CurvePoint> points{{0, 0}};
  double mining = 0, benign = 0;
  for (size_t cell = mining_.size(); cell-- > 0;) {
    mining += mining_[cell];
    benign += benign_[cell];
    points.push_back(
        {all_benign == 0 ? 0 : benign / all_benign, all_mining == 0 ? 0 : mining / all_mining});
  }
  return points;
}

}  // namespace kanaria::train
