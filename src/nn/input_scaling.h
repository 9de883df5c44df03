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

  // out[c] = clip((row[c] - mean[c]) / scale[c]) for each column. A NaN becomes the lower bound
  // instead of spreading.
  void apply(const float* __restrict row, float* __restrict out) const {
    const float* __restrict means = mean.data();
    const float* __restrict scales = scale.data();
    const float bound = clip;
    for (size_t c = 0; c < mean.size(); ++c) {
      const float z = (row[c] - means[c]) / scales[c];
      const float above = z > -bound ? z : -bound;
      out[c] = above < bound ? above : bound;
    }
  }
};

}  // namespace kanaria::nn
