// SPDX-License-Identifier: Apache-2.0
#include "train/grid_page.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace kanaria::train {
namespace {

constexpr size_t kMostLines = 5000;  // that parallel coordinates can show
constexpr size_t kExtremes = 10;     // best and worst combinations in the table

// The node count in the space nearest to the mean width of the layers.
size_t nearest_nodes(const GridSpace& space, const std::vector<size_t>& hidden) {
  const double mean =
      std::accumulate(hidden.begin(), hidden.end(), 0.0) / static_cast<double>(hidden.size());
  return *std::min_element(space.nodes.begin(), space.nodes.end(), [&](size_t a, size_t b) {
    return std::fabs(static_cast<double>(a) - mean) < std::fabs(static_cast<double>(b) - mean);
  });
}

template <typename T>
size_t place_of(const std::vector<T>& values, const T& value) {
  return static_cast<size_t>(std::find(values.begin(), values.end(), value) - values.begin());
}

template <typename T, typename Text>
std::vector<std::string> texts_of(const std::vector<T>& values, Text text) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const T& value : values) texts.emplace_back(text(value));
  return texts;
}

std::string number_text(size_t number) { return fmt::format("{}", number); }

std::vector<std::string> row_of(const GridScore& score, const Combination& c) {
  const Confusion& counts = score.counts;
  return {widths_text(c.hidden),
          number_text(c.batch),
          std::string(nn::name(c.optimizer)),
          std::string(nn::name(c.activation)),
          fmt::format("{:.4f}", counts.recall()),
          fmt::format("{:.5f}", counts.false_positive_rate()),
          fmt::format("{:.4f}", counts.precision()),
          fmt::format("{:.4f}", counts.f1()),
          fmt::format("{:.4f}", counts.accuracy()),
          fmt::format("{:.4f}", score.loss)};
}

report::HtmlTable score_table(std::string caption) {
  using report::Alignment;
  return {.columns = {{"hidden layers"},
                      {"batch", Alignment::kRight},
                      {"optimizer"},
                      {"activation"},
                      {"recall", Alignment::kRight},
                      {"FPR", Alignment::kRight},
                      {"precision", Alignment::kRight},
                      {"F1", Alignment::kRight},
                      {"accuracy", Alignment::kRight},
                      {"loss", Alignment::kRight}},
          .rows = {},
          .caption = std::move(caption)};
}

}  // namespace

GridPage::GridPage(const GridSpace& space, GridPageFacts facts)
    : space_(space), facts_(std::move(facts)) {}

void GridPage::take(const GridScore& score) {
  if (!std::isfinite(value_of(score, facts_.rank))) return;
  if (score.rung == 0) {
    const Combination c = space_.at(score.combination);
    Mean& mean =
        cells_[{c.optimizer, c.activation, c.hidden.size(), nearest_nodes(space_, c.hidden)}];
    mean.sum += value_of(score, facts_.rank);
    ++mean.count;
  }
  if (score.rung + 1 == facts_.rungs.size()) last_rung_.push_back(score);
}

report::HeatMap GridPage::heat_map() const {
  report::HeatMap map{
      .x_title = "hidden layers",
      .y_title = space_.widths == Widths::kEqual ? "nodes a layer" : "nodes a layer, mean",
      .value_title = fmt::format("mean {}", name(facts_.rank)),
      .x_labels = texts_of(space_.hidden_layers, number_text),
      .y_labels = texts_of(space_.nodes, number_text)};
  for (const auto optimizer : space_.optimizer)
    for (const auto activation : space_.activation) {
      report::HeatFacet facet{.title =
                                  fmt::format("{}, {}", nn::name(optimizer), nn::name(activation))};
      for (const auto& [cell, mean] : cells_) {
        const auto& [of_optimizer, of_activation, layers, nodes] = cell;
        if (of_optimizer == optimizer && of_activation == activation)
          facet.cells.push_back({place_of(space_.hidden_layers, layers),
                                 place_of(space_.nodes, nodes),
                                 mean.sum / static_cast<double>(mean.count)});
      }
      map.facets.push_back(std::move(facet));
    }
  return map;
}

