// SPDX-License-Identifier: Apache-2.0
#include "train/csv_reader.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

using testing::ElementsAre;

using Fields = std::vector<std::string>;

std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Hands out a text a few bytes at a time, always at another place in memory.
class Trickle final : public capture::ByteSource {
 public:
  Trickle(std::string_view text, size_t step) : text_(text), step_(step) {}
  bool fill(size_t count) override {
    while (window().size() < count && given_ < text_.size()) {
      given_ += std::min(step_, text_.size() - given_);
      const std::string moved(text_.substr(offset(), given_ - offset()));
      buffer_.assign(moved.begin(), moved.end());
      at_ = buffer_.data();
      end_ = at_ + buffer_.size();
    }
    return window().size() >= count;
  }
  const std::optional<std::string>& fault() const override { return fault_; }
  double progress() const override { return 0; }

 private:
  std::string_view text_;
  size_t step_;
  size_t given_ = 0;
  std::vector<uint8_t> buffer_;
  std::optional<std::string> fault_;
};

std::vector<Fields> records(capture::ByteSource& source) {
  CsvReader csv("a.csv", source);
  std::vector<Fields> all;
  for (;;) {
    const auto record = csv.next();
    if (!record) all.push_back({record.error().sentence});
    if (!record || !*record) return all;
    all.emplace_back((*record)->begin(), (*record)->end());
  }
}

std::vector<Fields> records(const std::string& text) {
  const auto source = capture::bytes_in_memory(bytes_of(text));
  const auto whole = records(*source);
  for (const size_t step : {1U, 2U, 3U, 7U}) {
    Trickle trickle(text, step);
    EXPECT_EQ(records(trickle), whole) << text << " in steps of " << step;
  }
  return whole;
}

TEST(CsvRecord, FieldsStandBetweenCommas) {
  EXPECT_THAT(records("a,b,c\n"), ElementsAre(ElementsAre("a", "b", "c")));
}

TEST(CsvRecord, EmptyFieldsCount) {
  EXPECT_THAT(records(",,\n"), ElementsAre(ElementsAre("", "", "")));
  EXPECT_THAT(records("a,"), ElementsAre(ElementsAre("a", "")));
}

TEST(CsvRecord, LinesEndInLfCrlfOrTheFilesEnd) {
  EXPECT_THAT(records("a\nb\r\nc"),
              ElementsAre(ElementsAre("a"), ElementsAre("b"), ElementsAre("c")));
}

TEST(CsvRecord, AnEmptyFileHasNoRecordAndAnEmptyLineAnEmptyOne) {
  EXPECT_TRUE(records("").empty());
  EXPECT_THAT(records("\n\na"), ElementsAre(ElementsAre(""), ElementsAre(""), ElementsAre("a")));
}

TEST(CsvRecord, QuotesHoldCommasQuotesAndLineBreaks) {
  EXPECT_THAT(records("\"a,b\",\"say \"\"no\"\"\",\"two\r\nlines\"\nnext\n"),
              ElementsAre(ElementsAre("a,b", "say \"no\"", "two\r\nlines"), ElementsAre("next")));
  EXPECT_THAT(records("\"\",\"\"\"\"\n"), ElementsAre(ElementsAre("", "\"")));
}

TEST(CsvRecord, AQuoteWithinAFieldIsAnOrdinaryCharacter) {
  EXPECT_THAT(records("5\" disk,x\n"), ElementsAre(ElementsAre("5\" disk", "x")));
}

TEST(CsvRecord, ACarriageReturnCountsUnlessItEndsTheLine) {
  EXPECT_THAT(records("a\rb,c\r,d\r\n\"x\r\",\"y\r\"\r\n"),
              ElementsAre(ElementsAre("a\rb", "c\r", "d"), ElementsAre("x\r", "y\r")));
}

TEST(CsvRecord, WhatStandsBehindAClosingQuoteIsTakenAsItIs) {
  EXPECT_THAT(records("\"a\"b\"c,d\n"), ElementsAre(ElementsAre("ab\"c", "d")));
}

TEST(CsvRecord, AByteOrderMarkInFrontIsPassedOver) {
  EXPECT_THAT(records("\xEF\xBB\xBF\"a\",b\n\xEF\xBB\xBF\n"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("\xEF\xBB\xBF")));
}

TEST(CsvRecord, AQuoteThatIsNeverClosedIsAFault) {
  EXPECT_THAT(
      records("\"a,b\nc\n"),
      ElementsAre(ElementsAre("a.csv: record 1: a quoted field is never closed; correct it")));
  EXPECT_THAT(
      records("a,\""),
      ElementsAre(ElementsAre("a.csv: record 1: a quoted field is never closed; correct it")));
  EXPECT_THAT(records("a\nb,\"c\"\"\n"),
              ElementsAre(ElementsAre("a"), ElementsAre("a.csv: record 2: a quoted field is never "
                                                        "closed; correct it")));
}

TEST(CsvRecord, OneThatIsTooLongIsAFault) {
  const std::string text = "a\n" + std::string(CsvReader::kLongestRecord + 1, 'x');
  const auto source = capture::bytes_in_memory(bytes_of(text));
  EXPECT_THAT(
      records(*source),
      ElementsAre(ElementsAre("a"),
                  ElementsAre("a.csv: record 2: is longer than 1048576 bytes; correct it")));
}

TEST(CsvColumns, AreFoundByTheFirstNameThatIsThere) {
  const std::vector<std::string_view> header{"file", "dest_ip", "label"};
  const CsvColumns columns(header);
  EXPECT_EQ(columns.count(), 3U);
  EXPECT_EQ(columns.find({"dst_ip", "dest_ip"}), 1U);
  EXPECT_EQ(columns.find({"label", "file"}), 2U);
  EXPECT_EQ(columns.find({"src_ip"}), std::nullopt);
}

TEST(CsvField, WhatIsWrittenIsReadBack) {
  for (const std::string text :
       {"", "plain", "a,b", "say \"no\"", "\"", "two\nlines", "end\r", "\r\n", " spaces "})
    EXPECT_EQ(records(csv_field(text) + ",x\n"), (std::vector<Fields>{{text, "x"}})) << text;
}

}  // namespace
}  // namespace kanaria::train
