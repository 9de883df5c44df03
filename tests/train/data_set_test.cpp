// SPDX-License-Identifier: Apache-2.0
#include "train/data_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "tests/train/tiny_capture.h"

namespace kanaria::train {
namespace {

using test::TemporaryFolder;

class BuildDataSet : public testing::Test {
 protected:
  Result<DataSet> build(std::string_view labels, const std::string& lens = "pair") {
    read_.clear();
    const auto loaded = Labels::load(folder_.write("LABELS.csv", labels));
    return build_data_set(*loaded, {.lens = lens},
                          [this](double share) { read_.push_back(share); });
  }

  TemporaryFolder folder_;
  std::vector<double> read_;
};

TEST_F(BuildDataSet, HasARowAPairWithTheLabelOfItsConnection) {
  folder_.write("mine.pcap", TinyCapture().talk(3333, 12).bytes());
  folder_.write("web.pcap", TinyCapture().talk(443, 6).bytes());
  const auto data =
      build("file,dst_port,label,kind\nmine.pcap,3333,mining,a\nweb.pcap,,benign,b\n");
  ASSERT_TRUE(data) << data.error().sentence;
  EXPECT_EQ(data->rows(), 11U + 5);
  EXPECT_EQ(data->values.size(), data->rows() * data->width());
  EXPECT_EQ(std::count(data->labels.begin(), data->labels.end(), 1.0F), 11);
  ASSERT_EQ(data->connections.size(), 2U);
  EXPECT_EQ(data->connections[0].rows, 11U);
  EXPECT_EQ(data->connections[1].kind, "b");
  EXPECT_EQ(data->connections[data->connection.back()].capture, 1U);
  EXPECT_TRUE(std::is_sorted(read_.begin(), read_.end()));
  EXPECT_EQ(read_.back(), 1);
  EXPECT_TRUE(data->faults.empty());
}

TEST_F(BuildDataSet, LeavesOutWhatHasNoLabelOrAnUnknownOne) {
  folder_.write("a.pcap", TinyCapture().talk(3333, 12).talk(443, 6).talk(80, 6).bytes());
  const auto data = build("file,dst_port,label\na.pcap,3333,mining\na.pcap,443,unknown\n");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->connections.size(), 1U);
  EXPECT_EQ(data->rows(), 11U);
}

TEST_F(BuildDataSet, KnowsWhereAndWhenAConnectionBegan) {
  folder_.write("a.pcap", TinyCapture().talk(443, 6).talk(3333, 12).bytes());
  const auto data = build("file,dst_port,label\na.pcap,,benign\n");
  ASSERT_TRUE(data);
  ASSERT_EQ(data->connections.size(), 2U);
  EXPECT_EQ(data->connections[0].number, 1U);
  EXPECT_EQ(data->connections[0].start, Timestamp{1000 * kSecond});
  EXPECT_EQ(data->connections[1].number, 7U);
  EXPECT_EQ(data->connections[1].start, Timestamp{1006 * kSecond});
}

TEST_F(BuildDataSet, KnowsOnlyConnectionsAndCapturesThatGiveARow) {
  folder_.write("one.pcap", TinyCapture().talk(3333, 1).bytes());
  folder_.write("two.pcap", TinyCapture().talk(443, 1).talk(3333, 2).bytes());
  const auto data = build("file,label\none.pcap,mining\ntwo.pcap,benign\n");
  ASSERT_TRUE(data);
  ASSERT_EQ(data->connections.size(), 1U);
  EXPECT_EQ(data->connections[0].ends.server_port, 3333);
  EXPECT_EQ(data->connections[0].capture, 0U);
  EXPECT_THAT(data->captures, testing::ElementsAre(folder_.path("two.pcap")));
}

TEST_F(BuildDataSet, SaysWhenNothingMatches) {
  folder_.write("a.pcap", TinyCapture().talk(3333, 12).bytes());
  EXPECT_EQ(build("file,src_ip,label\na.pcap,198.51.100.1,mining\n").error().sentence,
            "the labels match no connection of their 1 captures; check file names and addresses in "
            "the labels");
}

TEST_F(BuildDataSet, UsesWhatStandsBeforeDamageAndSaysSo) {
  const std::string whole = TinyCapture().talk(3333, 12).bytes();
  folder_.write("cut.pcap", std::string_view(whole).substr(0, whole.size() - 1));
  const auto data = build("file,label\ncut.pcap,mining\n");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->rows(), 10U);
  ASSERT_EQ(data->faults.size(), 1U);
  EXPECT_EQ(data->faults[0].sentence,
            folder_.path("cut.pcap") +
                ": record at byte 1300 claims 116 bytes but the file ends at byte 1415; the 11 "
                "packets before it were used; copy the file again or repair it with pcapfix");
}

TEST_F(BuildDataSet, ACaptureThatCannotBeOpenedEndsIt) {
  EXPECT_EQ(build("file,label\nnone.pcap,mining\n").error().sentence,
            folder_.path("none.pcap") + ": there is no such file; check the name");
}

TEST_F(BuildDataSet, AnUnknownLensIsAnsweredWithTheKnownOnes) {
  folder_.write("a.pcap", TinyCapture().talk(3333, 12).bytes());
  EXPECT_EQ(build("file,label\na.pcap,mining\n", "pear").error().sentence,
            "unknown lens 'pear': choose one of rhythm, pair, lengths, header");
}

TEST_F(BuildDataSet, CopiesAreRowsOfTheirConnections) {
  folder_.write("a.pcap", TinyCapture().talk(3333, 40).bytes());
  const auto labels = Labels::load(folder_.write("LABELS.csv", "file,label\na.pcap,mining\n"));
  const auto data = build_data_set(*labels, {.copies = 2}, [](double) {});
  ASSERT_TRUE(data);
  EXPECT_EQ(data->connections.size(), 1U);
  EXPECT_EQ(data->connections[0].rows, data->rows());
  EXPECT_EQ(data->rows(), 39 + data->copies.size());
  EXPECT_EQ(data->copies.front(), 39U);
  EXPECT_EQ(data->copies.back(), data->rows() - 1);
}

TEST_F(BuildDataSet, FingerprintTellsAnyValueOrLabelApart) {
  folder_.write("a.pcap", TinyCapture().talk(3333, 12).bytes());
  DataSet data = *build("file,label\na.pcap,mining\n");
  const std::string before = fingerprint(data);
  EXPECT_EQ(before.size(), 64U);
  EXPECT_EQ(fingerprint(*build("file,label\na.pcap,mining\n")), before);
  data.values.back() += 1;
  const std::string changed_value = fingerprint(data);
  data.labels.back() = 0;
  EXPECT_NE(changed_value, before);
  EXPECT_NE(fingerprint(data), changed_value);
}

}  // namespace
}  // namespace kanaria::train
