// SPDX-License-Identifier: Apache-2.0
#include "train/csv_line.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kanaria::train {
namespace {

using testing::ElementsAre;

std::vector<CsvRecord> records(const std::string& text) {
  std::istringstream in(text);
  std::vector<CsvRecord> all;
  for (;;) {
    const auto record = read_csv_record(in);
    if (!record || !*record) return all;
    all.push_back(**record);
  }
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

TEST(CsvRecord, AQuoteThatIsNeverClosedIsAFault) {
  for (const std::string text : {"\"a,b\nc\n", "a,\"", "a\nb,\"c\"\"\n"}) {
    std::istringstream in(text);
    auto record = read_csv_record(in);
    if (record && text[0] == 'a' && text[1] == '\n') record = read_csv_record(in);
    ASSERT_FALSE(record) << text;
    EXPECT_EQ(record.error().sentence, "a quoted field is never closed");
  }
}

}  // namespace
}  // namespace kanaria::train
