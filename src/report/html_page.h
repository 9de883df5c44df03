// SPDX-License-Identifier: Apache-2.0
// A page for people: one HTML file that needs no network, in light and dark, on paper and on a
// telephone. All pages of the program are put together here, so that they look alike
// (page/page.css). Texts may hold any bytes; they are shown, never interpreted. The page forbids
// itself every network access and every script but its own (Content-Security-Policy). The same
// calls give the same bytes.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/chart.h"

namespace kanaria::report {

// One of a row of big numbers: "False-positive rate", "0.05 %", "2 of 3,994 rows".
struct Figure {
  std::string label = {};
  std::string value = {};
  std::string note = {};  // may be empty
};

enum class Alignment { kLeft, kRight };  // kRight: numbers

struct HtmlColumn {
  std::string title = {};
  Alignment alignment = Alignment::kLeft;
};

struct HtmlTable {
  std::vector<HtmlColumn> columns = {};
  std::vector<std::vector<std::string>> rows = {};  // each with a text for each column
  std::string caption = {};                         // may be empty
};

class HtmlPage {
 public:
  // The subtitle may be empty.
  HtmlPage(std::string title, std::string subtitle);

  void heading(std::string_view text);
  void subheading(std::string_view text);
  void paragraph(std::string_view text);
  void figures(std::span<const Figure> figures);
  // Sorted by a click on a column's title.
  void table(const HtmlTable& table);
  void chart(const Chart& chart);

  std::string to_html() const;

 private:
  std::string title_;
  std::string subtitle_;
  std::string body_;
  std::set<std::string> anchors_;
  bool has_charts_ = false;
};

}  // namespace kanaria::report
