// SPDX-License-Identifier: Apache-2.0
#include "report/line_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/page_files.h"

namespace kanaria::report {
namespace {

using nlohmann::json;

// Rates that a normal-deviate axis names; the outer ones bound what it can show.
constexpr double kRates[] = {1e-5, 1e-4, 0.001, 0.005, 0.01, 0.02, 0.05,  0.1,   0.2,    0.4,
                             0.6,  0.8,  0.9,   0.95,  0.98, 0.99, 0.995, 0.999, 0.9999, 0.99999};

double normal_cdf(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

// The z with normal_cdf(z) = rate, by halving: 60 steps leave no bit of [-8, 8] open.
double normal_quantile(double rate) {
  double low = -8;
  double high = 8;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (normal_cdf(middle) < rate ? low : high) = middle;
  }
  return std::round(high * 1e6) / 1e6;
}

struct Edges {
  double low = 0;
  double high = 1;
};

bool can_show(AxisScale scale, double value) {
  if (scale == AxisScale::kLog) return value > 0;
  if (scale == AxisScale::kProbit) return value > 0 && value < 1;
  return true;
}

// Of the values that the scale can show; [0, 1] without any, wider than a point always.
Edges extent_of(AxisScale scale, const std::vector<double>& values) {
  Edges edges{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const double value : values) {
    if (!can_show(scale, value)) continue;
    edges.low = std::min(edges.low, value);
    edges.high = std::max(edges.high, value);
  }
  if (edges.low > edges.high) return scale == AxisScale::kLinear ? Edges{0, 1} : Edges{0.01, 0.99};
  if (edges.low == edges.high && scale == AxisScale::kLinear)
    return {edges.low - 0.5, edges.high + 0.5};
  if (edges.low == edges.high && scale == AxisScale::kLog) return {edges.low / 2, edges.high * 2};
  return edges;
}

Edges edges_of(const Axis& axis, const std::vector<double>& values) {
  Edges edges = extent_of(axis.scale, values);
  if (axis.scale == AxisScale::kProbit) {
    const auto* above = std::upper_bound(std::begin(kRates), std::end(kRates), edges.low);
    edges.low = above == std::begin(kRates) ? *above : *(above - 1);
    const auto* beyond = std::lower_bound(std::begin(kRates), std::end(kRates), edges.high);
    edges.high = beyond == std::end(kRates) ? *(beyond - 1) : *beyond;
    if (edges.low == edges.high) edges = {kRates[0], edges.high};
  }
  return {axis.low.value_or(edges.low), axis.high.value_or(edges.high)};
}

// Where a value lies, on the scale that Vega draws.
double place(AxisScale scale, const Edges& edges, double value) {
  switch (scale) {
    case AxisScale::kLinear: return value;
    case AxisScale::kLog: return value > 0 ? value : edges.low;
    case AxisScale::kProbit: return normal_quantile(std::clamp(value, edges.low, edges.high));
  }
  return value;
}

struct Placing {
  AxisScale scale;
  Edges edges;
  double operator()(double value) const { return place(scale, edges, value); }
};

// Sets scale `i` and axis `i` of the specification.
void set_axis(json& spec, size_t i, const Axis& axis, const Placing& placing) {
  json& scale = spec["scales"][i];
  json& drawn = spec["axes"][i];
  drawn["title"] = axis.title;
  scale["domain"] = {placing(placing.edges.low), placing(placing.edges.high)};
  if (axis.scale == AxisScale::kLog) scale["type"] = "log";
  if (axis.scale != AxisScale::kProbit) {
    scale["nice"] = !axis.low && !axis.high;
    if (!axis.format.empty())
      drawn["format"] = axis.format;
    else if (axis.scale == AxisScale::kLog)
      drawn["format"] = "~g";
    return;
  }
  json values = json::array();
  json labels = json::array();
  for (const double rate : kRates) {
    if (rate < placing.edges.low || rate > placing.edges.high) continue;
    values.push_back(placing(rate));
    labels.push_back(fmt::format("{:g}%", rate * 100));
  }
  drawn["values"] = values;
  drawn.erase("tickCount");  // would thin them out
  const std::string name = i == 0 ? "x_ticks" : "y_ticks";
  spec["signals"].push_back(
      {{"name", name}, {"value", {{"values", std::move(values)}, {"labels", std::move(labels)}}}});
  drawn["encode"]["labels"]["update"]["text"]["signal"] =
      fmt::format("{0}.labels[indexof({0}.values, datum.value)]", name);
}

std::vector<double> values_of(const LineChart& chart, double Point::*field) {
  std::vector<double> values;
  const auto add = [&values](double value) {
    if (std::isfinite(value)) values.push_back(value);
  };
  for (const Series& series : chart.series) {
    for (const Point& point : series.points) add(point.*field);
    for (const BandPoint& point : series.band) {
      if (field == &Point::x) add(point.x);
      if (field == &Point::y) add(point.low), add(point.high);
    }
  }
  for (const MarkedPoint& mark : chart.marks) add(mark.at.*field);
  return values;
}

// x, y: where it is drawn; rx, ry: the rates that a normal-deviate axis hides.
json row_of(const LineChart& chart, const Placing& x, const Placing& y, const Point& point) {
  json row{{"x", x(point.x)}, {"y", y(point.y)}};
  if (chart.x.scale == AxisScale::kProbit) row["rx"] = point.x;
  if (chart.y.scale == AxisScale::kProbit) row["ry"] = point.y;
  return row;
}

bool is_finite(const Point& point) { return std::isfinite(point.x) && std::isfinite(point.y); }

void set_values(json& spec, const LineChart& chart, const Placing& x, const Placing& y) {
  json points = json::array();
  json bands = json::array();
  json marks = json::array();
  for (size_t s = 0; s < chart.series.size(); ++s) {
    for (const Point& point : chart.series[s].points) {
      if (!is_finite(point)) continue;
      points.push_back(row_of(chart, x, y, point));
      points.back()["s"] = s;
    }
    for (const BandPoint& point : chart.series[s].band)
      if (std::isfinite(point.x) && std::isfinite(point.low) && std::isfinite(point.high))
        bands.push_back(
            {{"s", s}, {"x", x(point.x)}, {"low", y(point.low)}, {"high", y(point.high)}});
  }
  for (const MarkedPoint& mark : chart.marks) {
    if (!is_finite(mark.at)) continue;
    marks.push_back(row_of(chart, x, y, mark.at));
    marks.back()["label"] = mark.label;
  }
  spec["data"][0]["values"] = std::move(points);
  spec["data"][1]["values"] = std::move(bands);
  spec["data"][2]["values"] = std::move(marks);
}

// What the expressions refer to as `given`.
json given_of(const LineChart& chart) {
  json names = json::array();
  json shapes = json::array();
  for (const Series& series : chart.series) {
    names.push_back(series.name);
    shapes.push_back(series.shape == LineShape::kStep ? "step-after" : "linear");
  }
  const auto format = [](const Axis& axis) -> std::string {
    if (axis.scale == AxisScale::kProbit) return ".3~%";
    return axis.format.empty() ? ".4~g" : axis.format;
  };
  return {{"names", std::move(names)},   {"shapes", std::move(shapes)},
          {"x_title", chart.x.title},    {"y_title", chart.y.title},
          {"x_format", format(chart.x)}, {"y_format", format(chart.y)}};
}

void set_tooltips(json& spec, const LineChart& chart) {
  const std::string values = fmt::format(
      "[given.x_title, format(datum.{}, given.x_format)], [given.y_title, format(datum.{}, "
      "given.y_format)]]",
      chart.x.scale == AxisScale::kProbit ? "rx" : "x",
      chart.y.scale == AxisScale::kProbit ? "ry" : "y");
  json& marks = spec["marks"];
  marks[2]["encode"]["update"]["tooltip"]["signal"] = "[[given.names[datum.s], ''], " + values;
  marks[3]["encode"]["update"]["tooltip"]["signal"] = "[[datum.label, ''], " + values;
}

std::string text_of(const LineChart& chart) {
  std::string text = fmt::format("Line chart of {} over {}", chart.y.title, chart.x.title);
  const char* separator = ": ";
  for (const Series& series : chart.series) {
    text += fmt::format("{}{}", separator, series.name);
    if (!series.points.empty())
      text += fmt::format(" from ({:.4g}, {:.4g}) to ({:.4g}, {:.4g})", series.points.front().x,
                          series.points.front().y, series.points.back().x, series.points.back().y);
    separator = "; ";
  }
  for (const MarkedPoint& mark : chart.marks)
    text += fmt::format("; {} at ({:.4g}, {:.4g})", mark.label, mark.at.x, mark.at.y);
  return text + ".";
}

}  // namespace

Chart to_chart(const LineChart& chart, std::string caption) {
  json spec = json::parse(kLineChartJson);
  const Placing x{chart.x.scale, edges_of(chart.x, values_of(chart, &Point::x))};
  const Placing y{chart.y.scale, edges_of(chart.y, values_of(chart, &Point::y))};
  set_axis(spec, 0, chart.x, x);
  set_axis(spec, 1, chart.y, y);
  set_values(spec, chart, x, y);
  set_tooltips(spec, chart);
  spec["signals"][0]["value"] = given_of(chart);
  std::vector<size_t> series(chart.series.size());
  std::iota(series.begin(), series.end(), size_t{0});
  spec["scales"][2]["domain"] = series;
  spec["scales"][3]["domain"] = series;
  if (chart.series.size() < 2) spec.erase("legends");
  if (chart.x.scale == AxisScale::kProbit && chart.y.scale == AxisScale::kProbit) {
    spec["height"] = 480;  // DET curves are compared by their slope: about as wide as high
    spec["usermeta"]["max_width"] = 640;
  }
  return {std::move(caption), text_of(chart),
          spec.dump(-1, ' ', true, json::error_handler_t::replace)};
}

}  // namespace kanaria::report
