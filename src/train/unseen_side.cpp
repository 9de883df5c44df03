// SPDX-License-Identifier: Apache-2.0
#include "train/unseen_side.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <utility>

namespace kanaria::train {
namespace {

using flow::TimedSegment;

constexpr auto kFirst = std::numeric_limits<Nanoseconds>::min();
constexpr auto kLast = std::numeric_limits<Nanoseconds>::max();

// Acknowledges what arrived, in the order in which it arrived.
class Receiver {
 public:
  Receiver(Nanoseconds wait, SegmentSequence& told) : wait_(wait), told_(told) {}

  void receive(const TimedSegment& segment, Timestamp arrival) {
    acknowledge_before(arrival);
    waiting_.push_back(segment);
    waiting_.back().time = arrival;
    const auto full = std::ranges::count(waiting_, true, &TimedSegment::full);
    if (full >= kFullAtOnce) acknowledge(arrival);
  }

  // What waited long enough when it is `now`.
  void acknowledge_before(Timestamp now) {
    while (!waiting_.empty() && due() < now) acknowledge(due());
  }

  // With a segment of its own, all that arrived until then.
  void acknowledge(Timestamp now) {
    uint64_t bytes = 0;
    TimedSegment like;
    while (!waiting_.empty() && waiting_.front().time <= now) {
      like = waiting_.front();
      bytes += like.segment.bytes;
      waiting_.pop_front();
    }
    if (bytes == 0) return;
    constexpr uint64_t kMost = UINT32_MAX;
    told_.push_back(resized(like, static_cast<uint32_t>(std::min(bytes, kMost))));
    told_.back().time = now;
  }

 private:
  // Times claimed by a capture may lie at the end of all times: there, nothing is added.
  Timestamp due() const {
    const Timestamp arrival = waiting_.front().time;
    return arrival.ns > kLast - wait_ ? Timestamp{kLast} : arrival + wait_;
  }

  static constexpr std::ptrdiff_t kFullAtOnce = 2;

  Nanoseconds wait_;
  SegmentSequence& told_;
  std::deque<TimedSegment> waiting_;  // by arrival, which is their time
};

}  // namespace

void leave_side_out(SegmentSequence& sequence, flow::Direction unseen, Nanoseconds wait) {
  SegmentSequence told;
  told.reserve(sequence.size());
  Receiver receiver(wait, told);
  Timestamp last{kFirst};
  for (const TimedSegment& segment : sequence) {
    if (segment.segment.direction == unseen) {
      const Nanoseconds way = unseen == flow::Direction::kToServer ? segment.round_trip : 0;
      receiver.receive(segment, last = std::max(last, segment.time + way));
    } else {
      receiver.acknowledge_before(segment.time);
      receiver.acknowledge(segment.time);
      told.push_back(segment);
    }
  }
  receiver.acknowledge_before({kLast});
  receiver.acknowledge({kLast});
  for (TimedSegment& segment : told) segment.round_trip = 0;
  sequence = std::move(told);
}

}  // namespace kanaria::train
