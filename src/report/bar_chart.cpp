// SPDX-License-Identifier: Apache-2.0
#include "report/bar_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/page_files.h"

namespace kanaria::report {
namespace {

using nlohmann::json;

std::optional<Interval> finite_interval(const Bar& bar) {
  if (!bar.interval || !std::isfinite(bar.interval->low) || !std::isfinite(bar.interval->high))
    return std::nullopt;
  return bar.interval;
}

json domain_of(const BarChart& chart) {
  double low = 0;
  double high = 0;
  for (const Bar& bar : chart.bars) {
    if (!std::isfinite(bar.value)) continue;
    const Interval interval = finite_interval(bar).value_or(Interval{bar.value, bar.value});
    low = std::min({low, bar.value, interval.low});
    high = std::max({high, bar.value, interval.high});
  }
  high = chart.high.value_or(high);
  return {low, high > low ? high : low + 1};
}

std::string text_of(const BarChart& chart) {
  std::string text = fmt::format("Bar chart of {}", chart.value_title);
  const char* separator = ": ";
  for (const Bar& bar : chart.bars) {
    text += fmt::format("{}{} {:.4g}", separator, bar.label, bar.value);
    if (const auto interval = finite_interval(bar))
      text += fmt::format(" [{:.4g}, {:.4g}]", interval->low, interval->high);
    separator = "; ";
  }
  return text + ".";
}

}  // namespace

Chart to_chart(const BarChart& chart, std::string caption) {
  json spec = json::parse(kBarChartJson);
  json labels = json::array();
  json rows = json::array();
  for (size_t i = 0; i < chart.bars.size(); ++i) {
    const Bar& bar = chart.bars[i];
    labels.push_back(bar.label);
    spec["scales"][1]["domain"].push_back(i);
    if (!std::isfinite(bar.value)) continue;
    rows.push_back({{"i", i}, {"v", bar.value}});
    if (const auto interval = finite_interval(bar))
      rows.back().update({{"low", interval->low}, {"high", interval->high}});
  }
  spec["signals"][0]["value"] = {
      {"labels", std::move(labels)}, {"format", chart.format}, {"value_title", chart.value_title}};
  spec["data"][0]["values"] = std::move(rows);
  spec["scales"][0]["domain"] = domain_of(chart);
  spec["scales"][0]["nice"] = !chart.high;
  if (chart.format.ends_with('%')) spec["axes"][0]["format"] = "~%";
  return {std::move(caption), text_of(chart),
          spec.dump(-1, ' ', true, json::error_handler_t::replace)};
}

}  // namespace kanaria::report
