// SPDX-License-Identifier: Apache-2.0
// Draws from the distributions that dialects are told in.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "base/random.h"

namespace kanaria::train {

// From low to high, drawn log-uniformly: twice as much is as likely wherever one stands. Uniformly
// when low is 0.
struct Range {
  double low = 0;
  double high = 0;

  double draw(Random& random) const {
    const double u = random.uniform();
    return low > 0 ? low * std::pow(high / low, u) : high * u;
  }
  // Whole numbers, high included.
  uint64_t draw_whole(Random& random) const {
    const double drawn = Range{low, high + 1}.draw(random);
    return static_cast<uint64_t>(std::clamp(std::floor(drawn), low, high));
  }
};

inline bool happens(double probability, Random& random) { return random.uniform() < probability; }

// Mean 1.
inline double exponential(Random& random) { return -std::log1p(-random.uniform()); }

// Mean 0, standard deviation 1 (Box & Muller 1958).
inline double normal(Random& random) {
  const double radius = std::sqrt(2 * exponential(random));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

// Lognormal with median 1.
inline double factor(double sigma, Random& random) { return std::exp(sigma * normal(random)); }

}  // namespace kanaria::train
