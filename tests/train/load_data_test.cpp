// SPDX-License-Identifier: Apache-2.0
#include "train/load_data.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/byte_sink.h"
#include "tests/base/temporary_folder.h"
#include "tests/train/tiny_capture.h"
#include "train/data_file.h"

namespace kanaria::train {
namespace {

using test::TemporaryFolder;

class LoadData : public testing::Test {
 protected:
  LoadData() {
    folder_.write("mine.pcap", TinyCapture().talk(3333, 12).talk(443, 3).bytes());
    folder_.write("lone.pcap", TinyCapture().talk(80, 1).bytes());
    folder_.write("web.pcap", TinyCapture().talk(80, 6).talk(443, 1).talk(8080, 7).bytes());
    labels_ = folder_.write("LABELS.csv",
                            "file,dst_port,label,kind,source,group\nmine.pcap,3333,mining,a,b,\n"
                            "mine.pcap,,benign,,,g\nlone.pcap,,benign,,,\nweb.pcap,,benign,w,,\n");
  }
  static Result<DataSet> load(const std::string& path,
                              const std::optional<std::string>& lens = std::nullopt) {
    return load_all({path}, lens);
  }
  static Result<DataSet> load_all(const std::vector<std::string>& paths,
                                  const std::optional<std::string>& lens = std::nullopt) {
    return load_data(paths, lens, {}, [](double) {});
  }
  std::string write_data(const std::string& lens_name) {
    const auto lens = *feature::make_lens(lens_name, {});
    const auto out = *capture::create_bytes(folder_.path("DATA.csv.gz"));
    DataFileWriter writer(*out, *lens);
    const std::atomic<bool> stop{false};
    EXPECT_TRUE(read_labelled_rows(
        *Labels::load(labels_), {.lens = lens_name}, stop, [](double) {}, writer));
    EXPECT_TRUE(out->finish());
    return folder_.path("DATA.csv.gz");
  }

