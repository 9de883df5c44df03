// SPDX-License-Identifier: Apache-2.0
#include "report/html_text.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace kanaria::report {
namespace {

TEST(HtmlText, CharactersOfMarkupAreEscaped) {
  EXPECT_EQ(html_text(R"(<b a="1" c='2'>&</b>)"),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&lt;/b&gt;");
}

TEST(HtmlText, TextOfOtherScriptsStaysAsItIs) { EXPECT_EQ(html_text("採掘 — α"), "採掘 — α"); }

TEST(HtmlText, BytesThatAreNotUtf8BecomeReplacementCharacters) {
  EXPECT_EQ(html_text("a\xff"
                      "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(html_text("cut \xe6\x8e"), "cut \xef\xbf\xbd");
  // An overlong '<' (RFC 3629 §3 forbids it) must not become one.
  EXPECT_EQ(html_text("\xc0\xbc").find('<'), std::string::npos);
}

TEST(HtmlText, ControlCharactersBecomeReplacementCharacters) {
  EXPECT_EQ(html_text(std::string_view("a\0b\x1b\tc\n", 7)),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd\tc\n");
  EXPECT_EQ(html_text("\r\x7f"), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonInHtml, HoldsNothingThatEndsAScriptAndMeansTheSame) {
  const std::string hostile = "</script><!-- <script> ]]> & \" \\ \u2028";
  const std::string json = nlohmann::json({{hostile, hostile}}).dump();
  const std::string escaped = json_in_html(json);
  EXPECT_EQ(escaped.find_first_of("<>&"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(escaped), nlohmann::json::parse(json));
}

TEST(AnchorOf, KeepsLettersAndDigitsOnly) {
  EXPECT_EQ(anchor_of("ROC & DET, 2nd"), "roc-det-2nd");
  EXPECT_EQ(anchor_of("\"><script>"), "script");
}

TEST(AnchorOf, IsASectionWithoutAnyLetter) {
  EXPECT_EQ(anchor_of(""), "section");
  EXPECT_EQ(anchor_of("採掘"), "section");
}

TEST(ScriptHash, IsTheOneThatTheSpecificationShows) {
  // CSP level 2, §7.17.2: the hash of this script.
  EXPECT_EQ(script_hash("alert('Hello, world.');"),
            "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
}

}  // namespace
}  // namespace kanaria::report
