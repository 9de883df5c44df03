// SPDX-License-Identifier: Apache-2.0
#include "report/parallel_coordinates.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <span>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/page_files.h"

namespace kanaria::report {
namespace {

using nlohmann::json;

// A category owns ±0.5 of its axis; its lines take this much of it, so that categories stay apart.
constexpr double kSpread = 0.34;
// Px between two axes that keep labels legible; a narrower page scrolls.
constexpr size_t kLeastGap = 92;

bool is_numeric(const ParallelAxis& axis) { return axis.categories.empty(); }

bool is_finite(const ParallelLine& line) {
  return std::isfinite(line.colour) &&
         std::all_of(line.values.begin(), line.values.end(),
                     [](double value) { return std::isfinite(value); });
}

// Least colour first: the greatest is drawn last, on top.
std::vector<ParallelLine> by_colour(std::vector<ParallelLine> lines) {
  std::erase_if(lines, [](const ParallelLine& line) { return !is_finite(line); });
  std::stable_sort(lines.begin(), lines.end(), [](const ParallelLine& a, const ParallelLine& b) {
    return a.colour < b.colour;
  });
  return lines;
}

// Moves the lines of each category of axis `a` apart. Requires: lines in the order of their colour.
void spread(std::vector<ParallelLine>& lines, size_t a, size_t categories) {
  std::vector<size_t> counts(categories);
  for (const ParallelLine& line : lines) {
    assert(line.values[a] >= 0 && line.values[a] < static_cast<double>(categories) &&
           "a category of the axis");
    ++counts[static_cast<size_t>(line.values[a])];
  }
  std::vector<size_t> seen(categories);
  for (ParallelLine& line : lines) {
    const auto category = static_cast<size_t>(line.values[a]);
    const size_t rank = seen[category]++;
    if (counts[category] < 2) continue;
    const double share = static_cast<double>(rank) / static_cast<double>(counts[category] - 1);
    line.values[a] += kSpread * (2 * share - 1);
  }
}

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

json rows_of(const ParallelCoordinates& plot, std::span<const ParallelLine> lines) {
  json rows = json::array();
  for (const ParallelLine& line : lines) {
    json row{{"c", line.colour}};
    for (size_t a = 0; a < plot.axes.size(); ++a)
      row[fmt::format("v{}", a)] =
          is_numeric(plot.axes[a]) ? line.values[a] : rounded(line.values[a]);
    rows.push_back(std::move(row));
  }
  return rows;
}

json domain_of(const ParallelAxis& axis, std::span<const ParallelLine> lines, size_t a) {
  if (!is_numeric(axis)) return {-0.5, static_cast<double>(axis.categories.size()) - 0.5};
  double low = lines.empty() ? 0 : lines.front().values[a];
  double high = low;
  for (const ParallelLine& line : lines) {
    low = std::min(low, line.values[a]);
    high = std::max(high, line.values[a]);
  }
  return {low, high > low ? high : low + 1};
}

json scale_of(const ParallelAxis& axis, std::span<const ParallelLine> lines, size_t a) {
  return {{"name", fmt::format("v{}", a)},
          {"type", "linear"},
          {"range", "height"},
          {"zero", false},
          {"nice", is_numeric(axis)},
          {"domain", domain_of(axis, lines, a)}};
}

json axis_of(const ParallelAxis& axis, size_t a) {
  json labels{{"stroke", {{"signal", "paper"}}},
              {"strokeWidth", {{"value", 4}}},
              {"fill", {{"signal", "ink"}}}};
  json drawn{{"orient", "left"},
             {"scale", fmt::format("v{}", a)},
             {"title", axis.title},
             {"titleAngle", 0},
             {"titleAlign", "center"},
             {"titleX", 0},
             {"titleY", -18},
             {"zindex", 1},
             {"offset", {{"scale", "place"}, {"value", a}, {"mult", -1}}}};
  if (is_numeric(axis)) {
    drawn["format"] = axis.format;
    drawn["tickCount"] = 6;
  } else {
    std::vector<size_t> values(axis.categories.size());
    std::iota(values.begin(), values.end(), size_t{0});
    drawn["values"] = values;
    labels["text"] = {{"signal", fmt::format("given.axis_labels[{}][datum.value]", a)}};
  }
  drawn["encode"] = {{"labels", {{"update", std::move(labels)}}}};
  return drawn;
}

// b0: the stretch of axis 0, in px, over which the pointer was dragged; picked0: the same once it
// is longer than a click's.
void add_picking_signals(json& signals, size_t a) {
  json on = json::array();
  for (const auto& [down, move, up] : {std::tuple("mousedown", "mousemove", "mouseup"),
                                       std::tuple("touchstart", "touchmove", "touchend")}) {
    on.push_back({{"events", fmt::format("@grip{}:{}", a, down)}, {"update", "[y(), y()]"}});
    on.push_back(
        {{"events", fmt::format("[@grip{}:{}, window:{}] > window:{}!", a, down, up, move)},
         {"update", fmt::format("[b{}[0], clamp(y(), 0, height)]", a)}});
  }
  signals.push_back({{"name", fmt::format("b{}", a)}, {"value", nullptr}, {"on", std::move(on)}});
  signals.push_back({{"name", fmt::format("picked{}", a)},
                     {"update", fmt::format("b{0} && abs(span(b{0})) > 3 ? b{0} : null", a)}});
}

// What is dragged, unseen, over the whole axis; and what is picked, in colour.
void add_picking_marks(json& marks, size_t a) {
  json grip = json::parse(R"({"type": "rect", "encode": {"update": {
      "x": {"scale": "place", "offset": -8}, "width": {"value": 16}, "y": {"value": 0},
      "height": {"signal": "height"}, "fill": {"value": "transparent"},
      "cursor": {"value": "ns-resize"}}}})");
  json picked = json::parse(R"({"type": "rect", "interactive": false, "encode": {"update": {
      "x": {"scale": "place", "offset": -8}, "width": {"value": 16}, "y": {}, "y2": {},
      "fill": {"signal": "accent"}, "fillOpacity": {"value": 0.3}}}})");
  grip["name"] = fmt::format("grip{}", a);
  grip["encode"]["update"]["x"]["value"] = a;
  json& update = picked["encode"]["update"];
  update["x"]["value"] = a;
  update["y"]["signal"] = fmt::format("picked{0} ? picked{0}[0] : 0", a);
  update["y2"]["signal"] = fmt::format("picked{0} ? picked{0}[1] : 0", a);
  marks.push_back(std::move(picked));
  marks.push_back(std::move(grip));
}