  TemporaryFolder folder_;
  std::string labels_;
};

bool same(const LabelledConnection& a, const LabelledConnection& b) {
  return a.capture == b.capture && a.ends.client == b.ends.client &&
         a.ends.server == b.ends.server && a.ends.client_port == b.ends.client_port &&
         a.ends.server_port == b.ends.server_port && a.number == b.number && a.start == b.start &&
         a.label == b.label && a.kind == b.kind && a.source == b.source && a.group == b.group &&
         a.rows == b.rows;
}

TEST_F(LoadData, ADataFileGivesTheSetThatItsCapturesGive) {
  for (const std::string lens : {"pair", "header"}) {
    const auto from_captures = load(labels_, lens);
    const auto from_file = load(write_data(lens));
    ASSERT_TRUE(from_captures && from_file);
    EXPECT_GT(from_captures->rows(), 20U);
    EXPECT_EQ(from_file->lens, lens);
    EXPECT_EQ(from_file->lens_version, from_captures->lens_version);
    EXPECT_EQ(from_file->value_names, from_captures->value_names);
    EXPECT_EQ(from_file->captures, from_captures->captures);
    EXPECT_EQ(from_file->values, from_captures->values);
    EXPECT_EQ(from_file->connection, from_captures->connection);
    EXPECT_EQ(from_file->labels, from_captures->labels);
    EXPECT_EQ(fingerprint(*from_file), fingerprint(*from_captures));
    ASSERT_EQ(from_file->connections.size(), from_captures->connections.size());
    for (size_t c = 0; c < from_file->connections.size(); ++c)
      EXPECT_TRUE(same(from_file->connections[c], from_captures->connections[c])) << c;
  }
}

TEST_F(LoadData, LabelsAreReadWithThePairLensUnlessAnotherIsAskedFor) {
  EXPECT_EQ(load(labels_)->lens, "pair");
  EXPECT_EQ(load(labels_, "header")->lens, "header");
}

TEST_F(LoadData, AnotherLensThanTheFilesIsRefused) {
  const std::string path = write_data("header");
  EXPECT_EQ(load(path, "pair").error().sentence,
            path +
                ": holds rows of lens 'header', not of 'pair'; name that lens or make another "
                "file with 'kanaria dataset --lens pair'");
}

// What the connections of a set say, whatever their order.
std::multiset<std::string> told_of(const DataSet& data) {
  std::multiset<std::string> told;
  for (size_t row = 0; row < data.rows(); ++row) {
    const LabelledConnection& connection = data.connections[data.connection[row]];
    std::string line = data.captures[connection.capture] + " " +
                       connection_name(connection.ends, connection.number) + " " +
                       std::to_string(data.labels[row]);
    for (const float value : data.row(row)) line += " " + std::to_string(value);
    told.insert(line);
  }
  return told;
}

TEST_F(LoadData, SeveralLabelsAreReadAsOneWouldBe) {
  const std::string mine = folder_.write(
      "MINE.csv", "file,dst_port,label\nmine.pcap,3333,mining\nweb.pcap,8080,unknown\n");
  const std::string rest = folder_.write(
      "REST.csv", "file,label\nmine.pcap,benign\nlone.pcap,benign\nweb.pcap,benign\n");
  const std::string all = folder_.write(
      "ALL.csv",
      "file,dst_port,label\nmine.pcap,3333,mining\nweb.pcap,8080,unknown\nmine.pcap,,benign\n"
      "lone.pcap,,benign\nweb.pcap,,benign\n");
  const auto several = load_all({mine, rest});
  const auto one = load_all({all});
  ASSERT_TRUE(several && one);
  EXPECT_EQ(several->captures, one->captures);
  EXPECT_EQ(several->values, one->values);
  EXPECT_EQ(several->labels, one->labels);
  EXPECT_EQ(several->connection, one->connection);
}

TEST_F(LoadData, LabelsAndDataFilesMakeOneSetThatKnowsWhichConnectionsAreFromCaptures) {
  const std::string data = write_data("pair");
  folder_.write("night.pcap", TinyCapture().talk(3333, 8).bytes());
  const std::string labels = folder_.write("NIGHT.csv", "file,label\nnight.pcap,mining\n");
  const auto night = load(labels), day = load(data), both = load_all({data, labels});
  ASSERT_TRUE(night && day && both);
  auto told = told_of(*night);
  told.merge(told_of(*day));
  EXPECT_EQ(told_of(*both), told);
  for (const LabelledConnection& connection : both->connections)
    EXPECT_EQ(connection.from_capture, both->captures[connection.capture].ends_with("night.pcap"));
}

TEST_F(LoadData, ACaptureOfTwoFilesIsOneCaptureWithItsConnectionsInOnePlace) {
  const std::string data = write_data("pair");
  const auto once = load(data), twice = load_all({data, labels_, data});
  ASSERT_TRUE(once && twice);
  EXPECT_EQ(twice->captures, once->captures);
  EXPECT_EQ(twice->rows(), 3 * once->rows());
  EXPECT_EQ(twice->connections.size(), 3 * once->connections.size());
  EXPECT_TRUE(std::ranges::is_sorted(twice->connections, {}, &LabelledConnection::capture));
  auto told = told_of(*once);
  for (int more = 0; more < 2; ++more) told.merge(told_of(*once));
  EXPECT_EQ(told_of(*twice), told);
  std::vector<uint32_t> rows(twice->connections.size());
  for (const uint32_t connection : twice->connection) ++rows[connection];
  for (size_t c = 0; c < rows.size(); ++c) EXPECT_EQ(twice->connections[c].rows, rows[c]);
}

TEST_F(LoadData, ADataFileDecidesTheLensOfTheCapturesWhereverItStands) {
  const auto both = load_all({labels_, write_data("header")});
  ASSERT_TRUE(both) << both.error().sentence;
  EXPECT_EQ(both->lens, "header");
}

TEST_F(LoadData, DataFilesOfTwoLensesAreRefused) {
  const std::string pairs = write_data("pair");
  const std::string first = folder_.path("pairs.csv.gz");
  std::filesystem::rename(pairs, first);
  const std::string second = write_data("header");
  EXPECT_EQ(load_all({first, second}).error().sentence,
            second +
                ": holds rows of lens 'header', not of 'pair'; name that lens or make another "
                "file with 'kanaria dataset --lens pair'");
}

TEST_F(LoadData, AFaultOfAnyFileEndsIt) {
  const std::string path = folder_.write("x.csv", "a,b\n1,2\n");
  EXPECT_EQ(load_all({labels_, write_data("pair"), path}).error().sentence,
            path + ": has no column 'file' in its first line; see docs/labels.md");
  EXPECT_EQ(load_all({labels_, folder_.path("none.csv")}).error().sentence,
            folder_.path("none.csv") + ": there is no such file; check the name");
}

TEST_F(LoadData, WhatIsNeitherIsTakenForLabels) {
  const std::string path = folder_.write("x.csv", "a,b\n1,2\n");
  EXPECT_EQ(load(path).error().sentence,
            path + ": has no column 'file' in its first line; see docs/labels.md");
}

}  // namespace
}  // namespace kanaria::train
