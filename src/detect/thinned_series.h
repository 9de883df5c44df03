// SPDX-License-Identifier: Apache-2.0
// A stream in bounded space that still shows from its first point to its last: when it is full,
// about every second point is dropped, and of those to come as many. Which ones is decided by a
// hash of the point's place in the stream: every second one in its order would show one side only
// of a conversation that alternates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kanaria::detect {

template <typename Point>
class ThinnedSeries {
 public:
  // Requires: most >= 2.
  explicit ThinnedSeries(size_t most) : most_(most) {}

  void add(const Point& point) {
    const uint32_t place = seen_++;
    if (!is_kept(place)) return;
    while (points_.size() == most_) thin();
    if (!is_kept(place)) return;
    points_.push_back(point);
    places_.push_back(place);
  }

  const std::vector<Point>& points() const { return points_; }
  uint32_t seen() const { return seen_; }
  // One point in this many was kept, on the average.
  uint32_t one_in() const { return uint32_t{1} << halvings_; }

 private:
  // The first point always is, that a series is never empty.
  bool is_kept(uint32_t place) const { return (mixed(place) & (one_in() - 1)) == 0; }

  // The finaliser of MurmurHash3 (32 bits): 0 stays 0, every bit depends on every other.
  static uint32_t mixed(uint32_t x) {
    x ^= x >> 16;
    x *= 0x85ebca6b;
    x ^= x >> 13;
    x *= 0xc2b2ae35;
    return x ^ x >> 16;
  }

  void thin() {
    ++halvings_;
    size_t kept = 0;
    for (size_t i = 0; i < points_.size(); ++i) {
      if (!is_kept(places_[i])) continue;
      points_[kept] = points_[i];
      places_[kept++] = places_[i];
    }
    points_.resize(kept);
    places_.resize(kept);
  }

  size_t most_;
  uint32_t seen_ = 0;
  uint32_t halvings_ = 0;
  std::vector<Point> points_;
  std::vector<uint32_t> places_;  // of each point in the stream
};

}  // namespace kanaria::detect
