// SPDX-License-Identifier: Apache-2.0
// When an exchange begins again: gaps of mean 1, to be multiplied by its period.
#pragma once

#include "train/dialect.h"

namespace kanaria::train {

class EventTimes {
 public:
  // Draws what is a connection's own: jitter, size of bursts and so on.
  EventTimes(Timing timing, Random& random);

  // From a time that has nothing to do with the events to the first of them.
  double first(Random& random);
  double gap(Random& random);

 private:
  double tick(Random& random) const { return 1 + jitter_ * random.uniform(-1, 1); }
  double mixed(Random& random);
  double burst(Random& random);
  double ticks_by_coin(Random& random) const;

  Timing timing_;
  double jitter_;      // share of a tick
  double sigma_;       // of human gaps
  double coin_;        // that a tick is an event
  double between_;     // kMixed: random events a tick
  double to_tick_;     // kMixed
  double burst_size_;  // mean
  double burst_gap_;   // mean within a burst
  uint64_t left_ = 0;  // events of this burst
};

}  // namespace kanaria::train
