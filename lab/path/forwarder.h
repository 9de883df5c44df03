// SPDX-License-Identifier: Apache-2.0
// The loop that moves packets between two devices: one thread, asleep until a packet comes or is
// due.
#pragma once

#include "base/result.h"
#include "lab/path/path.h"

namespace kanaria::lab {

// Returns on SIGTERM, on SIGINT, when the parent of the process dies, and when a device is gone.
// `near` and `far` are descriptors from each of which `read` gives one IP packet a call.
Status forward(Path& path, int near, int far);

}  // namespace kanaria::lab
