// SPDX-License-Identifier: Apache-2.0
#include "train/grid_page.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

using testing::HasSubstr;

GridSpace small_space() {
  return {.hidden_layers = {1, 2},
          .nodes = {10, 40},
          .batch = {32},
          .optimizer = {nn::OptimizerKind::kAdam},
          .activation = {nn::Activation::kRelu}};
}

GridScore score(uint64_t combination, uint64_t found, uint32_t rung = 0) {
  return {.rung = rung,
          .combination = combination,
          .rows_trained = 100,
          .loss = 0.5,
          .counts = {found, 10 - found, 0, 10}};
}

std::string page_of(const GridSpace& space, const std::vector<GridScore>& scores,
                    GridPageFacts facts) {
  GridPage page(space, std::move(facts));
  for (const GridScore& one : scores) page.take(one);
  return page.to_html();
}

TEST(GridPage, TellsTheBestTheWorstAndTheirDistance) {
  const auto html = page_of(small_space(), {score(0, 2), score(1, 9), score(2, 4), score(3, 9)},
                            {.rungs = {{4, 100}}, .rank = Rank::kAccuracy});
  EXPECT_THAT(html, HasSubstr("0.9500"));              // 19 of 20
  EXPECT_THAT(html, HasSubstr("35.0 points behind"));  // 12 of 20
}

TEST(GridPage, NamesTheFirstOfEquallyGoodOnes) {
  const GridSpace space = small_space();
  const auto first = widths_text(space.at(1).hidden), last = widths_text(space.at(3).hidden);
  const auto html = page_of(space, {score(0, 2), score(1, 9), score(3, 9)},
                            {.rungs = {{4, 100}}, .rank = Rank::kAccuracy});
  const size_t figure = html.find("Best accuracy");
  ASSERT_NE(figure, std::string::npos);
  EXPECT_LT(html.find(first, figure), html.find(last, figure));
}

TEST(GridPage, LeavesOutWhatDiverged) {
  GridScore diverged = score(0, 0);
  diverged.loss = std::numeric_limits<double>::quiet_NaN();
  const auto html =
      page_of(small_space(), {diverged, score(1, 9)}, {.rungs = {{4, 100}}, .rank = Rank::kF1});
  EXPECT_THAT(html, HasSubstr("The 1 best"));
}

TEST(GridPage, OfAHalvedSearchTellsTheRungsAndRanksTheLast) {
  const auto html = page_of(small_space(), {score(0, 10), score(1, 3), score(1, 5, 1)},
                            {.rungs = {{4, 25}, {1, 100}}, .rank = Rank::kAccuracy});
  EXPECT_THAT(html, HasSubstr("Successive halving"));
  EXPECT_NE(html.find("Best accuracy</dt><dd class=\"value\">0.7500"), std::string::npos);
}

TEST(GridPage, RepeatsTheCaution) {
  const auto html =
      page_of(small_space(), {score(1, 9)}, {.caution = "this flatters", .rungs = {{4, 100}}});
  EXPECT_THAT(html, HasSubstr("this flatters"));
}

}  // namespace
}  // namespace kanaria::train
