// SPDX-License-Identifier: Apache-2.0
// Values with names, one below the other, each with its interval and its number: counts, or rates
// with their 95 % intervals (a forest plot).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/chart.h"

namespace kanaria::report {

struct Interval {
  double low = 0;
  double high = 0;
};

struct Bar {
  std::string label = {};
  double value = 0;
  std::optional<Interval> interval = {};
};

struct BarChart {
  std::string value_title = {};
  std::string format = ",~r";       // of values: up to 6 digits
  std::vector<Bar> bars = {};       // from top to bottom; they begin at 0
  std::optional<double> high = {};  // right edge; nothing: from the data
};

Chart to_chart(const BarChart& chart, std::string caption);

}  // namespace kanaria::report
