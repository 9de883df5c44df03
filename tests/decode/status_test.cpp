// SPDX-License-Identifier: Apache-2.0
#include "decode/status.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace kanaria::decode {
namespace {

std::vector<DecodeStatus> every_status() {
  std::vector<DecodeStatus> all;
  for (size_t i = 0; i < kDecodeStatuses; ++i) all.push_back(static_cast<DecodeStatus>(i));
  return all;
}

TEST(DecodeStatus, NamesAreThoseOfTheEnumerators) {
  EXPECT_EQ(name(DecodeStatus::kTcp), "tcp");
  EXPECT_EQ(name(DecodeStatus::kNotIp), "not_ip");
  EXPECT_EQ(name(DecodeStatus::kNotTcp), "not_tcp");
  EXPECT_EQ(name(DecodeStatus::kLaterFragment), "later_fragment");
  EXPECT_EQ(name(DecodeStatus::kEncrypted), "encrypted");
  EXPECT_EQ(name(DecodeStatus::kUnknownLinkType), "unknown_link_type");
  EXPECT_EQ(name(DecodeStatus::kUnknownTunnel), "unknown_tunnel");
  EXPECT_EQ(name(DecodeStatus::kCutBeforeIp), "cut_before_ip");
  EXPECT_EQ(name(DecodeStatus::kCutInIp), "cut_in_ip");
  EXPECT_EQ(name(DecodeStatus::kCutInTcp), "cut_in_tcp");
  EXPECT_EQ(name(DecodeStatus::kBadIp), "bad_ip");
  EXPECT_EQ(name(DecodeStatus::kBadTcp), "bad_tcp");
  EXPECT_EQ(name(DecodeStatus::kTooDeep), "too_deep");
}

TEST(DecodeStatus, NamesAreDistinctWords) {
  std::set<std::string_view> names;
  for (const DecodeStatus status : every_status()) names.insert(name(status));
  EXPECT_EQ(names.size(), kDecodeStatuses);
}

TEST(DecodeStatus, SentencesEndWithoutAFullStop) {
  for (const DecodeStatus status : every_status()) {
    const std::string_view text = sentence(status);
    ASSERT_GT(text.size(), 10U) << name(status);
    EXPECT_NE(text.back(), '.') << text;
  }
}

TEST(StatusCounts, EachStatusIsCountedByItself) {
  StatusCounts counts;
  counts.add(DecodeStatus::kTcp);
  counts.add(DecodeStatus::kTooDeep);
  counts.add(DecodeStatus::kTooDeep);
  EXPECT_EQ(counts.of(DecodeStatus::kTcp), 1U);
  EXPECT_EQ(counts.of(DecodeStatus::kTooDeep), 2U);
  EXPECT_EQ(counts.of(DecodeStatus::kBadTcp), 0U);
}

}  // namespace
}  // namespace kanaria::decode
