// SPDX-License-Identifier: Apache-2.0
// The files of page/, built into the program so that a page needs no other file (CMakeLists.txt).
#pragma once

#include <string_view>

namespace kanaria::report {

extern const std::string_view kPageCss;
extern const std::string_view kPageJs;
extern const std::string_view kChartsJs;
extern const std::string_view kVegaJs;  // empty in a build without charts (KANARIA_CHARTS)

// Vega specifications without their data and titles.
extern const std::string_view kHeatMapJson;
extern const std::string_view kParallelCoordinatesJson;
extern const std::string_view kLineChartJson;
extern const std::string_view kBarChartJson;
extern const std::string_view kConnectionChartJson;

}  // namespace kanaria::report
