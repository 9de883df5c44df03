// SPDX-License-Identifier: Apache-2.0
#include "train/segment_sequence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/sequences.h"

namespace kanaria::train {
namespace {

using testing::ElementsAre;

TEST(MessagesOf, EndWithTheOtherSideAPauseOrASegmentThatIsNotFull) {
  const auto sequence = SequenceBuilder()
                            .client(0, 2500)     // 3 segments
                            .client(10, 2000)    // 2, full
                            .server(20, 1000)    // 1, full
                            .server(1500, 1000)  // after a pause
                            .server(1600, 7)     // joins it
                            .sequence();
  EXPECT_THAT(message_sizes(sequence), ElementsAre(2500, 2000, 1000, 1007));
  EXPECT_TRUE(messages_of({}).empty());
}

TEST(AppendWrite, FillsSegmentsAndMarksTheLast) {
  const flow::TimedSegment like = SequenceBuilder().client(5, 100).sequence().front();
  SegmentSequence out;
  append_write(out, like, 2300);
  ASSERT_EQ(out.size(), 3U);
  for (const size_t i : {0U, 1U}) {
    EXPECT_EQ(out[i].segment.bytes, kLargest);
    EXPECT_TRUE(out[i].full);
    EXPECT_EQ(out[i].segment.flags, 0x10);
  }
  EXPECT_EQ(out[2].segment.bytes, 300U);
  EXPECT_FALSE(out[2].full);
  EXPECT_EQ(out[2].segment.flags, 0x18);
  EXPECT_EQ(out[2].segment.ttl, 64);
  EXPECT_EQ(out[2].time, like.time);
}

TEST(AppendWrite, IsOneMessageOfThatSize) {
  const flow::TimedSegment like = SequenceBuilder().client(5, 100).sequence().front();
  for (const uint64_t bytes : {1ULL, 999ULL, 1000ULL, 1001ULL, 64000ULL, 64001ULL, 4000000000ULL}) {
    SegmentSequence out;
    append_write(out, like, bytes);
    EXPECT_THAT(message_sizes(out), ElementsAre(bytes));
  }
}

// A capture may claim any length.
TEST(AppendWrite, NeedsNoMoreThan65SegmentsWhateverTheSize) {
  flow::TimedSegment like = SequenceBuilder().client(5, 100).sequence().front();
  like.largest = 24;
  SegmentSequence out;
  append_write(out, like, UINT64_MAX);
  EXPECT_LE(out.size(), 65U);
  EXPECT_EQ(bytes_of(out), UINT32_MAX);
}

}  // namespace
}  // namespace kanaria::train
