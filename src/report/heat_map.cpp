// SPDX-License-Identifier: Apache-2.0
#include "report/heat_map.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/page_files.h"

namespace kanaria::report {
namespace {

using nlohmann::json;

struct Found {
  const HeatFacet* facet;
  const HeatCell* cell;
};

struct Extremes {
  size_t count = 0;
  Found lowest{};
  Found highest{};
};

Extremes extremes_of(const HeatMap& map) {
  Extremes found;
  for (const HeatFacet& facet : map.facets) {
    for (const HeatCell& cell : facet.cells) {
      if (!std::isfinite(cell.value)) continue;
      const Found here{&facet, &cell};
      if (found.count == 0 || cell.value < found.lowest.cell->value) found.lowest = here;
      if (found.count == 0 || cell.value > found.highest.cell->value) found.highest = here;
      ++found.count;
    }
  }
  return found;
}

// Every place of every facet; the value of a missing one is null.
json places_of(const HeatMap& map) {
  json places = json::array();
  for (size_t f = 0; f < map.facets.size(); ++f) {
    std::vector<json> values(map.x_labels.size() * map.y_labels.size());
    for (const HeatCell& cell : map.facets[f].cells) {
      assert(cell.x < map.x_labels.size() && cell.y < map.y_labels.size() &&
             "a cell lies in the grid");
      if (std::isfinite(cell.value)) values[cell.y * map.x_labels.size() + cell.x] = cell.value;
    }
    for (size_t i = 0; i < values.size(); ++i)
      places.push_back({{"f", f},
                        {"x", i % map.x_labels.size()},
                        {"y", i / map.x_labels.size()},
                        {"v", std::move(values[i])}});
  }
  return places;
}

json indices(size_t count) {
  json all = json::array();
  for (size_t i = 0; i < count; ++i) all.push_back(i);
  return all;
}

std::string place_text(const HeatMap& map, const Found& found) {
  std::string text =
      fmt::format("{:.4g} at {} {}, {} {}", found.cell->value, map.x_title,
                  map.x_labels[found.cell->x], map.y_title, map.y_labels[found.cell->y]);
  return found.facet->title.empty() ? text : text + ", " + found.facet->title;
}

std::string text_of(const HeatMap& map, const Extremes& extremes) {
  std::string text =
      fmt::format("Heat map of {} by {} and {}", map.value_title, map.x_title, map.y_title);
  if (extremes.count == 0) return text + ", without values.";
  return fmt::format("{}, {} values: lowest {}; highest {}.", text, extremes.count,
                     place_text(map, extremes.lowest), place_text(map, extremes.highest));
}

}  // namespace

Chart to_chart(const HeatMap& map, std::string caption) {
  assert(!map.facets.empty() && !map.x_labels.empty() && !map.y_labels.empty() &&
         "a grid has places");
  json spec = json::parse(kHeatMapJson);
  json facets = json::array();
  bool titled = false;
  for (size_t f = 0; f < map.facets.size(); ++f) {
    facets.push_back({{"f", f}, {"title", map.facets[f].title}});
    titled |= !map.facets[f].title.empty();
  }
  if (!titled) spec["marks"][0].erase("title");
  const Extremes extremes = extremes_of(map);
  spec["signals"][0]["value"] = {{"x_title", map.x_title},         {"y_title", map.y_title},
                                 {"value_title", map.value_title}, {"x_labels", map.x_labels},
                                 {"y_labels", map.y_labels},       {"format", map.format},
                                 {"facets", map.facets.size()},    {"titled", titled}};
  spec["data"][0]["values"] = std::move(facets);
  spec["data"][1]["values"] = places_of(map);
  spec["scales"][0]["domain"] = indices(map.x_labels.size());
  spec["scales"][1]["domain"] = indices(map.y_labels.size());
  const double low = extremes.count > 0 ? extremes.lowest.cell->value : 0;
  const double high = extremes.count > 0 ? extremes.highest.cell->value : 0;
  spec["scales"][2]["domain"] = {low, high > low ? high : low + 1};
  return {std::move(caption), text_of(map, extremes),
          spec.dump(-1, ' ', true, json::error_handler_t::replace)};
}

}  // namespace kanaria::report
