// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM end the input, not the program: what was read is still reported.
#pragma once

#include <atomic>

namespace kanaria::cli {

// Installs the handlers once; the flag rises at the first signal. A second signal ends the program.
const std::atomic<bool>& interrupt_flag();

}  // namespace kanaria::cli
