// SPDX-License-Identifier: Apache-2.0
// A chart of an HTML page. Each kind (heat_map.h, parallel_coordinates.h, line_chart.h,
// bar_chart.h, connection_chart.h) is a plain struct and a function to_chart(struct, caption).
// Texts may hold any bytes: they never become code, and what is not UTF-8 becomes U+FFFD. Values
// that are not finite are left out. `format` is a d3-format specifier (".3f", ".1%", ",d") and
// comes from the program, never from input.
#pragma once

#include <string>

namespace kanaria::report {

struct Chart {
  std::string caption = {};  // below the chart: what is to be seen; may be empty
  std::string text = {};     // instead of the chart, where it cannot be drawn or seen
  std::string spec = {};     // Vega 5, JSON; what all charts share is added by page/charts.js
};

}  // namespace kanaria::report
