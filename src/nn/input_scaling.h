// SPDX-License-Identifier: Apache-2.0
// What happens to a raw row before the first layer: standardise, then clip.
#pragma once

#include <cstddef>
#include <vector>

namespace kanaria::nn {

struct InputScaling {
  std::vector<float> mean;   // [d]
  std::vector<float> scale;  // [d], none is 0
  float clip = 5.0F;         // in standard deviations

  // 1 / scale: apply() multiplies, as a division a value costs 4 % of detection.
  std::vector<float> reciprocals() const {
    std::vector<float> result(scale.size());
    for (size_t c = 0; c < scale.size(); ++c) result[c] = 1.0F / scale[c];
    return result;
  }

  // out[c] = clip((row[c] - mean[c]) * reciprocal[c]) for each column. A NaN becomes the lower
  // bound instead of spreading. Requires: `reciprocal` is reciprocals().
  void apply(const float* __restrict row, const float* __restrict reciprocal,
             float* __restrict out) const {
    const float* __restrict means = mean.data();
    const float bound = clip;
    for (size_t c = 0; c < mean.size(); ++c) {
      const float z = (row[c] - means[c]) * reciprocal[c];
      const float above = z > -bound ? z : -bound;
      out[c] = above < bound ? above : bound;
    }
  }
};

}  // namespace kanaria::nn
