// SPDX-License-Identifier: Apache-2.0
// Many things of several values each: an upright axis a value, a line a thing, coloured by one more
// value. Dragging along axes picks lines; a click on an axis lets go. Legible up to some 5,000
// lines.
#pragma once

#include <string>
#include <vector>

#include "report/chart.h"

namespace kanaria::report {

struct ParallelAxis {
  std::string title = {};
  std::vector<std::string> categories = {};  // bottom to top; none: the axis is numeric
  std::string format = ".4~g";               // of a numeric axis
};

struct ParallelLine {
  std::vector<double> values = {};  // one an axis: index of the category, or the number
  double colour = 0;
};

struct ParallelCoordinates {
  std::vector<ParallelAxis> axes = {};
  std::vector<ParallelLine> lines = {};
  std::string colour_title = {};
  std::string colour_format = ".3f";
};

// Lines of one category are spread around it in the order of their colour, so that none hides
// another. Requires: two axes or more, as many values in each line, categories within their axis.
Chart to_chart(const ParallelCoordinates& plot, std::string caption);

}  // namespace kanaria::report
