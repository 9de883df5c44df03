// SPDX-License-Identifier: Apache-2.0
// Messages: what one side said at once (docs/definitions.md, "Message"). Builds them from segments,
// and decides which segments are full.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/timestamp.h"
#include "flow/direction.h"

namespace kanaria::flow {

struct Message {
  Timestamp start;
  Timestamp end;
  uint32_t bytes = 0;  // new bytes
  uint32_t segments = 0;
  Direction direction = Direction::kToServer;
};

inline constexpr Nanoseconds kLongestPauseInMessage = kSecond;
// Below this an MSS option lies (RFC 879: 536 is what every host must take; paths below 88 do not
// work).
inline constexpr uint32_t kLeastMss = 64;
// A sender may leave room it does not use: 12 bytes of timestamps' padding.
inline constexpr uint32_t kFullSlackBytes = 12;
inline constexpr uint32_t kLeastAssumedMss = 500;

// `largest_segment`: the most payload bytes a segment of this size class could carry (M' there).
constexpr bool is_full(uint32_t payload_bytes, uint32_t largest_segment) {
  const uint32_t rest = payload_bytes % largest_segment;
  return payload_bytes > 0 && (rest == 0 || rest + kFullSlackBytes >= largest_segment);
}

// The message being said in a connection. A segment finishes at most two messages: the one it does
// not join, and its own when it is not full.
class MessageBuilder {
 public:
  struct Finished {
    std::optional<Message> before;
    std::optional<Message> own;
  };

  Finished add(Timestamp time, Direction direction, uint32_t new_bytes, bool full) {
    Finished finished;
    if (open_ && !joins(time, direction)) finished.before = close();
    if (!open_) {
      start_ = time;
      bytes_ = segments_ = 0;
      direction_ = direction;
      open_ = true;
    }
    end_ = time;
    bytes_ += new_bytes;
    ++segments_;
    if (!full) finished.own = close();
    return finished;
  }

  // The message left open when the connection ends.
  std::optional<Message> finish() { return open_ ? std::optional(close()) : std::nullopt; }

  // Time of the last segment added.
  Timestamp last_time() const { return end_; }

 private:
  // An open message's last segment was full, or it would have been closed.
  bool joins(Timestamp time, Direction direction) const {
    return direction == direction_ && time - end_ <= kLongestPauseInMessage;
  }
  Message close() {
    open_ = false;
    return {start_, end_, bytes_, segments_, direction_};
  }

  Timestamp start_;
  Timestamp end_;
  uint32_t bytes_ = 0;
  uint32_t segments_ = 0;
  Direction direction_ = Direction::kToServer;
  bool open_ = false;
};

}  // namespace kanaria::flow
