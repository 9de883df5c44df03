// SPDX-License-Identifier: Apache-2.0
// A connection over time: each message as a line as long as it is large, up when the client sent
// it and down when the server did (the thesis's Fig. 2.1), and below it the evidence on its way to
// the threshold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/chart.h"
#include "report/line_chart.h"

namespace kanaria::report {

struct ConnectionChart {
  struct Stem {
    double x = 0;
    double bytes = 0;  // of the server: negative
  };

  std::string x_title = {};
  std::vector<Stem> messages = {};
  std::vector<Point> evidence = {};  // each holds until the next
  double threshold = 0;
  std::optional<Point> alarm = {};
};

Chart to_chart(const ConnectionChart& chart, std::string caption);

}  // namespace kanaria::report
