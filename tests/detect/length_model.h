// SPDX-License-Identifier: Apache-2.0
// A model small enough to know by heart: a pair is alarming when its second segment has 64 … 400
// new bytes.
#pragma once

#include <string>

#include "feature/pair_lens.h"
#include "model/model.h"

namespace kanaria::detect {

inline constexpr uint32_t kShortestAlarming = 64;
inline constexpr uint32_t kLongestAlarming = 400;

// logit = 1 − max(0, length − 400) − max(0, 64 − length): 1 within, at most 0 beyond.
inline model::Model length_model() {
  constexpr size_t kWidth = 30;
  constexpr size_t kLength2 = kWidth - 1;
  const size_t hidden[] = {2};
  nn::Mlp mlp(kWidth, hidden, nn::Activation::kRelu);
  mlp.weight(0, kLength2, 0) = 1;
  mlp.bias(0, 0) = -static_cast<float>(kLongestAlarming);
  mlp.weight(0, kLength2, 1) = -1;
  mlp.bias(0, 1) = static_cast<float>(kShortestAlarming);
  mlp.weight(1, 0, 0) = mlp.weight(1, 1, 0) = -1;
  mlp.bias(1, 0) = 1;
  const feature::PairLens lens(feature::PairLens::Values::kAll, std::nullopt);
  return {.lens = "pair",
          .lens_version = 1,
          .value_names = {lens.value_names().begin(), lens.value_names().end()},
          .scaling = {.mean = std::vector<float>(kWidth, 0.0F),
                      .scale = std::vector<float>(kWidth, 1.0F),
                      .clip = 1e6F},
          .mlp = mlp,
          .thresholds = {.alarming_logit = 0.0F, .alarming_share = 0.5},
          .provenance = {}};
}

}  // namespace kanaria::detect
