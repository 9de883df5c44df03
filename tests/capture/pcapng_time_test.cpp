// SPDX-License-Identifier: Apache-2.0
// Clocks of pcapng interfaces: if_tsresol and if_tsoffset of draft-ietf-opsawg-pcapng §4.2.
#include <gtest/gtest.h>

#include "tests/capture/capture_builder.h"
#include "tests/capture/read_capture.h"

namespace kanaria::test {
namespace {

constexpr unsigned kPowerOfTwo = 0x80;

// Time of one packet with this many ticks on an interface with these options.
Nanoseconds time_of(uint64_t ticks, const Bytes& options, ByteOrder order = ByteOrder::kLittle) {
  const auto read =
      read_bytes(section(order) + interface_block({.options = options, .order = order}) +
                 enhanced_packet({.bytes = {}, .ticks = ticks, .order = order}));
  EXPECT_EQ(read.error, "");
  return read.frames.at(0).time;
}

TEST(PcapngTime, CountsMicrosecondsUnlessTold) { EXPECT_EQ(time_of(1'234'567, {}), 1'234'567'000); }

TEST(PcapngTime, TicksOfBothHalvesAreUsed) {
  EXPECT_EQ(time_of(uint64_t{0x0006'4d3f} << 32 | 0x8000'0001, {}),
            static_cast<Nanoseconds>(0x0006'4d3f'8000'0001) * 1000);
}

TEST(PcapngTime, ResolutionOfAMillisecond) {
  EXPECT_EQ(time_of(1'234, time_resolution(3)), 1'234'000'000);
}

TEST(PcapngTime, ResolutionOfASecond) {
  EXPECT_EQ(time_of(1'795'424'400, time_resolution(0)), 1'795'424'400 * kSecond);
}

TEST(PcapngTime, ResolutionOfANanosecond) {
  EXPECT_EQ(time_of(1'795'424'400'123'456'789, time_resolution(9)), 1'795'424'400'123'456'789);
}

TEST(PcapngTime, FinerThanANanosecondIsCutOff) {
  EXPECT_EQ(time_of(1'999, time_resolution(12)), 1);
}

TEST(PcapngTime, ResolutionOfAPowerOfTwo) {
  EXPECT_EQ(time_of(1024 + 512, time_resolution(kPowerOfTwo | 10)), 1'500'000'000);
}

TEST(PcapngTime, LargePowerOfTwoDoesNotOverflow) {
  EXPECT_EQ(time_of(uint64_t{5} << 60 | uint64_t{1} << 59, time_resolution(kPowerOfTwo | 60)),
            5'500'000'000);
}

TEST(PcapngTime, ResolutionIsReadInBothByteOrders) {
  const ByteOrder big = ByteOrder::kBig;
  EXPECT_EQ(time_of(5, time_resolution(3, big) + time_offset(100, big), big), 100'005'000'000);
}

TEST(PcapngTime, OffsetIsAddedInSeconds) {
  EXPECT_EQ(time_of(5, time_offset(1'795'424'400)), 1'795'424'400 * kSecond + 5'000);
}

TEST(PcapngTime, OffsetMayBeNegative) {
  EXPECT_EQ(time_of(5'000'000, time_offset(-2)), 3 * kSecond);
}

TEST(PcapngTime, OffsetOfAnotherLengthThanEightBytesIsIgnored) {
  EXPECT_EQ(time_of(5, option(14, be32(9))), 5'000);
}

TEST(PcapngTime, OptionsBehindTheEndOfOptionsAreNotRead) {
  EXPECT_EQ(time_of(5, option(0, {}) + time_resolution(3)), 5'000);
}

TEST(PcapngTime, EachInterfaceHasItsOwnClock) {
  const auto read = read_bytes(section() + interface_block({.options = time_resolution(3)}) +
                               interface_block({.options = time_resolution(9)}) +
                               enhanced_packet({.bytes = {}, .ticks = 1, .interface = 0}) +
                               old_packet({.bytes = {}, .ticks = 1, .interface = 1}));
  EXPECT_EQ(read.frames.at(0).time, 1'000'000);
  EXPECT_EQ(read.frames.at(1).time, 1);
}

TEST(PcapngTime, NonsenseNeitherOverflowsNorStops) {
  for (unsigned resolution = 0; resolution <= 0xff; ++resolution)
    for (const int64_t offset : {INT64_MIN, int64_t{-1}, INT64_MAX})
      time_of(UINT64_MAX, time_resolution(resolution) + time_offset(offset));
}

}  // namespace
}  // namespace kanaria::test
