// SPDX-License-Identifier: Apache-2.0
#include "train/labelled_rows.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/train/conversation_file.h"
#include "tests/train/tiny_capture.h"

namespace kanaria::train {
namespace {

using test::TemporaryFolder;

// Writes down what it is told: "begin 3333", "row", "end".
class Diary final : public RowSink {
 public:
  void begin(uint32_t index, const std::string&, const LabelledConnection& connection) override {
    EXPECT_TRUE(ports_.try_emplace(index, connection.ends.server_port).second);
    lines_.push_back("begin " + std::to_string(connection.ends.server_port));
  }
  void add(uint32_t index, Timestamp, std::span<const float>) override {
    lines_.push_back("row " + std::to_string(ports_.at(index)));
    if (lines_.size() > most_lines_) fault_ = Error{"the diary is full"};
  }
  void add_of_copy(uint32_t index, uint32_t copy, Timestamp, std::span<const float>) override {
    lines_.push_back("copy " + std::to_string(copy) + " of " + std::to_string(ports_.at(index)));
  }
  void end(uint32_t index) override { lines_.push_back("end " + std::to_string(ports_.at(index))); }
  std::optional<Error> fault() const override { return fault_; }

  void write_at_most(size_t lines) { most_lines_ = lines; }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::map<uint32_t, uint16_t> ports_;
  std::vector<std::string> lines_;
  std::optional<Error> fault_;
  size_t most_lines_ = SIZE_MAX;
};

class ReadLabelledRows : public testing::Test {
 protected:
  Result<std::vector<Error>> read(const RowOptions& options = {}) {
    return read_labelled_rows(
        labels_, options, stop_, [](double) {}, diary_);
  }
  void add(const std::string& name, const TinyCapture& capture) {
    LabelRow row;
    row.label = Label::kBenign;
    labels_.add(folder_.write(name, capture.bytes()), row);
  }