report::ParallelCoordinates GridPage::lines() const {
  report::ParallelCoordinates plot{
      .axes = {{.title = "hidden layers",
                .categories = texts_of(space_.hidden_layers, number_text)},
               {.title = "nodes", .categories = texts_of(space_.nodes, number_text)},
               {.title = "batch", .categories = texts_of(space_.batch, number_text)},
               {.title = "optimizer",
                .categories = texts_of(space_.optimizer, [](auto o) { return nn::name(o); })},
               {.title = "activation",
                .categories = texts_of(space_.activation, [](auto a) { return nn::name(a); })},
               {.title = std::string(name(facts_.rank)), .format = ".3f"}},
      .colour_title = std::string(name(facts_.rank))};
  const size_t step = (last_rung_.size() + kMostLines - 1) / kMostLines;
  for (size_t i = 0; i < last_rung_.size(); i += std::max<size_t>(step, 1)) {
    const Combination c = space_.at(last_rung_[i].combination);
    const double value = value_of(last_rung_[i], facts_.rank);
    plot.lines.push_back(
        {.values = {static_cast<double>(place_of(space_.hidden_layers, c.hidden.size())),
                    static_cast<double>(place_of(space_.nodes, nearest_nodes(space_, c.hidden))),
                    static_cast<double>(place_of(space_.batch, c.batch)),
                    static_cast<double>(place_of(space_.optimizer, c.optimizer)),
                    static_cast<double>(place_of(space_.activation, c.activation)), value},
         .colour = value});
  }
  return plot;
}

void GridPage::add_extremes(report::HtmlPage& page) {
  std::stable_sort(last_rung_.begin(), last_rung_.end(), [&](const auto& a, const auto& b) {
    return value_of(a, facts_.rank) > value_of(b, facts_.rank);
  });
  const size_t count = std::min(kExtremes, last_rung_.size());
  auto best = score_table(fmt::format("The {} best on the rows to choose by.", count));
  auto worst = score_table(fmt::format("The {} worst.", count));
  for (size_t i = 0; i < count; ++i) {
    const GridScore& good = last_rung_[i];
    const GridScore& bad = last_rung_[last_rung_.size() - 1 - i];
    best.rows.push_back(row_of(good, space_.at(good.combination)));
    worst.rows.push_back(row_of(bad, space_.at(bad.combination)));
  }
  page.table(best);
  page.table(worst);
}

void GridPage::add_figures(report::HtmlPage& page) const {
  std::vector<report::Figure> figures{
      {"Combinations", fmt::format("{}", space_.size()), facts_.data}};
  const auto below = [&](const GridScore& a, const GridScore& b) {
    return value_of(a, facts_.rank) < value_of(b, facts_.rank);
  };
  // Of equal ones the first, as everywhere.
  const auto best = std::max_element(last_rung_.begin(), last_rung_.end(), below);
  const auto worst = std::min_element(last_rung_.begin(), last_rung_.end(), below);
  if (best != last_rung_.end() && facts_.rank != Rank::kLoss) {
    const double high = value_of(*best, facts_.rank), low = value_of(*worst, facts_.rank);
    figures.push_back({fmt::format("Best {}", name(facts_.rank)), fmt::format("{:.4f}", high),
                       widths_text(space_.at(best->combination).hidden)});
    figures.push_back({fmt::format("Worst {}", name(facts_.rank)), fmt::format("{:.4f}", low),
                       fmt::format("{:.1f} points behind", 100 * (high - low))});
  }
  if (facts_.best_tested)
    figures.push_back({"Best, on test rows", fmt::format("F1 {:.4f}", facts_.best_tested->f1()),
                       fmt::format("recall {:.4f}, FPR {:.5f}", facts_.best_tested->recall(),
                                   facts_.best_tested->false_positive_rate())});
  page.figures(figures);
}

std::string GridPage::to_html() {
  report::HtmlPage page("Grid search", space_.text());
  add_figures(page);
  if (!facts_.caution.empty()) page.paragraph(facts_.caution);
  if (facts_.rungs.size() > 1) {
    report::HtmlTable table{.columns = {{"rung", report::Alignment::kRight},
                                        {"combinations", report::Alignment::kRight},
                                        {"rows each was trained on", report::Alignment::kRight}},
                            .rows = {},
                            .caption = "Successive halving: the best quarter goes on."};
    for (size_t rung = 0; rung < facts_.rungs.size(); ++rung)
      table.rows.push_back({number_text(rung), number_text(facts_.rungs[rung].combinations),
                            number_text(facts_.rungs[rung].rows)});
    page.table(table);
  }
  page.heading("What matters");
  page.chart(report::to_chart(
      heat_map(), facts_.rungs.size() > 1
                      ? "Mean over all combinations of the first rung, which saw few rows."
                      : "Mean over the batch sizes and learning rates."));
  page.heading("All combinations");
  page.chart(report::to_chart(lines(), facts_.rungs.size() > 1
                                           ? "A line a combination of the last rung."
                                           : "A line a combination."));
  page.heading("Best and worst");
  add_extremes(page);
  return page.to_html();
}

}  // namespace kanaria::train
