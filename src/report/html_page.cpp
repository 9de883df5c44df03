// SPDX-License-Identifier: Apache-2.0
#include "report/html_page.h"

#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "report/html_text.h"
#include "report/page_files.h"

namespace kanaria::report {
namespace {

// A longer table scrolls within the page, so that what follows it is found.
constexpr size_t kRowsShownAtOnce = 30;

std::string_view class_of(Alignment alignment) {
  return alignment == Alignment::kRight ? " class=\"right\"" : "";
}

std::vector<std::string_view> scripts(bool with_charts) {
  if (!with_charts || kVegaJs.empty()) return {kPageJs};
  return {kPageJs, kVegaJs, kChartsJs};
}

// style: Vega places its drawing with style attributes.
std::string content_security_policy(std::span<const std::string_view> scripts) {
  std::string hashes;
  for (const std::string_view script : scripts) hashes += ' ' + script_hash(script);
  return fmt::format(
      "default-src 'none'; script-src{}; style-src 'unsafe-inline'; img-src data:; "
      "base-uri 'none'; form-action 'none'",
      hashes);
}

std::string table_row(const HtmlTable& table, std::span<const std::string> row) {
  assert(row.size() == table.columns.size() && "a row has a text for each column");
  std::string html = "<tr>";
  for (size_t i = 0; i < row.size(); ++i)
    html += fmt::format("<td{}>{}</td>", class_of(table.columns[i].alignment), html_text(row[i]));
  return html + "</tr>\n";
}

}  // namespace

HtmlPage::HtmlPage(std::string title, std::string subtitle)
    : title_(std::move(title)), subtitle_(std::move(subtitle)) {}

void HtmlPage::heading(std::string_view text) {
  const std::string wanted = anchor_of(text);
  std::string anchor = wanted;
  for (int i = 2; !anchors_.insert(anchor).second; ++i) anchor = fmt::format("{}-{}", wanted, i);
  body_ +=
      fmt::format("<h2 id=\"{}\"><a href=\"#{}\">{}</a></h2>\n", anchor, anchor, html_text(text));
}

void HtmlPage::subheading(std::string_view text) {
  body_ += fmt::format("<h3>{}</h3>\n", html_text(text));
}

void HtmlPage::paragraph(std::string_view text) {
  body_ += fmt::format("<p>{}</p>\n", html_text(text));
}

void HtmlPage::figures(std::span<const Figure> figures) {
  body_ += "<dl class=\"figures\">\n";
  for (const Figure& figure : figures) {
    body_ += fmt::format("<div><dt>{}</dt><dd class=\"value\">{}</dd>", html_text(figure.label),
                         html_text(figure.value));
    if (!figure.note.empty())
      body_ += fmt::format("<dd class=\"note\">{}</dd>", html_text(figure.note));
    body_ += "</div>\n";
  }
  body_ += "</dl>\n";
}

void HtmlPage::table(const HtmlTable& table) {
  // The focus makes a table that is too wide scrollable with the keyboard.
  body_ += fmt::format("<div class=\"table{}\" tabindex=\"0\">\n<table>\n",
                       table.rows.size() > kRowsShownAtOnce ? " long" : "");
  if (!table.caption.empty())
    body_ += fmt::format("<caption>{}</caption>\n", html_text(table.caption));
  body_ += "<thead>\n<tr>";
  for (const HtmlColumn& column : table.columns)
    body_ += fmt::format("<th scope=\"col\"{}>{}</th>", class_of(column.alignment),
                         html_text(column.title));
  body_ += "</tr>\n</thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : table.rows) body_ += table_row(table, row);
  body_ += "</tbody>\n</table>\n</div>\n";
}

void HtmlPage::chart(const Chart& chart) {
  has_charts_ = true;
  const std::string text = html_text(chart.text);
  body_ += fmt::format(
      "<figure>\n<div class=\"chart\" role=\"img\" aria-label=\"{}\"><p>{}</p></div>\n"
      "<script type=\"application/json\">{}</script>\n",
      text, text, json_in_html(chart.spec));
  if (!chart.caption.empty())
    body_ += fmt::format("<figcaption>{}</figcaption>\n", html_text(chart.caption));
  body_ += "</figure>\n";
}

std::string HtmlPage::to_html() const {
  const std::vector<std::string_view> used = scripts(has_charts_);
  const std::string title = html_text(title_);
  const std::string subtitle =
      subtitle_.empty() ? "" : fmt::format("<p>{}</p>\n", html_text(subtitle_));
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"generator\" "
      "content=\"kanaria\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n"
      "<header>\n<h1>{}</h1>\n{}</header>\n<main>\n{}</main>\n",
      content_security_policy(used), title, kPageCss, title, subtitle, body_);
  for (const std::string_view script : used) html += fmt::format("<script>{}</script>\n", script);
  return html + "</body>\n</html>\n";
}

}  // namespace kanaria::report
