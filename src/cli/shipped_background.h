// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace kanaria::cli {

// models/background.csv.zst, rows of lens `rhythm` that training learns from beside one's own: that
// of the environment variable KANARIA_BACKGROUND, else beside the program where it was installed or
// built. Nullopt when there is none.
std::optional<std::string> shipped_background();

}  // namespace kanaria::cli
