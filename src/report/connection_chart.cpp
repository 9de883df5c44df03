// SPDX-License-Identifier: Apache-2.0
#include "report/connection_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/page_files.h"

namespace kanaria::report {
namespace {

using nlohmann::json;

// Beyond this many thresholds a linear scale would hide how the evidence got there.
constexpr double kMostThresholdsOnLinearScale = 6;
// Both directions are drawn at least this far: an empty half looks like an error.
constexpr double kLeastBytesShown = 60;

bool is_finite(const Point& point) { return std::isfinite(point.x) && std::isfinite(point.y); }

double last_x(const ConnectionChart& chart) {
  double last = 0;
  for (const auto& message : chart.messages)
    if (std::isfinite(message.x)) last = std::max(last, message.x);
  for (const Point& point : chart.evidence)
    if (is_finite(point)) last = std::max(last, point.x);
  return last > 0 ? last : 1;
}

// 1, 3, 10, 30 … times `unit`, up to `most`.
std::vector<double> steps(double unit, double most) {
  std::vector<double> values;
  for (double step = unit; step <= most; step *= 10) {
    values.push_back(step);
    if (3 * step <= most) values.push_back(3 * step);
  }
  return values;
}

// Sizes of one direction to name on its half of the axis.
std::vector<double> sizes_up_to(double most) { return steps(most < 200 ? 10 : 100, most); }

void set_bytes(json& spec, const ConnectionChart& chart) {
  json rows = json::array();
  double up = kLeastBytesShown, down = kLeastBytesShown;
  for (const auto& message : chart.messages) {
    if (!std::isfinite(message.x) || !std::isfinite(message.bytes)) continue;
    rows.push_back({{"x", message.x}, {"b", message.bytes}});
    up = std::max(up, message.bytes);
    down = std::max(down, -message.bytes);
  }
  json ticks = json::array({0});
  for (const double tick : sizes_up_to(up)) ticks.push_back(tick);
  for (const double tick : sizes_up_to(down)) ticks.push_back(-tick);
  spec["data"][0]["values"] = std::move(rows);
  spec["scales"][1]["domain"] = {-down * 1.15, up * 1.15};
  spec["axes"][1]["values"] = std::move(ticks);
}

void set_evidence(json& spec, const ConnectionChart& chart, double x_end) {
  json rows = json::array();
  double most = chart.threshold;
  for (const Point& point : chart.evidence) {
    if (!is_finite(point)) continue;
    rows.push_back({{"x", point.x}, {"y", point.y}});
    most = std::max(most, point.y);
  }
  if (!rows.empty()) rows.push_back({{"x", x_end}, {"y", rows.back()["y"]}});
  spec["data"][1]["values"] = std::move(rows);
  if (chart.alarm && is_finite(*chart.alarm)) {
    spec["data"][2]["values"] = json::array({{{"x", chart.alarm->x}, {"y", chart.alarm->y}}});
    most = std::max(most, chart.alarm->y);
  }
  json& scale = spec["scales"][2];
  scale["domain"] = {0, most > 0 ? most * 1.1 : 1};
  if (most <= chart.threshold * kMostThresholdsOnLinearScale || chart.threshold <= 0) return;
  scale["type"] = "symlog";
  scale["constant"] = chart.threshold;
  json ticks = json::array({0});
  for (const double tick : steps(10, most)) ticks.push_back(tick);
  spec["axes"][2]["values"] = std::move(ticks);
}

std::string text_of(const ConnectionChart& chart) {
  std::string text =
      fmt::format("{} messages over {}; evidence", chart.messages.size(), chart.x_title);
  if (!chart.evidence.empty())
    text +=
        fmt::format(" from {:.4g} to {:.4g},", chart.evidence.front().y, chart.evidence.back().y);
  text += fmt::format(" threshold {:.4g}", chart.threshold);
  if (chart.alarm)
    text += fmt::format("; alarm at ({:.4g}, {:.4g})", chart.alarm->x, chart.alarm->y);
  return text + ".";
}

}  // namespace

Chart to_chart(const ConnectionChart& chart, std::string caption) {
  json spec = json::parse(kConnectionChartJson);
  const double x_end = last_x(chart);
  spec["scales"][0]["domain"] = {0, x_end};
  set_bytes(spec, chart);
  set_evidence(spec, chart, x_end);
  json& given = spec["signals"][0]["value"];
  given["x_title"] = chart.x_title;
  given["threshold"] = chart.threshold;
  return {std::move(caption), text_of(chart),
          spec.dump(-1, ' ', true, json::error_handler_t::replace)};
}

}  // namespace kanaria::report
