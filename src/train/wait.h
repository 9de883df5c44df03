// SPDX-License-Identifier: Apache-2.0
// How long miners go on unseen, when some were never found.
#pragma once

#include <optional>
#include <vector>

namespace kanaria::train {

// Seconds or messages until a miner was found, or those it was watched for without being found.
struct Wait {
  double amount = 0;
  bool found = false;
};

// The wait within which that share (0 … 1) of miners is found: Kaplan & Meier's estimate (1958),
// in which one never found says only that its wait is longer than it was watched. nullopt: so
// large a share was not found.
std::optional<double> found_within(std::vector<Wait> waits, double share);

}  // namespace kanaria::train
