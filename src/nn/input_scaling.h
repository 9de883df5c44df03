// SPDX-License-Identifier: Apache-2.0
// What happens to a raw row before the first layer: standardise, then clip.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

namespace kanaria::nn {

struct InputScaling {
  std::vector<float> mean;   // [d]
  std::vector<float> scale;  // [d], none is 0
  float clip = 5.0F;         // in standard deviations

  float apply(size_t column, float value) const {
    // min(max()) in this order turns a NaN into the lower bound instead of letting it spread.
    return std::min(std::max(-clip, (value - mean[column]) / scale[column]), clip);
  }
};

}  // namespace kanaria::nn
