// SPDX-License-Identifier: Apache-2.0
// What is remembered of a connection's messages so that a verdict can say why: roles, frequent
// sizes, how fast the server answers. A fixed few bytes, however long the connection lives.
#pragma once

#include <array>
#include <cstdint>

#include "detect/verdict.h"
#include "flow/message.h"

namespace kanaria::detect {

// The most frequent values of a stream in fixed space (Misra & Gries 1982): a value that makes up
// more than a quarter of the stream is certainly among those kept.
class FrequentSizes {
 public:
  void add(uint32_t bytes);
  TypicalSize most_frequent() const;

 private:
  std::array<TypicalSize, 3> kept_{};
};

class Ledger {
 public:
  // `round_trip`: 0 when unknown.
  void add(const flow::Message& message, Nanoseconds round_trip);
  uint32_t messages() const { return messages_; }
  // By role.
  std::array<RoleSummary, kMessageRoles> roles() const;
  // Mean time from a client's message to its reply; 0 without one.
  Nanoseconds reply_time() const;

 private:
  struct Gathered {
    uint32_t messages = 0;
    FrequentSizes sizes;
  };

  MessageRole role_of(const flow::Message& message, Nanoseconds gap, Nanoseconds round_trip) const;

  std::array<Gathered, kMessageRoles> roles_;
  double reply_seconds_ = 0;  // of all replies
  uint32_t messages_ = 0;
  flow::Direction last_direction_ = flow::Direction::kToServer;
  Timestamp last_end_;
};

}  // namespace kanaria::detect
