// SPDX-License-Identifier: Apache-2.0
// A value at each place of a grid, as a colour; several grids of the same axes and colours stand
// side by side.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/chart.h"

namespace kanaria::report {

struct HeatCell {
  size_t x = 0;  // index into x_labels
  size_t y = 0;  // index into y_labels
  double value = 0;
};

struct HeatFacet {
  std::string title = {};
  std::vector<HeatCell> cells = {};  // a place without a cell is drawn as missing
};

struct HeatMap {
  std::string x_title = {};
  std::string y_title = {};
  std::string value_title = {};
  std::string format = ".3f";  // of values
  std::vector<std::string> x_labels = {};
  std::vector<std::string> y_labels = {};  // from top to bottom
  std::vector<HeatFacet> facets = {};
};

// Requires: a facet, labels on both axes, indices within them.
Chart to_chart(const HeatMap& map, std::string caption);

}  // namespace kanaria::report
