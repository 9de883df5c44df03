// SPDX-License-Identifier: Apache-2.0
#include "tests/report/sample_page.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "base/random.h"
#include "report/bar_chart.h"
#include "report/heat_map.h"
#include "report/line_chart.h"
#include "report/parallel_coordinates.h"

namespace kanaria::report {
namespace {

const std::vector<std::string> kLayers{"1", "2", "3", "4", "5", "6", "7"};
const std::vector<std::string> kNodes{"10", "20", "30", "40"};
const std::vector<std::string> kBatches{"32", "128"};
const std::vector<std::string> kOptimizers{"rmsprop", "adagrad", "adam", "nadam"};
const std::vector<std::string> kActivations{"relu", "tanh", "softsign"};

struct Combination {
  size_t layers, nodes, batch, optimizer, activation;
  double accuracy;
};

class Grid {
 public:
  Grid() {
    for (size_t i = 0; i < 672; ++i) {
      Combination c{i % 7, i / 7 % 4, i / 28 % 2, i / 56 % 4, i / 224 % 3, 0};
      c.accuracy = accuracy_of(c);
      combinations.push_back(c);
    }
    std::ranges::stable_sort(combinations, std::greater{}, &Combination::accuracy);
  }

  std::vector<Combination> combinations;  // best first

 private:
  double accuracy_of(const Combination& c) {
    const double depth = static_cast<double>(c.layers) - 1;
    const double fit = 0.93 + 0.008 * static_cast<double>(c.nodes) - 0.003 * depth * depth / 3;
    const double slow = c.optimizer == 1 ? 0.02 : 0;
    const double form = c.activation == 0 ? 0 : 0.006 * static_cast<double>(c.activation);
    return std::min(0.9989,
                    fit - slow - form + 0.012 * (random_.uniform() + random_.uniform() - 1));
  }

