// SPDX-License-Identifier: Apache-2.0
// Packets that wait for their time, handed out in the order of time, those of one instant in the
// order they came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "lab/path/ip_header.h"
#include "lab/path/link_table.h"

namespace kanaria::lab {

enum class Side : uint8_t { kNear, kFar };

struct Packet {
  std::vector<uint8_t> bytes;
  Side target;
  const Link* link_ahead;  // at the destination, still to be passed; null when it has been
};

class ReleaseQueue {
 public:
  struct Due {
    int64_t time_ns;
    Packet packet;
  };

  void add(Packet packet, int64_t time_ns);
  // As `add`, but never before a packet that was added this way for the same ends: however the
  // delay varies, a direction of a pair of hosts keeps its order. `now_ns` never goes back and is
  // at most `time_ns`. Memory: the ends whose last packet still waits, and as many more.
  void add_behind(const Ends& ends, Packet packet, int64_t time_ns, int64_t now_ns);

  std::optional<int64_t> next_ns() const;
  bool is_due(int64_t now_ns) const { return !heap_.empty() && heap_.front().time_ns <= now_ns; }
  // The next packet. Requires: there is one.
  Due take();
  size_t waiting_bytes() const { return waiting_bytes_; }
  size_t remembered_ends() const { return last_ns_.size(); }

 private:
  struct Waiting {
    int64_t time_ns;
    uint64_t number;
    Packet packet;
  };
  struct EndsHash {
    size_t operator()(const Ends& ends) const noexcept;
  };

  static bool is_later(const Waiting& a, const Waiting& b);
  void forget_before(int64_t now_ns);

  std::vector<Waiting> heap_;  // by is_later: the next one in front
  uint64_t added_ = 0;
  size_t waiting_bytes_ = 0;
  std::unordered_map<Ends, int64_t, EndsHash> last_ns_;
  size_t forget_at_size_ = 0;
};

}  // namespace kanaria::lab
