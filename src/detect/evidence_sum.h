// SPDX-License-Identifier: Apache-2.0
// The evidence of a connection whose rows' log-odds sum up (docs/definitions.md, "Verdict of the
// `rhythm` lens").
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace kanaria::detect {

class EvidenceSum {
 public:
  // A row's log-odds in nats, and the messages that are new in it. A row that is no number counts
  // by its messages alone.
  void add(float log_odds, uint32_t new_messages) {
    messages_ += new_messages;
    if (std::isnan(log_odds)) return;
    const float weight = std::min(kMostWeight, static_cast<float>(new_messages) / kWindow);
    sum_ = std::max(0.0F, sum_ + weight * std::clamp(log_odds, -kMostLogOdds, kMostLogOdds));
  }
  // E: the longer one looks, the higher chance has climbed somewhere.
  double value() const {
    const float windows = std::max(1.0F, static_cast<float>(messages_) / kWindow);
    return static_cast<double>(std::max(0.0F, sum_ - std::log2(windows)));
  }
  // Of all rows.
  uint32_t messages() const { return messages_; }

 private:
  static constexpr float kWindow = 16;  // messages
  static constexpr float kMostWeight = 0.5F;
  static constexpr float kMostLogOdds = 9;

  float sum_ = 0;
  uint32_t messages_ = 0;
};

}  // namespace kanaria::detect
