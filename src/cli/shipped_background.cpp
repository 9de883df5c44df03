// SPDX-License-Identifier: Apache-2.0
#include "cli/shipped_background.h"

#include <cstdlib>
#include <filesystem>

namespace kanaria::cli {

std::optional<std::string> shipped_background() {
  namespace fs = std::filesystem;
  if (const char* named = std::getenv("KANARIA_BACKGROUND"); named && *named != '\0') return named;
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const char* place :
       {"../share/kanaria/background.csv.zst", "../../models/background.csv.zst"})
    if (fs::exists(folder / place, ignored)) return (folder / place).lexically_normal().string();
  return std::nullopt;
}

}  // namespace kanaria::cli
