// SPDX-License-Identifier: Apache-2.0
// What `kanaria detect` was asked to do.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "cli/input.h"
#include "detect/detector.h"

namespace kanaria::cli {

struct DetectOptions {
  Input input;
  std::string format = "table";
  bool all = false;
  bool mining_sets_exit_code = false;
  std::optional<std::string> lens;  // none: the model's own
  std::string model_path;
  std::string policy_path;
  std::string report_path;
  std::string packets_path;
  detect::DetectorOptions detector;
};

struct ParsedDetectOptions {
  std::optional<int> exit_code;  // return it at once
  DetectOptions options;
};

ParsedDetectOptions parse_detect_options(std::span<char*> arguments);

}  // namespace kanaria::cli
