// SPDX-License-Identifier: Apache-2.0
// Text of unknown origin as a part of an HTML file.
#pragma once

#include <string>
#include <string_view>

namespace kanaria::report {

// As content or as an attribute in double quotes. What is not UTF-8, and control characters but tab
// and newline, become U+FFFD.
std::string html_text(std::string_view text);

// JSON as the content of a <script type="application/json">: no '<', '>' or '&' is left to end it.
// Requires: `json` is valid JSON.
std::string json_in_html(std::string_view json);

// Name of a place in the page: "ROC & DET" is "roc-det". ASCII letters and digits only; "section"
// if there are none.
std::string anchor_of(std::string_view heading);

// 'sha256-…', by which a Content-Security-Policy allows this script and no other (CSP level 2,
// hash-source).
std::string script_hash(std::string_view script);

}  // namespace kanaria::report
