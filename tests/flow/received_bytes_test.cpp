// SPDX-License-Identifier: Apache-2.0
// receive() beside an obvious twin: a set of the bytes not seen.
#include "flow/received_bytes.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kanaria::flow {
namespace {

// Remembers each missing byte by its position in the stream. Positions count on where sequence
// numbers wrap.
class MissingBytes {
 public:
  explicit MissingBytes(int64_t next) : next_(next) {}

  uint32_t receive(int64_t position, uint32_t bytes, bool fin) {
    uint32_t fresh = 0;
    for (int64_t at = position; at < position + bytes; ++at)
      fresh += at >= next_ || missing_.erase(at) > 0 ? 1U : 0U;
    const int64_t end = position + bytes + (fin ? 1 : 0);
    if (end > position) {
      for (int64_t at = next_; at < position; ++at) missing_.insert(at);
      next_ = std::max(next_, end);
    }
    while (holes() > kMostHoles) forget_lowest();
    return fresh;
  }
  int64_t next() const { return next_; }
  size_t holes() const {
    size_t count = 0;
    for (const int64_t at : missing_) count += missing_.contains(at - 1) ? 0U : 1U;
    return count;
  }

 private:
  void forget_lowest() {
    int64_t at = *missing_.begin();
    while (missing_.erase(at++) > 0) {
    }
  }

  int64_t next_;
  std::set<int64_t> missing_;
};

struct Arrival {
  int64_t offset;  // from the first byte of the stream
  uint32_t bytes;
  bool fin;
};

void check_against_twin(uint32_t first, const std::vector<Arrival>& arrivals) {
  uint32_t next = first;
  Holes holes;
  MissingBytes twin(0);
  for (const Arrival& arrival : arrivals) {
    const uint32_t seq = first + static_cast<uint32_t>(arrival.offset);
    const uint32_t expected = twin.receive(arrival.offset, arrival.bytes, arrival.fin);
    RC_ASSERT(receive(next, holes, seq, arrival.bytes, arrival.fin) == expected);
    RC_ASSERT(next == first + static_cast<uint32_t>(twin.next()));
    RC_ASSERT(holes.size == twin.holes());
  }
}

std::vector<Arrival> arrivals_within(int64_t lowest, int64_t highest, uint32_t most_bytes) {
  const auto one = rc::gen::construct<Arrival>(
      rc::gen::inRange(lowest, highest), rc::gen::inRange(1U, most_bytes),
      rc::gen::weightedElement<bool>({{9, false}, {1, true}}));
  return *rc::gen::container<std::vector<Arrival>>(60, one);
}

RC_GTEST_PROP(ReceivedBytes, AreThoseOfASetOfBytes, (uint32_t first)) {
  check_against_twin(first, arrivals_within(-50, 400, 60));
}

RC_GTEST_PROP(ReceivedBytes, AreThoseOfASetOfBytesWithManyHoles, (uint32_t first)) {
  check_against_twin(first, arrivals_within(0, 400, 4));
}

RC_GTEST_PROP(ReceivedBytes, AreThoseOfASetOfBytesAcrossTheWrap, ()) {
  check_against_twin(UINT32_MAX - *rc::gen::inRange(0U, 400U), arrivals_within(-50, 400, 60));
}

TEST(ReceivedBytes, LargestSegmentIsCountedWhole) {
  uint32_t next = 0xffff0000;
  Holes holes;
  EXPECT_EQ(receive(next, holes, 0xffff0000, 0x3fffffff, false), 0x3fffffffU);
  EXPECT_EQ(next, 0x3ffeffffU);
}

TEST(ReceivedBytes, HalfTheSpaceAheadIsOldData) {
  uint32_t next = 100;
  Holes holes;
  EXPECT_EQ(receive(next, holes, 100U + 0x80000000, 10, false), 0U);
  EXPECT_EQ(next, 100U);
}

TEST(ReceivedBytes, JustLessThanHalfTheSpaceAheadOpensAHole) {
  uint32_t next = 100;
  Holes holes;
  EXPECT_EQ(receive(next, holes, 100U + 0x7ffffff0, 10, false), 10U);
  EXPECT_EQ(holes.size, 1U);
}

// Sends `gigabytes` in segments of 1 MiB.
void stream_on(uint32_t& next, Holes& holes, uint32_t gigabytes) {
  for (uint32_t i = 0; i < gigabytes * 1024; ++i) receive(next, holes, next, 1 << 20, false);
}

TEST(ReceivedBytes, HoleMoreThanHalfTheSpaceBelowIsForgotten) {
  uint32_t next = 0;
  Holes holes;
  receive(next, holes, 50, 10, false);  // [0, 50) stays missing
  stream_on(next, holes, 3);
  EXPECT_EQ(holes.size, 0U) << "it is above `next` by now";
}

TEST(ReceivedBytes, HoleDoesNotComeBackWhenTheSequenceNumbersWrap) {
  uint32_t next = 0;
  Holes holes;
  receive(next, holes, 50, 10, false);  // [0, 50) stays missing
  stream_on(next, holes, 4);            // and is sent again under the same numbers
  EXPECT_EQ(receive(next, holes, 0, 50, false), 0U) << "a retransmission";
}

}  // namespace
}  // namespace kanaria::flow
