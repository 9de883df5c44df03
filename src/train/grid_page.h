// SPDX-License-Identifier: Apache-2.0
// The page of a grid search: what matters (heat maps), how all combinations did (parallel
// coordinates), the best and the worst (docs/grid.md).
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "report/heat_map.h"
#include "report/html_page.h"
#include "report/parallel_coordinates.h"
#include "train/grid.h"

namespace kanaria::train {

struct GridPageFacts {
  std::string data = {};         // "12800 rows to learn from, 3200 to choose by"
  std::string caution = {};      // may be empty
  std::vector<Rung> rungs = {};  // of the search
  Rank rank = Rank::kF1;
  std::optional<Confusion> best_tested = {};  // on rows that chose nothing
  std::optional<Confusion> worst_tested = {};
};

// Takes scores one by one, in the order of rung and combination; keeps means, and the lines of the
// last rung.
class GridPage {
 public:
  GridPage(const GridSpace& space, GridPageFacts facts);

  void take(const GridScore& score);
  std::string to_html();

 private:
  struct Mean {
    double sum = 0;
    uint64_t count = 0;
  };
  report::HeatMap heat_map() const;
  report::ParallelCoordinates lines() const;
  void add_figures(report::HtmlPage& page) const;
  void add_extremes(report::HtmlPage& page);

  const GridSpace& space_;
  GridPageFacts facts_;
  using Cell = std::tuple<nn::OptimizerKind, nn::Activation, size_t, size_t>;  // layers, nodes
  std::map<Cell, Mean> cells_;
  std::vector<GridScore> last_rung_;
};

}  // namespace kanaria::train
