// SPDX-License-Identifier: Apache-2.0
// The round trip from the sensor to the server and back, measured from a client's packet to its
// acknowledgement (docs/definitions.md, "Round trip"; Karn & Partridge 1987).
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/timestamp.h"
#include "flow/sequence_number.h"

namespace kanaria::flow {

class RoundTrip {
 public:
  // A SYN or segment of the client that ends before sequence number `end`.
  void sent(uint32_t end, Timestamp time) {
    if (measuring_) return;
    measuring_ = true;
    awaited_ = end;
    since_ = time;
  }
  void sent_again() { measuring_ = false; }
  void acknowledged(uint32_t ack, Timestamp time) {
    if (!measuring_ || is_after(awaited_, ack)) return;
    measuring_ = false;
    const Nanoseconds took = std::max<Nanoseconds>(1, time - since_);
    least_ = least_ == 0 ? took : std::min(least_, took);
  }

  // The least one measured, at least 1 ns; 0: unknown.
  Nanoseconds least() const { return least_; }

 private:
  Timestamp since_;
  Nanoseconds least_ = 0;
  uint32_t awaited_ = 0;
  bool measuring_ = false;
};

}  // namespace kanaria::flow
