// SPDX-License-Identifier: Apache-2.0
// Raw rows -> logits, in batches. The logit of a row is the same bits whatever batch it comes in.
#pragma once

#include <span>
#include <vector>

#include "nn/input_scaling.h"
#include "nn/mlp.h"
#include "nn/simd.h"

namespace kanaria::nn {

// Holds the activations of one batch; one instance a thread. `mlp` and `scaling` must outlive it.
class Inference {
 public:
  Inference(const Mlp& mlp, const InputScaling& scaling, Simd simd);

  // `rows`: [n, inputs] row-major raw values -> `logits`: [n]. No allocation once it saw a batch of
  // this size.
  void logits(std::span<const float> rows, std::span<float> logits);

 private:
  void score_block(const float* rows, size_t count, float* logits);

  const Mlp& mlp_;
  const InputScaling& scaling_;
  std::vector<float> reciprocals_;
  Simd simd_;
  std::vector<float> scaled_;
  std::vector<float> from_;
  std::vector<float> to_;
};

}  // namespace kanaria::nn
