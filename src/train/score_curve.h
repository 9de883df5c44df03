// SPDX-License-Identifier: Apache-2.0
// What follows from the scores of both classes at every threshold: ROC and precision-recall areas,
// and the points of a DET curve. Scores are counted in cells, so that curves of several captures
// add up.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kanaria::train {

// Which cell each score belongs to, 0 the lowest. Equal scores share a cell; with `most` cells at
// hand each holds about as many scores.
struct ScoreCells {
  std::vector<uint32_t> of_score;
  size_t count = 0;
};
ScoreCells score_cells(std::span<const float> scores, size_t most);
// Cells of which none holds more than a 1/`parts` of either class, a single score apart; at most
// 4 · `parts` + 1. Areas stay near the exact ones however rare mining is.
ScoreCells score_cells(std::span<const float> scores, const std::vector<bool>& mining,
                       size_t parts);

struct CurvePoint {
  double false_positive_rate;
  double recall;
};

class ScoreCurve {
 public:
  explicit ScoreCurve(size_t cells) : benign_(cells), mining_(cells) {}

  void add(size_t cell, bool mining) { ++(mining ? mining_ : benign_)[cell]; }
  ScoreCurve& operator+=(const ScoreCurve& other);
  void clear();

  // Share of (mining, benign) pairs of cases of which the mining one scores higher; equal ones
  // count half (Mann and Whitney 1947). 0.5 when a class has no case.
  double roc_area() const;
  // Average precision: the precision at each threshold, weighted by the recall it adds.
  double pr_area() const;
  // From the strictest threshold, where nothing is found, to the laxest.
  std::vector<CurvePoint> points() const;

 private:
  std::vector<uint32_t> benign_;  // cases by cell
  std::vector<uint32_t> mining_;
};

}  // namespace kanaria::train
