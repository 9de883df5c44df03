// SPDX-License-Identifier: Apache-2.0
#include "train/wait.h"

#include <algorithm>
#include <tuple>

namespace kanaria::train {

std::optional<double> found_within(std::vector<Wait> waits, double share) {
  std::sort(waits.begin(), waits.end(), [](const Wait& a, const Wait& b) {
    return std::tuple(a.amount, !a.found) < std::tuple(b.amount, !b.found);
  });
  constexpr double kRounding = 1e-12;
  double unseen = 1;
  for (size_t i = 0; i < waits.size(); ++i) {
    if (!waits[i].found) continue;
    unseen *= 1 - 1.0 / static_cast<double>(waits.size() - i);
    if (1 - unseen >= share - kRounding) return waits[i].amount;
  }
  return std::nullopt;
}

}  // namespace kanaria::train
