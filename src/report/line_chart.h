// SPDX-License-Identifier: Apache-2.0
// Curves over linear, logarithmic or normal-deviate axes: learning curves, ROC, DET (Martin et al.,
// "The DET curve in assessment of detection task performance", 1997: miss rate over false-positive
// rate, both kProbit).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/chart.h"

namespace kanaria::report {

enum class AxisScale {
  kLinear,
  kLog,     // base 10; what is not positive lies on the lower edge
  kProbit,  // of rates: the standard normal quantile; 0 and 1 lie on the edges
};

struct Axis {
  std::string title = {};
  AxisScale scale = AxisScale::kLinear;
  std::optional<double> low = {};  // edges; nothing: from the data
  std::optional<double> high = {};
  std::string format = {};  // nothing: as many digits as it takes; kProbit shows percent
};

struct Point {
  double x = 0;
  double y = 0;
};

enum class LineShape { kStraight, kStep };  // kStep: a value holds until the next point

struct BandPoint {
  double x = 0;
  double low = 0;
  double high = 0;
};

struct Series {
  std::string name = {};
  std::vector<Point> points = {};  // in the order in which they are joined; some 1,000 at most
  LineShape shape = LineShape::kStraight;
  std::vector<BandPoint> band = {};  // shaded behind the line, as an interval; none: no band
};

struct MarkedPoint {
  Point at = {};
  std::string label = {};
};

struct LineChart {
  Axis x = {};
  Axis y = {};
  std::vector<Series> series = {};  // 7 look different
  std::vector<MarkedPoint> marks = {};
};

Chart to_chart(const LineChart& chart, std::string caption);

}  // namespace kanaria::report
