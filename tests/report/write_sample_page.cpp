// SPDX-License-Identifier: Apache-2.0
// Prints one of the pages of sample_page.h: write_sample_page sample|hostile >page.html
#include <cstdio>
#include <string_view>

#include "tests/report/sample_page.h"

int main(int count, char** arguments) {
  const std::string_view name = count == 2 ? arguments[1] : "";
  if (name != "sample" && name != "hostile") {
    std::fputs("usage: write_sample_page sample|hostile\n", stderr);
    return 2;
  }
  const auto page =
      name == "hostile" ? kanaria::report::hostile_page() : kanaria::report::sample_page();
  const std::string html = page.to_html();
  return std::fwrite(html.data(), 1, html.size(), stdout) == html.size() ? 0 : 1;
}
