// SPDX-License-Identifier: Apache-2.0
#include "report/html_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/bar_chart.h"
#include "report/page_files.h"
#include "tests/report/sample_page.h"

namespace kanaria::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The page without its own style and scripts: what is left was put in by the caller.
std::string body_of(const std::string& html) {
  const size_t begin = html.find("<body>");
  return html.substr(begin, html.find("</main>") - begin);
}

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

Chart chart_named(const std::string& text) {
  return to_chart(BarChart{.value_title = text, .bars = {{text, 1}}}, text);
}

TEST(HtmlPage, ShowsItsPartsInTheirOrder) {
  HtmlPage page("Title", "Subtitle");
  page.heading("First");
  page.paragraph("One.");
  page.heading("Second");
  EXPECT_THAT(page.to_html(),
              HasSubstr("<header>\n<h1>Title</h1>\n<p>Subtitle</p>\n</header>\n<main>\n"
                        "<h2 id=\"first\"><a href=\"#first\">First</a></h2>\n<p>One.</p>\n"
                        "<h2 id=\"second\"><a href=\"#second\">Second</a></h2>\n</main>"));
}

TEST(HtmlPage, EqualHeadingsHaveAnchorsOfTheirOwn) {
  HtmlPage page("T", "");
  page.heading("Grid");
  page.heading("grid");
  page.heading("Grid 2");
  EXPECT_THAT(page.to_html(), HasSubstr("id=\"grid\""));
  EXPECT_THAT(page.to_html(), HasSubstr("id=\"grid-2\""));
  EXPECT_THAT(page.to_html(), HasSubstr("id=\"grid-2-2\""));
}

TEST(HtmlPage, TablesAlignTheirColumns) {
  HtmlPage page("T", "");
  page.table({.columns = {{"Host"}, {"Evidence", Alignment::kRight}},
              .rows = {{"a", "0.5"}},
              .caption = "C"});
  EXPECT_THAT(page.to_html(),
              HasSubstr("<caption>C</caption>\n<thead>\n<tr><th scope=\"col\">Host</th>"
                        "<th scope=\"col\" class=\"right\">Evidence</th></tr>\n</thead>\n<tbody>\n"
                        "<tr><td>a</td><td class=\"right\">0.5</td></tr>\n</tbody>"));
}

TEST(HtmlPage, AFigureWithoutNoteHasNone) {
  HtmlPage page("T", "");
  const std::vector<Figure> figures{{"Recall", "98 %", ""}};
  page.figures(figures);
  EXPECT_THAT(page.to_html(), HasSubstr("<div><dt>Recall</dt><dd class=\"value\">98 %</dd></div>"));
}

TEST(HtmlPage, HostileTextIsShownInEveryPlaceAndNeverInterpreted) {
  const std::string hostile =
      "x</script><script>alert(1)</script><!-- \"'&\xff\u2028</title></style>";
  HtmlPage page(hostile, hostile);
  page.heading(hostile);
  page.paragraph(hostile);
  const std::vector<Figure> figures{{hostile, hostile, hostile}};
  page.figures(figures);
  page.table({.columns = {{hostile}}, .rows = {{hostile}}, .caption = hostile});
  page.chart(chart_named(hostile));

  HtmlPage harmless("x", "x");
  harmless.heading("x");
  harmless.paragraph("x");
  const std::vector<Figure> others{{"x", "x", "x"}};
  harmless.figures(others);
  harmless.table({.columns = {{"x"}}, .rows = {{"x"}}, .caption = "x"});
  harmless.chart(chart_named("x"));

  const std::string html = page.to_html();
  for (const std::string_view mark : {"<", ">", "<!--", "</script>"})
    EXPECT_EQ(count_of(html, mark), count_of(harmless.to_html(), mark)) << mark;
  EXPECT_THAT(html, Not(HasSubstr("\xff")));
  EXPECT_THAT(html, Not(HasSubstr("alert(1)</script>")));
}

TEST(HtmlPage, ItsChartsAreReadBackAsTheyWerePutIn) {
  HtmlPage page("T", "");
  const Chart chart = chart_named("</script>&amp;");
  page.chart(chart);
  const std::string html = page.to_html();
  const std::string_view opening = "<script type=\"application/json\">";
  const size_t begin = html.find(opening) + opening.size();
  const std::string json = html.substr(begin, html.find("</script>", begin) - begin);
  EXPECT_EQ(nlohmann::json::parse(json), nlohmann::json::parse(chart.spec));
}

TEST(HtmlPage, AChartHasItsTextForThoseWhoCannotSeeIt) {
  HtmlPage page("T", "");
  page.chart({"caption", "said in words", "{}"});
  EXPECT_THAT(page.to_html(),
              HasSubstr("role=\"img\" aria-label=\"said in words\"><p>said in words</p></div>"));
  EXPECT_THAT(page.to_html(), HasSubstr("<figcaption>caption</figcaption>"));
}

TEST(HtmlPage, ForbidsEveryNetworkAccessAndAllOtherScripts) {
  const std::string html = sample_page().to_html();
  EXPECT_THAT(
      html, HasSubstr("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "script-src 'sha256-"));
  const size_t begin = html.find("script-src");
  const std::string policy = html.substr(begin, html.find(';', begin) - begin);
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(count_of(policy, "'sha256-"), count_of(html, "<script>"));
}

TEST(HtmlPage, RefersToNothingOutsideOfItself) {
  const std::string html = sample_page().to_html();
  for (const std::string_view reference :
       {" src=", " srcset=", "<link", "<iframe", "<img", "url(", "@import", "sourceMappingURL"})
    EXPECT_EQ(count_of(html.substr(0, html.find("<script>")), reference), 0U) << reference;
  EXPECT_EQ(count_of(html, "href=\""), count_of(html, "href=\"#"));
  EXPECT_EQ(count_of(body_of(html), "://"), 0U);
  for (const std::string_view own : {kPageCss, kPageJs, kChartsJs})
    EXPECT_EQ(count_of(own, "://"), 0U);
}

TEST(HtmlPage, TheDrawingLibraryIsThereOnlyForCharts) {
  HtmlPage page("T", "");
  page.paragraph("No chart.");
  EXPECT_LT(page.to_html().size(), 20'000U);
  EXPECT_THAT(page.to_html(), Not(HasSubstr("vega")));
}

TEST(HtmlPage, TheDrawingLibraryBringsItsLicences) {
  if (kVegaJs.empty()) GTEST_SKIP() << "This build has no charts (KANARIA_CHARTS=OFF).";
  const std::string html = sample_page().to_html();
  EXPECT_THAT(html, HasSubstr("University of Washington Interactive Data Lab. BSD-3-Clause."));
  EXPECT_THAT(html,
              HasSubstr("THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS"));
}

// Its hashes in the policy would fail after an HTML parser turned CR into LF, and its end be found
// too early.
TEST(HtmlPage, ScriptsSurviveAnHtmlParser) {
  for (const std::string_view script : {kPageJs, kChartsJs, kVegaJs})
    for (const std::string_view broken : {"\r", "</script", "<!--"})
      EXPECT_EQ(count_of(script, broken), 0U);
}

TEST(HtmlPage, TheSameCallsGiveTheSameBytes) {
  EXPECT_EQ(sample_page().to_html(), sample_page().to_html());
  const HtmlPage page = sample_page();
  EXPECT_EQ(page.to_html(), page.to_html());
}

}  // namespace
}  // namespace kanaria::report
