// SPDX-License-Identifier: Apache-2.0
// What the specifications say to Vega. What Vega makes of them is seen in
// tests/e2e/html_page_test.py.
#include <cmath>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/bar_chart.h"
#include "report/heat_map.h"
#include "report/line_chart.h"
#include "report/parallel_coordinates.h"

namespace kanaria::report {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const std::string kHostile = "\"); alert(1); (\"</script>\xff\u2028' + datum.x + '";
// kHostile after JSON's repair.
const std::string kRepaired = "\"); alert(1); (\"</script>\xef\xbf\xbd\u2028' + datum.x + '";

Json spec_of(const Chart& chart) { return Json::parse(chart.spec); }

const Json& named(const Json& list, const std::string& name) {
  for (const Json& each : list)
    if (each.value("name", "") == name) return each;
  ADD_FAILURE() << "nothing is named " << name;
  return list;
}

const Json& given(const Json& spec) { return named(spec["signals"], "given")["value"]; }
const Json& values(const Json& spec, const std::string& name) {
  return named(spec["data"], name)["values"];
}

// Every text that Vega would run: values of "signal", "update", "expr", "events".
void collect_expressions(const Json& part, std::string& all) {
  for (const auto& [key, value] : part.items()) {
    const bool runs = key == "signal" || key == "update" || key == "expr" || key == "events";
    if (runs && value.is_string()) all += value.get<std::string>() + '\n';
    if (value.is_structured() && !(key == "value" || key == "values"))
      collect_expressions(value, all);
  }
}

std::string expressions_of(const Chart& chart) {
  std::string all;
  collect_expressions(spec_of(chart), all);
  return all;
}

HeatMap two_by_two() {
  return {.x_title = "layers",
          .y_title = "nodes",
          .value_title = "accuracy",
          .x_labels = {"1", "2"},
          .y_labels = {"10", "20"},
          .facets = {{"adam", {{0, 0, 0.5}, {1, 0, 0.75}, {1, 1, kNan}}}}};
}

TEST(HeatMapChart, HoldsEveryPlaceAndNullWhereNothingIsKnown) {
  EXPECT_EQ(values(spec_of(to_chart(two_by_two(), "")), "places"),
            Json::parse(R"([{"f":0,"x":0,"y":0,"v":0.5}, {"f":0,"x":1,"y":0,"v":0.75},
                            {"f":0,"x":0,"y":1,"v":null}, {"f":0,"x":1,"y":1,"v":null}])"));
}

TEST(HeatMapChart, ColoursSpanLowestToHighestOfAllFacets) {
  HeatMap map = two_by_two();
  map.facets.push_back({"nadam", {{0, 0, 0.25}}});
  EXPECT_EQ(named(spec_of(to_chart(map, ""))["scales"], "colour")["domain"], Json({0.25, 0.75}));
}

TEST(HeatMapChart, ColoursOfOneValueStillSpanSomething) {
  HeatMap map = two_by_two();
  map.facets[0].cells = {{0, 0, 0.5}};
  EXPECT_EQ(named(spec_of(to_chart(map, ""))["scales"], "colour")["domain"], Json({0.5, 1.5}));
}

TEST(HeatMapChart, IsSaidInWords) {
  EXPECT_EQ(
      to_chart(two_by_two(), "").text,
      "Heat map of accuracy by layers and nodes, 2 values: lowest 0.5 at layers 1, nodes 10, adam; "
      "highest 0.75 at layers 2, nodes 10, adam.");
  HeatMap empty = two_by_two();
  empty.facets[0].cells.clear();
  EXPECT_EQ(to_chart(empty, "").text, "Heat map of accuracy by layers and nodes, without values.");
}

ParallelCoordinates three_lines() {
  return {.axes = {{.title = "optimizer", .categories = {"adam", "nadam"}}, {.title = "accuracy"}},
          .lines = {{{0, 0.9}, 0.9}, {{0, 0.7}, 0.7}, {{1, 0.8}, 0.8}},
          .colour_title = "accuracy"};
}

TEST(ParallelCoordinatesChart, DrawsTheGreatestLastAndSpreadsEachCategory) {
  EXPECT_EQ(values(spec_of(to_chart(three_lines(), "")), "lines"),
            Json::parse(R"([{"c":0.7,"v0":-0.34,"v1":0.7}, {"c":0.8,"v0":1.0,"v1":0.8},
                            {"c":0.9,"v0":0.34,"v1":0.9}])"));
}

TEST(ParallelCoordinatesChart, RoundingFindsTheCategoryAgain) {
  ParallelCoordinates plot = three_lines();
  plot.lines.clear();
  for (int i = 0; i < 5000; ++i) plot.lines.push_back({{i % 2 == 0 ? 0.0 : 1.0, 1.0 * i}, 1.0 * i});
  const Json spec = spec_of(to_chart(plot, ""));
  for (const Json& line : values(spec, "lines"))
    ASSERT_EQ(std::round(line["v0"].get<double>()), static_cast<int>(line["c"]) % 2);
}

TEST(ParallelCoordinatesChart, HasAScaleAnAxisAndABrushForEachValue) {
  const Json spec = spec_of(to_chart(three_lines(), ""));
  EXPECT_EQ(named(spec["scales"], "v0")["domain"], Json({-0.5, 1.5}));
  EXPECT_EQ(named(spec["scales"], "v1")["domain"], Json({0.7, 0.9}));
  EXPECT_EQ(spec["axes"].size(), 2U);
  EXPECT_EQ(spec["axes"][0]["values"], Json({0, 1}));
  EXPECT_EQ(named(spec["signals"], "picking")["update"], "!!picked0 || !!picked1");
  EXPECT_EQ(named(spec["marks"], "grip1")["type"], "rect");
}

TEST(ParallelCoordinatesChart, LeavesOutLinesThatAreNotFinite) {
  ParallelCoordinates plot = three_lines();
  plot.lines[0].colour = kNan;
  plot.lines[1].values[1] = std::numeric_limits<double>::infinity();
  const Chart chart = to_chart(plot, "");
  EXPECT_EQ(values(spec_of(chart), "lines").size(), 1U);
  EXPECT_EQ(chart.text,
            "Parallel coordinates of 1 lines over optimizer, accuracy; accuracy from 0.8 to 0.8.");
}

LineChart one_point(AxisScale scale, double value) {
  return {
      .x = {.title = "x"}, .y = {.title = "y", .scale = scale}, .series = {{"s", {{1, value}}}}};
}

double placed(AxisScale scale, double value) {
  return values(spec_of(to_chart(one_point(scale, value), "")), "points")[0]["y"];
}

TEST(LineChartAxis, NormalDeviatesAreThoseOfTheTables) {
  // Standard normal quantiles (NIST/SEMATECH e-Handbook of Statistical Methods, §1.3.6.7.1).
  EXPECT_NEAR(placed(AxisScale::kProbit, 0.5), 0.0, 1e-6);
  EXPECT_NEAR(placed(AxisScale::kProbit, 0.975), 1.959964, 1e-6);
  EXPECT_NEAR(placed(AxisScale::kProbit, 0.05), -1.644854, 1e-6);
  EXPECT_NEAR(placed(AxisScale::kProbit, 0.001), -3.090232, 1e-6);
}

TEST(LineChartAxis, NormalDeviatesAreNamedAsRates) {
  LineChart chart = one_point(AxisScale::kProbit, 0.002);
  chart.series[0].points.push_back({2, 0.3});
  const Json spec = spec_of(to_chart(chart, ""));
  EXPECT_EQ(named(spec["signals"], "y_ticks")["value"]["labels"],
            Json({"0.1%", "0.5%", "1%", "2%", "5%", "10%", "20%", "40%"}));
  EXPECT_NEAR(named(spec["scales"], "y")["domain"][0], -3.090232, 1e-6);
  EXPECT_NEAR(named(spec["scales"], "y")["domain"][1], -0.253347, 1e-6);
}

TEST(LineChartAxis, RatesOfZeroAndOneLieOnTheEdges) {
  LineChart chart = one_point(AxisScale::kProbit, 0.0);
  chart.series[0].points.push_back({2, 0.03});
  chart.series[0].points.push_back({3, 1.0});
  const Json spec = spec_of(to_chart(chart, ""));
  const Json& points = values(spec, "points");
  EXPECT_EQ(points[0]["y"], named(spec["scales"], "y")["domain"][0]);
  EXPECT_EQ(points[2]["y"], named(spec["scales"], "y")["domain"][1]);
  EXPECT_EQ(points[0]["ry"], 0.0);
}

TEST(LineChartAxis, ALogarithmicAxisPutsZeroOnItsEdge) {
  LineChart chart = one_point(AxisScale::kLog, 0);
  chart.series[0].points.push_back({2, 0.01});
  chart.series[0].points.push_back({3, 10});
  const Json spec = spec_of(to_chart(chart, ""));
  EXPECT_EQ(named(spec["scales"], "y")["type"], "log");
  EXPECT_EQ(values(spec, "points")[0]["y"], 0.01);
}

TEST(LineChartAxis, GivenEdgesAreKept) {
  LineChart chart = one_point(AxisScale::kLinear, 0.4);
  chart.y.low = 0;
  chart.y.high = 1;
  const Json scale = named(spec_of(to_chart(chart, ""))["scales"], "y");
  EXPECT_EQ(scale["domain"], Json({0.0, 1.0}));
  EXPECT_EQ(scale["nice"], false);
}

TEST(LineChartChart, WithoutAnyPointStillHasAxes) {
  for (const AxisScale scale : {AxisScale::kLinear, AxisScale::kLog, AxisScale::kProbit}) {
    LineChart chart = one_point(scale, 1);
    chart.series.clear();
    const Json domain = named(spec_of(to_chart(chart, ""))["scales"], "y")["domain"];
    EXPECT_LT(domain[0].get<double>(), domain[1].get<double>());
  }
}

TEST(LineChartChart, LeavesOutWhatIsNotFinite) {
  LineChart chart = one_point(AxisScale::kLinear, kNan);
  chart.series[0].band = {{1, kNan, 2}};
  chart.marks = {{{kNan, 1}, "m"}};
  const Json spec = spec_of(to_chart(chart, ""));
  for (const char* data : {"points", "bands", "marks"})
    EXPECT_EQ(values(spec, data).size(), 0U) << data;
}

TEST(LineChartChart, StepsAndStraightLinesAreToldApart) {
  LineChart chart = one_point(AxisScale::kLinear, 1);
  chart.series.push_back({.name = "t", .points = {{1, 2}}, .shape = LineShape::kStep});
  EXPECT_EQ(given(spec_of(to_chart(chart, "")))["shapes"], Json({"linear", "step-after"}));
}

TEST(LineChartChart, IsSaidInWords) {
  LineChart chart = one_point(AxisScale::kLinear, 1);
  chart.series[0].points.push_back({3, 0.25});
  chart.marks = {{{2, 0.5}, "threshold"}};
  EXPECT_EQ(to_chart(chart, "").text,
            "Line chart of y over x: s from (1, 1) to (3, 0.25); threshold at (2, 0.5).");
}

TEST(BarChartChart, BeginsAtZeroAndReachesTheWidestInterval) {
  const BarChart chart{.value_title = "recall",
                       .bars = {{"a", 0.5, Interval{0.4, 0.7}}, {"b", 0.6}}};
  const Json spec = spec_of(to_chart(chart, ""));
  EXPECT_EQ(named(spec["scales"], "x")["domain"], Json({0.0, 0.7}));
  EXPECT_EQ(values(spec, "bars"),
            Json::parse(R"([{"i":0,"v":0.5,"low":0.4,"high":0.7}, {"i":1,"v":0.6}])"));
  EXPECT_EQ(to_chart(chart, "").text, "Bar chart of recall: a 0.5 [0.4, 0.7]; b 0.6.");
}

TEST(BarChartChart, ABarThatIsNotFiniteKeepsItsLineOnly) {
  const Json spec =
      spec_of(to_chart(BarChart{.value_title = "v", .bars = {{"a", kNan}, {"b", 1}}}, ""));
  EXPECT_EQ(values(spec, "bars"), Json::parse(R"([{"i":1,"v":1.0}])"));
  EXPECT_EQ(given(spec)["labels"], Json({"a", "b"}));
}

// Texts of captures and labels are data; nothing of them may be run or be lost.
TEST(Charts, HostileTextsStayDataInEveryKind) {
  HeatMap map = two_by_two();
  map.x_title = map.y_title = map.value_title = map.x_labels[0] = map.y_labels[0] =
      map.facets[0].title = kHostile;
  ParallelCoordinates plot = three_lines();
  plot.colour_title = plot.axes[0].title = plot.axes[1].title = plot.axes[0].categories[0] =
      kHostile;
  LineChart lines = one_point(AxisScale::kProbit, 0.5);
  lines.x.title = lines.y.title = lines.series[0].name = kHostile;
  lines.marks = {{{1, 0.5}, kHostile}};
  const BarChart bars{.value_title = kHostile, .bars = {{kHostile, 1}}};

  const std::vector<Chart> hostile{to_chart(map, ""), to_chart(plot, ""), to_chart(lines, ""),
                                   to_chart(bars, "")};
  const std::vector<Chart> plain{
      to_chart(two_by_two(), ""), to_chart(three_lines(), ""),
      to_chart(LineChart{.x = {.title = "x"},
                         .y = {.title = "y", .scale = AxisScale::kProbit},
                         .series = {{"s", {{1, 0.5}}}},
                         .marks = {{{1, 0.5}, "m"}}},
               ""),
      to_chart(BarChart{.value_title = "v", .bars = {{"b", 1}}}, "")};
  for (size_t i = 0; i < hostile.size(); ++i) {
    EXPECT_EQ(expressions_of(hostile[i]), expressions_of(plain[i])) << i;
    EXPECT_NE(spec_of(hostile[i]).dump().find(Json(kRepaired).dump()), std::string::npos) << i;
  }
}

}  // namespace
}  // namespace kanaria::report
