// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

using testing::HasSubstr;
using testing::Not;

// 40 cases in 4 captures: 19 of 20 miners found, 1 of 20 others accused.
std::vector<Case> some_cases() {
  std::vector<Case> cases;
  for (uint32_t i = 0; i < 40; ++i) {
    const bool mining = i % 2 == 0, wrong = i < 2;
    cases.push_back({i % 4, mining, mining != wrong, mining != wrong ? 2.0F : -2.0F});
  }
  return cases;
}

EvaluationReport some_report() {
  EvaluationReport report;
  report.split = "capture";
  report.folds = 5;
  report.lens = "pair";
  report.scopes = {
      {"rows", summarise(some_cases(), ScoreKind::kLogOdds, 1), {{0, 0}, {1, 1}}},
      {"connections", summarise(some_cases(), ScoreKind::kOrder, 1), {{0, 0}, {1, 1}}}};
  return report;
}

TEST(EvaluationPage, TellsFirstWhatAnOperatorMeets) {
  const auto html = html_of(some_report());
  EXPECT_THAT(html, HasSubstr("19 of 20 mining connections"));
  EXPECT_THAT(html, HasSubstr("1 of 20 benign connections"));
}

TEST(EvaluationPage, SaysThatARandomSplitFlattersAndOthersNot) {
  EvaluationReport report = some_report();
  EXPECT_THAT(html_of(report), Not(HasSubstr("flatters")));
  report.split = "random";
  EXPECT_THAT(html_of(report), HasSubstr("flatters"));
}

TEST(EvaluationPage, TellsNoRateOfFewerThanTenConnections) {
  EvaluationReport report = some_report();
  report.sources = {{"large", true, 10, 5}, {"small", true, 2, 1}};
  const auto html = html_of(report);
  EXPECT_THAT(html, HasSubstr("large (5 of 10)"));
  EXPECT_THAT(html, HasSubstr("1 of 2"));
  EXPECT_THAT(html, Not(HasSubstr("small (")));
}

TEST(EvaluationPage, ShowsHostileNamesAsText) {
  EvaluationReport report = some_report();
  report.sources = {{"</script><b>", true, 10, 5}, {"<i>few</i>", true, 2, 1}};
  const auto html = html_of(report);
  EXPECT_THAT(html, Not(HasSubstr("</script><b>")));
  EXPECT_THAT(html, HasSubstr("&lt;i&gt;few&lt;/i&gt;"));
}

}  // namespace
}  // namespace kanaria::train
