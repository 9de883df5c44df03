// SPDX-License-Identifier: Apache-2.0
// How much a capture can be trusted (docs/definitions.md, "Capture quality").
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "decode/status.h"
#include "flow/connection_shard.h"

namespace kanaria::flow {

struct CaptureQuality {
  decode::StatusCounts statuses;
  uint64_t frames = 0;
  uint64_t options_cut = 0;
  uint64_t clock_steps = 0;
  ShardCounts flow;

  uint64_t tcp() const { return statuses.of(decode::DecodeStatus::kTcp); }
  double acked_unseen_ratio() const {
    return tcp() == 0 ? 0.0 : static_cast<double>(flow.acked_unseen) / static_cast<double>(tcp());
  }
  // The thesis's quality gate.
  bool passes_gate() const { return acked_unseen_ratio() <= 0.10; }
};

inline constexpr Nanoseconds kClockStep = kSecond;

// The newest time among packets in the order of their capture.
class CaptureClock {
 public:
  // True when this packet's clock stepped back.
  bool note(Timestamp time) {
    const bool step = newest_ && *newest_ - time > kClockStep;
    newest_ = newest_ ? std::max(*newest_, time) : time;
    return step;
  }
  const std::optional<Timestamp>& newest() const { return newest_; }
  void reset() { newest_.reset(); }

 private:
  std::optional<Timestamp> newest_;
};

}  // namespace kanaria::flow
