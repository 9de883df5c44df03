// SPDX-License-Identifier: Apache-2.0
// What a disguise costs those who wear it.
#pragma once

#include <cstdint>
#include <span>

#include "base/random.h"
#include "train/perturbation.h"

namespace kanaria::train {

// Sums over connections.
struct PerturbationCost {
  uint64_t bytes = 0;  // as they were
  uint64_t bytes_added = 0;
  uint64_t messages = 0;  // as they were
  int64_t messages_added = 0;
  double byte_seconds = 0;  // by which bytes came later

  double share_of_bytes() const { return share(static_cast<double>(bytes_added), bytes); }
  double share_of_messages() const { return share(static_cast<double>(messages_added), messages); }
  // Mean delay of a byte, seconds.
  double delay() const { return share(byte_seconds, bytes); }

  PerturbationCost& operator+=(const PerturbationCost& other);

 private:
  static double share(double part, uint64_t whole) {
    return whole == 0 ? 0.0 : part / static_cast<double>(whole);
  }
};

// perturb(), and what it cost. A change that adds no byte moves some in time; one that adds bytes
// delays none of those that were there.
PerturbationCost perturb_at_cost(SegmentSequence& sequence,
                                 std::span<const Perturbation> perturbations, Random& random);

}  // namespace kanaria::train