// Vega's expressions of what depends on the number of axes. No text of the caller's is in them.
struct Expressions {
  std::string path, picked, picking, tooltip;
};

Expressions expressions_of(const ParallelCoordinates& plot) {
  Expressions made;
  for (size_t a = 0; a < plot.axes.size(); ++a) {
    const bool first = a == 0;
    made.path += fmt::format("{0} + scale('place', {1}) + ',' + scale('v{1}', datum.v{1})",
                             first ? "'M'" : " + 'L'", a);
    made.picked += fmt::format("{0}(!picked{1} || inrange(scale('v{1}', datum.v{1}), picked{1}))",
                               first ? "" : " && ", a);
    made.picking += fmt::format("{}!!picked{}", first ? "" : " || ", a);
    const std::string shown = is_numeric(plot.axes[a])
                                  ? fmt::format("format(datum.v{0}, given.axis_formats[{0}])", a)
                                  : fmt::format("given.axis_labels[{0}][round(datum.v{0})]", a);
    made.tooltip += fmt::format("{}[given.axis_titles[{}], {}]", first ? "" : ", ", a, shown);
  }
  made.tooltip = "[" + made.tooltip;
  const bool is_axis = std::ranges::any_of(
      plot.axes, [&plot](const ParallelAxis& axis) { return axis.title == plot.colour_title; });
  if (!is_axis) made.tooltip += ", [given.colour_title, format(datum.c, given.colour_format)]";
  made.tooltip += "]";
  return made;
}

void set_expressions(json& spec, const ParallelCoordinates& plot) {
  const Expressions made = expressions_of(plot);
  spec["marks"][0]["encode"]["enter"]["tooltip"]["signal"] = made.tooltip;
  spec["data"][0]["transform"][0]["expr"] = made.path;
  spec["data"][0]["transform"][1]["expr"] = made.picked;
  spec["signals"][1]["update"] = made.picking;
}

std::string text_of(const ParallelCoordinates& plot, std::span<const ParallelLine> lines) {
  std::string axes;
  for (const ParallelAxis& axis : plot.axes) axes += (axes.empty() ? "" : ", ") + axis.title;
  std::string text = fmt::format("Parallel coordinates of {} lines over {}", lines.size(), axes);
  if (lines.empty()) return text + ".";
  return fmt::format("{}; {} from {:.4g} to {:.4g}.", text, plot.colour_title, lines.front().colour,
                     lines.back().colour);
}

// What the expressions refer to as `given`.
json given_of(const ParallelCoordinates& plot, size_t lines) {
  json titles = json::array();
  json labels = json::array();
  json formats = json::array();
  for (const ParallelAxis& axis : plot.axes) {
    titles.push_back(axis.title);
    labels.push_back(axis.categories);
    formats.push_back(axis.format);
  }
  // 672 lines: 0.45, 5,000 lines: 0.06.
  const double opacity = std::clamp(300 / static_cast<double>(lines + 1), 0.06, 0.9);
  return {{"axis_titles", std::move(titles)},    {"axis_labels", std::move(labels)},
          {"axis_formats", std::move(formats)},  {"colour_title", plot.colour_title},
          {"colour_format", plot.colour_format}, {"opacity", opacity}};
}

json colour_domain(std::span<const ParallelLine> lines) {
  const double low = lines.empty() ? 0 : lines.front().colour;
  const double high = lines.empty() ? 0 : lines.back().colour;
  return {low, high > low ? high : low + 1};
}

}  // namespace

Chart to_chart(const ParallelCoordinates& plot, std::string caption) {
  assert(plot.axes.size() >= 2 && "lines go from axis to axis");
  std::vector<ParallelLine> lines = by_colour(plot.lines);
  json spec = json::parse(kParallelCoordinatesJson);
  for (size_t a = 0; a < plot.axes.size(); ++a) {
    if (!is_numeric(plot.axes[a])) spread(lines, a, plot.axes[a].categories.size());
    spec["scales"][0]["domain"].push_back(a);
    spec["scales"].push_back(scale_of(plot.axes[a], lines, a));
    spec["axes"].push_back(axis_of(plot.axes[a], a));
    add_picking_signals(spec["signals"], a);
    add_picking_marks(spec["marks"], a);
  }
  set_expressions(spec, plot);
  spec["usermeta"]["min_width"] = kLeastGap * plot.axes.size();
  spec["signals"][0]["value"] = given_of(plot, lines.size());
  spec["scales"][1]["domain"] = colour_domain(lines);
  spec["data"][0]["values"] = rows_of(plot, lines);
  return {std::move(caption), text_of(plot, lines),
          spec.dump(-1, ' ', true, json::error_handler_t::replace)};
}

}  // namespace kanaria::report
