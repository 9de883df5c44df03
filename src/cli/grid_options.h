// SPDX-License-Identifier: Apache-2.0
// What `kanaria grid` was asked to do.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "cli/training_options.h"

namespace kanaria::cli {

struct GridChoice {
  DataChoice data;
  TrainingChoice training;
  std::string space = "thesis";
  std::string results = "grid.csv";
  std::string page_path;
  std::string model_path;
  std::string split = "capture";
  std::string rank = "f1";
  double test_share = 0.2;
  double validation_share = 0.2;
  std::optional<uint64_t> most_rows;
  std::optional<uint64_t> least_rows;
  bool resume = false;
  unsigned workers = std::max(1U, std::thread::hardware_concurrency());
};

struct ParsedGridChoice {
  std::optional<int> exit_code;  // return it at once
  GridChoice choice;
};

ParsedGridChoice parse_grid_options(std::span<char*> arguments);

}  // namespace kanaria::cli
