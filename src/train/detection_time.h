// SPDX-License-Identifier: Apache-2.0
// How long miners go on unseen.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/evaluation_cases.h"

namespace kanaria::train {

// Times from a channel's first payload to its alarm. The quantiles are Kaplan & Meier's.
inline constexpr std::array<double, 2> kFoundShares{0.5, 0.95};
struct DetectionTimes {
  std::string group;  // which channels of miners
  uint64_t channels = 0;
  uint64_t never_found = 0;
  std::array<std::optional<double>, kFoundShares.size()> seconds;
  std::array<std::optional<double>, kFoundShares.size()> messages;
};

// Of all channels that mine; of those with 6 messages a minute or more; and of those where the
// server gives a job a minute or more and the client says at most a tenth of it. Groups without a
// channel are left out.
std::vector<DetectionTimes> detection_times(std::span<const ChannelOutcome> channels);

// "all: 92 channels, 1 never found; 50 % within 85 s and 12 messages; 95 % within 390 s and 40
// messages"; "–" where so many were not found.
std::string text_of(const DetectionTimes& times);

}  // namespace kanaria::train