  TemporaryFolder folder_;
  Labels labels_;
  std::atomic<bool> stop_{false};
  Diary diary_;
};

TEST_F(ReadLabelledRows, AConnectionBeginsBeforeItsFirstRowAndEndsBehindItsLast) {
  add("a.pcap", TinyCapture().talk(3333, 3));
  add("b.pcap", TinyCapture().talk(443, 2));
  ASSERT_TRUE(read());
  EXPECT_THAT(diary_.lines(), testing::ElementsAre("begin 3333", "row 3333", "row 3333", "end 3333",
                                                   "begin 443", "row 443", "end 443"));
}

// An idle connection's end is told while the capture goes on: what is kept follows those alive.
TEST_F(ReadLabelledRows, AConnectionEndsWhenItsTimeIsOver) {
  TinyCapture capture;
  capture.talk(3333, 2).wait(3600);
  for (uint16_t port = 1; port < 300; ++port) capture.talk(port, 40);
  add("a.pcap", capture);
  ASSERT_TRUE(read());
  const auto& lines = diary_.lines();
  const auto end = std::find(lines.begin(), lines.end(), "end 3333");
  ASSERT_NE(end, lines.end());
  EXPECT_NE(std::find(end, lines.end(), "begin 299"), lines.end());
}

TEST_F(ReadLabelledRows, AFilterRemovesOtherApplicationsPackets) {
  add("a.pcap", TinyCapture().talk(3333, 2).talk(443, 2).talk(80, 2));
  ASSERT_TRUE(read({.filter = "port 443"}));
  EXPECT_THAT(diary_.lines(), testing::ElementsAre("begin 443", "row 443", "end 443"));
}

TEST_F(ReadLabelledRows, ALongestGapLeavesPairsOut) {
  add("a.pcap", TinyCapture().talk(3333, 2).wait(10).talk_on(3333, 2));
  ASSERT_TRUE(read({.lens_options = {.max_gap = 5 * kSecond}}));
  EXPECT_EQ(std::count(diary_.lines().begin(), diary_.lines().end(), "row 3333"), 2);
}

TEST_F(ReadLabelledRows, OfEachConnectionThereAreAtMostTheRowsAskedFor) {
  add("a.pcap", TinyCapture().talk(3333, 500).talk(443, 20).talk(80, 4));
  const auto rows = [&](const std::string& line) {
    return std::count(diary_.lines().begin(), diary_.lines().end(), line);
  };
  ASSERT_TRUE(read({.most_rows = 8}));
  EXPECT_EQ(rows("row 3333"), 8);
  EXPECT_EQ(rows("row 443"), 4 + 2);  // 4, and of the 15 behind them the 4th and the 8th
  EXPECT_EQ(rows("row 80"), 3);
}

TEST_F(ReadLabelledRows, StopsWhenTheSinkTakesNoMore) {
  add("a.pcap", TinyCapture().talk(3333, 2000));
  diary_.write_at_most(10);
  EXPECT_EQ(read().error().sentence, "the diary is full");
  EXPECT_LT(diary_.lines().size(), 300U);
}

TEST_F(ReadLabelledRows, ARaisedStopEndsItWithoutAFault) {
  add("a.pcap", TinyCapture().talk(3333, 2000));
  stop_ = true;
  const auto faults = read();
  ASSERT_TRUE(faults);
  EXPECT_TRUE(faults->empty());
  EXPECT_TRUE(diary_.lines().empty());
}

TEST_F(ReadLabelledRows, AFilterThatIsNotUnderstoodIsSaid) {
  add("a.pcap", TinyCapture().talk(3333, 2));
  EXPECT_EQ(
      read({.filter = "tcp port"}).error().sentence,
      "filter 'tcp port' is not understood (can't parse filter expression: syntax error); see "
      "pcap-filter(7)");
}

TEST_F(ReadLabelledRows, PerturbedRowsComeWithTheEndOfTheirConnection) {
  add("a.pcap", TinyCapture().talk(3333, 2).talk(443, 3));
  ASSERT_TRUE(read({.perturbations = {*parse_perturbation("offset:5")}}));
  EXPECT_EQ(std::count(diary_.lines().begin(), diary_.lines().end(), "row 3333"), 1);
  EXPECT_EQ(std::count(diary_.lines().begin(), diary_.lines().end(), "row 443"), 2);
  EXPECT_EQ(diary_.lines()[0].substr(0, 5), "begin");
  EXPECT_EQ(diary_.lines()[1].substr(0, 3), "row");
}

// A piece is perturbed by itself, but the pair of its first segment with the last one before stays.
TEST_F(ReadLabelledRows, ASequenceThatIsTooLongIsPerturbedInPieces) {
  const int segments = static_cast<int>(kLongestSequence) + 10;
  add("a.pcap", TinyCapture().talk(3333, segments));
  ASSERT_TRUE(read({.perturbations = {*parse_perturbation("offset:0")}}));
  EXPECT_EQ(std::count(diary_.lines().begin(), diary_.lines().end(), "row 3333"), segments - 1);
}

TEST_F(ReadLabelledRows, RowsOfCopiesComeBehindThoseOfTheirConnection) {
  add("a.pcap", TinyCapture().talk(3333, 40).talk(443, 40));
  ASSERT_TRUE(read({.copies = 3}));
  for (const std::string port : {"3333", "443"}) {
    std::vector<std::string> told;  // of this connection, each line once where it is repeated
    for (const std::string& line : diary_.lines())
      if (line.ends_with(" " + port) && (told.empty() || told.back() != line)) told.push_back(line);
    EXPECT_THAT(told,
                testing::ElementsAre("begin " + port, "row " + port, "copy 1 of " + port,
                                     "copy 2 of " + port, "copy 3 of " + port, "end " + port));
    EXPECT_EQ(std::count(diary_.lines().begin(), diary_.lines().end(), "row " + port), 39);
  }
}

TEST_F(ReadLabelledRows, AConnectionWithoutARowHasNoCopies) {
  add("a.pcap", TinyCapture().talk(3333, 1));
  ASSERT_TRUE(read({.copies = 30}));
  EXPECT_TRUE(diary_.lines().empty());
}

TEST_F(ReadLabelledRows, AConnectionOfOneSideHasNoCopies) {
  auto packets = mining_talk({0x0a000001, 40000}, 0).packets();
  LabelRow row;
  row.label = Label::kMining;
  const auto copies_of = [&](const std::string& name) {
    labels_ = {};
    labels_.add(folder_.write(name, pcap_of({packets})), row);
    EXPECT_TRUE(read({.lens = "rhythm", .copies = 5}));
    return std::count_if(diary_.lines().begin(), diary_.lines().end(),
                         [](const std::string& line) { return line.starts_with("copy "); });
  };
  EXPECT_GT(copies_of("both.pcap"), 0);
  diary_ = {};
  std::erase_if(packets, [](const decode::Packet& packet) { return packet.src_port != 40000; });
  EXPECT_EQ(copies_of("one.pcap"), 0);
  EXPECT_FALSE(diary_.lines().empty()) << "the connection has rows";
}

TEST_F(ReadLabelledRows, EachCopyIsThinnedAsItsConnection) {
  add("a.pcap", TinyCapture().talk(3333, 500));
  ASSERT_TRUE(read({.copies = 2, .most_rows = 8}));
  for (const std::string line : {"row 3333", "copy 1 of 3333", "copy 2 of 3333"})
    EXPECT_EQ(std::count(diary_.lines().begin(), diary_.lines().end(), line), 8) << line;
}

TEST_F(ReadLabelledRows, ACopyInPiecesGoesOnWhereItStood) {
  const int segments = static_cast<int>(kLongestSequence) + 10;
  add("a.pcap", TinyCapture().talk(3333, segments));
  ASSERT_TRUE(read({.copies = 1, .most_rows = 8}));
  EXPECT_EQ(std::count(diary_.lines().begin(), diary_.lines().end(), "row 3333"), 8);
  EXPECT_EQ(std::count(diary_.lines().begin(), diary_.lines().end(), "copy 1 of 3333"), 8);
}

TEST_F(ReadLabelledRows, ALensOfPacketsIsNotAugmented) {
  add("a.pcap", TinyCapture().talk(3333, 2));
  EXPECT_EQ(read({.lens = "header", .copies = 1}).error().sentence,
            "lens 'header' describes packets, and augmentation changes segments and messages: "
            "choose another lens, or none of the two");
}

TEST_F(ReadLabelledRows, ALensOfPacketsIsNotPerturbed) {
  add("a.pcap", TinyCapture().talk(3333, 2));
  EXPECT_EQ(
      read({.lens = "header", .perturbations = {*parse_perturbation("offset:5")}}).error().sentence,
      "lens 'header' describes packets, and a perturbation changes segments and messages: "
      "choose another lens, or none of the two");
}

}  // namespace
}  // namespace kanaria::train
