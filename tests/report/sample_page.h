// SPDX-License-Identifier: Apache-2.0
// A page with every kind of part: what a browser is shown in tests/e2e/html_page_test.py. The
// figures are drawn with a seed, shaped like the thesis's grid of 672 combinations; they measure
// nothing.
#pragma once

#include "report/html_page.h"

namespace kanaria::report {

HtmlPage sample_page();

// Every text of every part tries to break out: as markup, as a script's end, as one of Vega's
// expressions. It would set the document's title to "owned".
HtmlPage hostile_page();

}  // namespace kanaria::report
