// SPDX-License-Identifier: Apache-2.0
// What stands behind -r on a command line: captures first, then the words of a filter.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace kanaria::cli {

struct CaptureWords {
  std::vector<std::string> captures;
  std::string filter;
};

// A word is a capture when it is the first, when such a file exists or when its name looks like
// one, so that a mistyped name is reported as a missing file. `more` continues the filter.
CaptureWords captures_and_filter(std::span<const std::string> read,
                                 std::span<const std::string> more);

}  // namespace kanaria::cli
