// SPDX-License-Identifier: Apache-2.0
// What becomes of a packet between two hosts: lost, too far, held up, and when it arrives.
//
//   source - rate of its link - delay and jitter of both links - rate of the other link -
//   destination
//
// Delay, jitter and hops of both links add, their loss combines. Time is the caller's: nanoseconds
// of a clock that never goes back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "lab/path/link_table.h"
#include "lab/path/release_queue.h"

namespace kanaria::lab {

// One direction of a link: packets leave one after the other, at its rate.
class Bottleneck {
 public:
  // When the last bit of a packet that comes at `now_ns` is through; nothing when more than
  // kLongestQueueNs of packets stand before it. A rate of 0 has no limit.
  std::optional<int64_t> pass(int64_t now_ns, size_t bytes, int64_t rate_kbit);

  static constexpr int64_t kLongestQueueNs = 250'000'000;  // choice: a router's usual buffer

 private:
  int64_t free_ns_ = 0;
};

// The share of packets that at least one of both links loses.
inline double combined_loss(const Link& a, const Link& b) {
  return 1 - (1 - a.loss) * (1 - b.loss);
}

struct PathCounts {
  std::array<uint64_t, 2> arrived{};  // by Side
  uint64_t lost = 0;
  uint64_t queue_full = 0;
  uint64_t too_far = 0;
  uint64_t no_route = 0;
};

class Path {
 public:
  Path(LinkTable links, uint64_t seed);
  Path(const Path&) = delete;  // packets under way point to links
  Path& operator=(const Path&) = delete;

  void enter(std::span<const uint8_t> bytes, Side target, int64_t now_ns);
  // When `arrived` is to be asked next, if anything is under way.
  std::optional<int64_t> next_ns() const { return queue_.next_ns(); }
  // The next packet that has arrived by now.
  std::optional<Packet> arrived(int64_t now_ns);
  const PathCounts& counts() const { return counts_; }

 private:
  int64_t jitter_ns(const Link& link);

  LinkTable links_;
  Random random_;
  ReleaseQueue queue_;
  // By Link::number.
  std::vector<Bottleneck> from_source_;
  std::vector<Bottleneck> to_destination_;
  PathCounts counts_;
};

}  // namespace kanaria::lab