  Random random_{20181201};
};

HeatMap by_optimizer_and_activation(const Grid& grid) {
  HeatMap map{.x_title = "hidden layers",
              .y_title = "nodes",
              .value_title = "accuracy",
              .format = ".3f",
              .x_labels = kLayers,
              .y_labels = kNodes};
  for (const std::string& activation : kActivations)
    for (const std::string& optimizer : kOptimizers)
      map.facets.push_back({fmt::format("{}, {}", optimizer, activation), {}});
  for (const Combination& c : grid.combinations)
    if (c.batch == 1)
      map.facets[c.activation * 4 + c.optimizer].cells.push_back({c.layers, c.nodes, c.accuracy});
  return map;
}

HeatMap with_missing_cells(const Grid& grid) {
  HeatMap map = by_optimizer_and_activation(grid);
  map.facets = {{"", map.facets[2].cells}};
  std::erase_if(map.facets[0].cells,
                [](const HeatCell& cell) { return cell.x == 6 && cell.y > 1; });
  return map;
}

ParallelCoordinates all_combinations(const Grid& grid) {
  ParallelCoordinates plot{.axes = {{"hidden layers", kLayers},
                                    {"nodes", kNodes},
                                    {"batch", kBatches},
                                    {"optimizer", kOptimizers},
                                    {"activation", kActivations},
                                    {.title = "accuracy", .format = ".2f"}},
                           .colour_title = "accuracy",
                           .colour_format = ".3f"};
  for (const Combination& c : grid.combinations) {
    const auto at = [](size_t index) { return static_cast<double>(index); };
    plot.lines.push_back(
        {{at(c.layers), at(c.nodes), at(c.batch), at(c.optimizer), at(c.activation), c.accuracy},
         c.accuracy});
  }
  return plot;
}

double normal_cdf(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

Series det_curve(std::string name, double separation) {
  Series series{.name = std::move(name), .shape = LineShape::kStraight};
  for (int i = 0; i <= 60; ++i) {
    const double threshold = -1 + 0.08 * i;
    series.points.push_back({normal_cdf(-threshold), normal_cdf(threshold - separation)});
  }
  return series;
}

LineChart det() {
  const Series random = det_curve("random split", 4.4);
  return {.x = {.title = "false-positive rate", .scale = AxisScale::kProbit},
          .y = {.title = "miss rate", .scale = AxisScale::kProbit},
          .series = {random, det_curve("split by capture", 3.3), det_curve("new network", 2.4)},
          .marks = {{random.points[38], "threshold of the model"}}};
}

LineChart learning_curve() {
  LineChart chart{.x = {.title = "epoch"},
                  .y = {.title = "loss", .scale = AxisScale::kLog},
                  .series = {{"training", {}, LineShape::kStraight, {}},
                             {"validation", {}, LineShape::kStraight, {}}}};
  for (int epoch = 1; epoch <= 40; ++epoch) {
    const double loss = 0.005 + 0.6 * std::exp(-epoch / 6.0);
    const double held_out = loss * (1.1 + epoch / 60.0);
    chart.series[0].points.push_back({static_cast<double>(epoch), loss});
    chart.series[1].points.push_back({static_cast<double>(epoch), held_out});
    chart.series[1].band.push_back({static_cast<double>(epoch), held_out * 0.75, held_out * 1.3});
  }
  return chart;
}

LineChart evidence() {
  LineChart chart{.x = {.title = "minutes since the first segment"},
                  .y = {.title = "evidence", .low = 0, .high = 1, .format = ".1f"},
                  .series = {{"evidence", {}, LineShape::kStep, {}}},
                  .marks = {{{6, 0.6}, "mining"}}};
  for (int minute = 0; minute <= 20; ++minute)
    chart.series[0].points.push_back({static_cast<double>(minute), 1 - std::exp(-minute / 6.5)});
  return chart;
}

BarChart recall_by_kind() {
  return {.value_title = "recall, with its 95 % interval",
          .format = ".1%",
          .bars = {{"browser, WebSocket over TLS", 0.982, Interval{0.971, 0.990}},
                   {"native miner, Stratum", 0.964, Interval{0.940, 0.981}},
                   {"through a proxy", 0.918, Interval{0.861, 0.957}},
                   {"with dummy traffic", 0.713, Interval{0.610, 0.802}},
                   {"all", 0.957, Interval{0.945, 0.967}}},
          .high = 1};
}

std::string text_of(const Combination& c) {
  return fmt::format("layers {}, nodes {}, {}, {}", kLayers[c.layers], kNodes[c.nodes],
                     kOptimizers[c.optimizer], kActivations[c.activation]);
}

HtmlTable best_and_worst(const Grid& grid) {
  HtmlTable table{.columns = {{"Rank", Alignment::kRight},
                              {"Hidden layers", Alignment::kRight},
                              {"Nodes", Alignment::kRight},
                              {"Batch", Alignment::kRight},
                              {"Optimizer"},
                              {"Activation"},
                              {"Accuracy", Alignment::kRight}},
                  .caption = "The five best and the five worst of 672 combinations."};
  for (size_t i = 0; i < grid.combinations.size(); ++i) {
    if (i >= 5 && i + 5 < grid.combinations.size()) continue;
    const Combination& c = grid.combinations[i];
    table.rows.push_back({fmt::format("{}", i + 1), kLayers[c.layers], kNodes[c.nodes],
                          kBatches[c.batch], kOptimizers[c.optimizer], kActivations[c.activation],
                          fmt::format("{:.4f}", c.accuracy)});
  }
  return table;
}

}  // namespace

HtmlPage sample_page() {
  const Grid grid;
  HtmlPage page(
      "Grid of 672 combinations",
      "A sample of every part of a page. Its figures are drawn at random and measure nothing.");
  const std::vector<Figure> figures{
      {"Best accuracy", fmt::format("{:.4f}", grid.combinations.front().accuracy),
       text_of(grid.combinations.front())},
      {"Worst accuracy", fmt::format("{:.4f}", grid.combinations.back().accuracy),
       text_of(grid.combinations.back())},
      {"False-positive rate", "0.05 %", "2 of 3,994 rows"},
      {"Combinations", "672", ""}};
  page.figures(figures);
  page.heading("Where the accuracy comes from");
  page.paragraph(
      "Each small grid is one optimizer with one activation; within it, the number of hidden "
      "layers runs to the right "
      "and the number of nodes in each runs downwards. All grids share one scale of colours.");
  page.chart(to_chart(by_optimizer_and_activation(grid),
                      "Accuracy on the held-out rows, batches of 128."));
  page.heading("One grid, unfinished");
  page.chart(to_chart(with_missing_cells(grid),
                      "Adam with relu; two combinations have not been trained."));
  page.heading("All combinations at once");
  page.chart(
      to_chart(all_combinations(grid),
               "A line is a combination. Drag along an axis to pick lines, click it to let go."));
  page.table(best_and_worst(grid));
  page.heading("How well it tells");
  page.paragraph(
      "A detection-error trade-off: straight lines mean normal scores, lower left is better.");
  page.chart(to_chart(det(), "DET curves of three ways to split the rows."));
  page.chart(to_chart(recall_by_kind(), "Recall by kind of mining."));
  page.heading("How it learns");
  page.chart(to_chart(learning_curve(), "Loss by epoch; the band holds 9 of 10 runs."));
  page.chart(to_chart(evidence(), "Evidence of one connection."));
  return page;
}

HtmlPage hostile_page() {
  const std::string text =
      "x\"'></title></style></script><script>document.title = 'owned'</script><!-- <img src=x "
      "onerror=\"document.title='owned'\"> ' + (document.title = 'owned') + '\xff\u2028";
  HtmlPage page("harmless", text);
  page.heading(text);
  page.paragraph(text);
  const std::vector<Figure> figures{{text, text, text}};
  page.figures(figures);
  page.table({.columns = {{text}}, .rows = {{text}, {text}}, .caption = text});
  page.chart(to_chart(HeatMap{.x_title = text,
                              .y_title = text,
                              .value_title = text,
                              .x_labels = {text},
                              .y_labels = {text},
                              .facets = {{text, {{0, 0, 1}}}, {text}}},
                      text));
  page.chart(to_chart(ParallelCoordinates{.axes = {{text, {text, text}}, {text}},
                                          .lines = {{{0, 1}, 1}, {{1, 2}, 2}},
                                          .colour_title = text},
                      text));
  page.chart(to_chart(LineChart{.x = {text},
                                .y = {text, AxisScale::kProbit},
                                .series = {{text, {{0, 0.1}, {1, 0.2}}}, {text, {{0, 0.3}}}},
                                .marks = {{{1, 0.2}, text}}},
                      text));
  page.chart(to_chart(BarChart{.value_title = text, .bars = {{text, 1, Interval{0, 2}}}}, text));
  return page;
}

}  // namespace kanaria::report
