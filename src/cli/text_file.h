// SPDX-License-Identifier: Apache-2.0
// A result as a file of its own.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kanaria::cli {

// Creates or replaces PATH ("-": stdout).
Status write_text_file(const std::string& path, std::string_view text);

}  // namespace kanaria::cli
