// SPDX-License-Identifier: Apache-2.0
// `kanaria dataset --generate`: rows of connections made from descriptions of dialects.
#pragma once

#include <string>
#include <vector>

#include "train/generated_rows.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's own
class App;
}

namespace kanaria::cli {

struct Generation {
  std::vector<std::string> files;
  train::GenerateOptions options;
};

void add_generate_options(CLI::App& app, Generation& generation);

// Writes DATA.csv to `output`; returns the exit code.
int generate_data_set(const Generation& generation, const std::string& output);

}  // namespace kanaria::cli
