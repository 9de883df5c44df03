// SPDX-License-Identifier: Apache-2.0
#include "report/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::report {
namespace {

TEST(JsonString, IsQuoted) { EXPECT_EQ(json_string("a.pcap"), "\"a.pcap\""); }

TEST(JsonString, EscapesWhatRfc8259Wants) {
  EXPECT_EQ(json_string("say \"no\" \\ \n\t\x01"), R"("say \"no\" \\ \n\t\u0001")");
}

TEST(JsonString, KeepsUtf8) { EXPECT_EQ(json_string("süß/日本"), "\"süß/日本\""); }

TEST(JsonString, TakesTheReplacementCharacterForBytesThatAreNoUtf8) {
  EXPECT_EQ(json_string("a\xff.pcap"), "\"a\xEF\xBF\xBD.pcap\"");
}

TEST(JsonString, KeepsAZeroByteVisible) {
  EXPECT_EQ(json_string(std::string_view("a\0b", 3)), R"("a\u0000b")");
}

}  // namespace
}  // namespace kanaria::report
