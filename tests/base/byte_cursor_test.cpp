// SPDX-License-Identifier: Apache-2.0
#include "base/byte_cursor.h"

#include <gtest/gtest.h>

#include "tests/base/bytes.h"

namespace kanaria {
namespace {

using test::ExactCopy;
using test::hex;

TEST(ByteCursor, ReadsNetworkByteOrder) {
  const ExactCopy bytes(hex("12 3456 789abcde"));
  ByteCursor at(bytes.view());
  EXPECT_EQ(at.u8(), 0x12);
  EXPECT_EQ(at.be16(), 0x3456);
  EXPECT_EQ(at.be32(), 0x789abcdeU);
  EXPECT_FALSE(at.short_read());
}

TEST(ByteCursor, ReadsLittleEndianToo) {
  const ExactCopy bytes(hex("3412 debc9a78"));
  ByteCursor at(bytes.view());
  EXPECT_EQ(at.le16(), 0x1234);
  EXPECT_EQ(at.le32(), 0x789abcdeU);
  EXPECT_FALSE(at.short_read());
}

TEST(ByteCursor, ReadAcrossTheEndGivesZeroAndMarksTheCursorShort) {
  const ExactCopy bytes(hex("ffffff"));
  ByteCursor at(bytes.view());
  EXPECT_EQ(at.be32(), 0U);
  EXPECT_TRUE(at.short_read());
}

TEST(ByteCursor, AfterAShortReadNothingIsLeft) {
  const ExactCopy bytes(hex("ffffff"));
  ByteCursor at(bytes.view());
  at.be32();
  EXPECT_EQ(at.left(), 0U);
  EXPECT_EQ(at.u8(), 0);
  EXPECT_EQ(at.position(), 3U);
}

TEST(ByteCursor, EveryKindOfReadIsCheckedAtTheEnd) {
  const ExactCopy nothing({});
  const auto is_short = [&](auto read) {
    ByteCursor at(nothing.view());
    read(at);
    return at.short_read();
  };
  EXPECT_TRUE(is_short([](ByteCursor& at) { at.u8(); }));
  EXPECT_TRUE(is_short([](ByteCursor& at) { at.be16(); }));
  EXPECT_TRUE(is_short([](ByteCursor& at) { at.be32(); }));
  EXPECT_TRUE(is_short([](ByteCursor& at) { at.le16(); }));
  EXPECT_TRUE(is_short([](ByteCursor& at) { at.le32(); }));
  EXPECT_TRUE(is_short([](ByteCursor& at) { at.skip(1); }));
  EXPECT_TRUE(is_short([](ByteCursor& at) { at.bytes(1); }));
}

TEST(ByteCursor, ReadingUpToTheEndIsNotShort) {
  const ExactCopy bytes(hex("0102"));
  ByteCursor at(bytes.view());
  at.be16();
  EXPECT_EQ(at.left(), 0U);
  EXPECT_FALSE(at.short_read());
}

TEST(ByteCursor, BytesGivesASpanAndMovesOn) {
  const ExactCopy bytes(hex("01020304"));
  ByteCursor at(bytes.view());
  at.skip(1);
  const auto two = at.bytes(2);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0], 2);
  EXPECT_EQ(two[1], 3);
  EXPECT_EQ(at.position(), 3U);
}

TEST(ByteCursor, BytesBeyondTheEndAreAnEmptySpan) {
  const ExactCopy bytes(hex("01020304"));
  ByteCursor at(bytes.view());
  EXPECT_TRUE(at.bytes(5).empty());
  EXPECT_TRUE(at.short_read());
}

TEST(ByteCursor, ASkipOfTheLargestSizeDoesNotWrap) {
  const ExactCopy bytes(hex("01020304"));
  ByteCursor at(bytes.view());
  at.u8();
  at.skip(SIZE_MAX);
  EXPECT_TRUE(at.short_read());
  EXPECT_EQ(at.left(), 0U);
}

TEST(ByteCursor, PeekNeitherMovesNorMarks) {
  const ExactCopy bytes(hex("0102"));
  const ByteCursor at(bytes.view());
  EXPECT_EQ(at.peek(1), 2);
  EXPECT_EQ(at.peek(2), 0);
  EXPECT_EQ(at.peek(SIZE_MAX), 0);
  EXPECT_EQ(at.position(), 0U);
  EXPECT_FALSE(at.short_read());
}

}  // namespace
}  // namespace kanaria
