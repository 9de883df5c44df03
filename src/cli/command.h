// SPDX-License-Identifier: Apache-2.0
// What every command offers: a name, a sentence, a function from arguments to an exit code.
#pragma once

#include <span>
#include <string_view>

namespace kanaria::cli {

enum ExitCode : int {
  kRan = 0,     // whatever was found
  kFailed = 1,  // input not read whole, or a fault at run time
  kUsage = 2,
  kMiningFound = 3,  // only with --exit-code
  kGateFailed = 3,   // likewise, of inspect
};

// arguments[0] is the command's own name.
using CommandMain = int (*)(std::span<char*> arguments);

struct Command {
  std::string_view name;
  std::string_view sentence;
  CommandMain run;
};

int capture_main(std::span<char*> arguments);
int detect_main(std::span<char*> arguments);
int dataset_main(std::span<char*> arguments);
int inspect_main(std::span<char*> arguments);
int train_main(std::span<char*> arguments);
int grid_main(std::span<char*> arguments);
int evaluate_main(std::span<char*> arguments);

}  // namespace kanaria::cli
