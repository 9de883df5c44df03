// SPDX-License-Identifier: Apache-2.0
// What is written is read back: the same values bit for bit, the same connections.
#include "train/data_file.h"

#include <bit>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "capture/byte_source.h"
#include "tests/base/temporary_folder.h"

namespace kanaria::train {
namespace {

using test::TemporaryFolder;
using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr size_t kWidth = 30;  // lens pair

LabelledConnection connection(const char* server, Label label) {
  return {.ends = {*parse_ip_address("10.0.0.1"), *parse_ip_address(server), 50000, 443},
          .number = 5,
          .start = {1'700'000'000'123'456'789},
          .label = label,
          .kind = "web, \"big\"",
          .source = "lab",
          .group = "a\nb"};
}

class DataFile : public testing::Test {
 protected:
  using Fill = std::function<void(DataFileWriter&)>;

  // The path of a file written as `name`.
  std::string write(const std::string& name, const Fill& fill) {
    const auto out = *capture::create_bytes(folder_.path(name));
    const auto lens = *feature::make_lens("pair", {});
    DataFileWriter writer(*out, *lens);
    fill(writer);
    EXPECT_TRUE(out->finish());
    return folder_.path(name);
  }
  static Result<DataSet> read(const std::string& path,
                              const std::optional<std::string>& lens = std::nullopt) {
    const std::atomic<bool> stop{false};
    const auto bytes = *capture::open_bytes(path, stop);
    CsvReader csv("D.csv", *bytes);
    const auto columns = csv.columns();
    if (!columns) return columns.error();
    return read_data_file(csv, *columns, lens, [](double) {});
  }
  // What is said of a file with these records.
  std::string sentence(const std::string& text) {
    const auto data = read(folder_.write("bad.csv", text));
    return data ? "was taken" : data.error().sentence;
  }
  static std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TemporaryFolder folder_;
};

std::vector<float> row(float first) {
  std::vector<float> values(kWidth, 0.0F);
  values[0] = first;
  return values;
}

TEST_F(DataFile, HasTheColumnsAndValuesOfThePage) {
  const std::string path = write("d.csv", [](DataFileWriter& out) {
    LabelledConnection c = connection("192.0.2.9", Label::kMining);
    c.kind = "xmrig";
    c.group = "lab";
    out.begin(0, "a.pcap", c);
    std::vector<float> values = row(1);
    values[13] = 64240;
    values[14] = 0.1F;
    out.add(0, {1'700'000'001'000'000'000}, values);
    out.end(0);
  });
  EXPECT_EQ(text_of(path),
            "capture,connection,start,time,lens,label,kind,source,group,copy,"
            "direction_1,fin_1,syn_1,rst_1,psh_1,ack_1,urg_1,ece_1,cwr_1,ttl_1,df_1,mf_1,"
            "fragment_offset_1,window_1,length_1,"
            "direction_2,fin_2,syn_2,rst_2,psh_2,ack_2,urg_2,ece_2,cwr_2,ttl_2,df_2,mf_2,"
            "fragment_offset_2,window_2,length_2\n"
            "a.pcap,10.0.0.1:50000-192.0.2.9:443#5,1700000000.123456789,1700000001.000000000,"
            "pair 1,mining,xmrig,lab,lab,0,"
            "1,0,0,0,0,0,0,0,0,0,0,0,0,64240,0.1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n");
}

TEST_F(DataFile, ConnectionsAndCapturesAreReadBackInTheOrderOfTheirFirstRows) {
  const auto fill = [](DataFileWriter& out) {
    out.begin(0, "z.pcap", connection("192.0.2.9", Label::kMining));
    out.add(0, {}, row(1));
    out.begin(1, "z.pcap", connection("2001:db8::1", Label::kBenign));
    out.add(1, {}, row(2));
    out.add(0, {}, row(3));
    out.end(0);
    out.end(1);
    out.begin(2, "a,b.pcap", connection("192.0.2.9", Label::kBenign));
    out.add(2, {}, row(4));
    out.end(2);
    EXPECT_EQ(out.counts().captures, 2U);
    EXPECT_EQ(out.counts().connections, 3U);
    EXPECT_EQ(out.counts().mining_rows, 2U);
    EXPECT_EQ(out.counts().benign_rows, 2U);
  };
  for (const char* name : {"d.csv", "d.csv.gz", "d.csv.zst"}) {
    const auto data = read(write(name, fill));
    ASSERT_TRUE(data) << data.error().sentence;
    EXPECT_EQ(data->lens, "pair");
    EXPECT_EQ(data->lens_version, 1);
    EXPECT_EQ(data->width(), kWidth);
    EXPECT_THAT(data->captures, ElementsAre("z.pcap", "a,b.pcap"));
    EXPECT_THAT(data->connection, ElementsAre(0, 1, 0, 2));
    EXPECT_THAT(data->labels, ElementsAre(1, 0, 1, 0));
    ASSERT_EQ(data->connections.size(), 3U);
    const LabelledConnection& c = data->connections[1];
    EXPECT_EQ(c.ends.server, *parse_ip_address("2001:db8::1"));
    EXPECT_EQ(c.number, 5U);
    EXPECT_EQ(c.start, Timestamp{1'700'000'000'123'456'789});
    EXPECT_EQ(c.kind, "web, \"big\"");
    EXPECT_EQ(c.source, "lab");
    EXPECT_EQ(c.group, "a\nb");
    EXPECT_EQ(c.rows, 1U);
    EXPECT_EQ(data->connections[0].rows, 2U);
    EXPECT_EQ(data->connections[2].capture, 1U);
    EXPECT_TRUE(data->faults.empty());
  }
}

TEST_F(DataFile, RowsOfCopiesBelongToTheirConnectionAndAreReadBackAsSuch) {
  const auto data = read(write("d.csv", [](DataFileWriter& out) {
    out.begin(0, "a.pcap", connection("192.0.2.9", Label::kMining));
    out.add(0, {}, row(1));
    out.add_of_copy(0, 1, {}, row(2));
    out.add_of_copy(0, 12, {}, row(3));
    out.add(0, {}, row(4));
    EXPECT_EQ(out.counts().connections, 1U);
  }));
  ASSERT_TRUE(data) << data.error().sentence;
  EXPECT_EQ(data->connections.size(), 1U);
  EXPECT_EQ(data->rows(), 4U);
  EXPECT_THAT(data->copies, ElementsAre(1, 2));
}

TEST_F(DataFile, ACopyThatIsNoNumberIsRefused) {
  std::string text = text_of(write("d.csv", [](DataFileWriter& out) {
    out.begin(0, "a.pcap", connection("192.0.2.9", Label::kMining));
    out.add_of_copy(0, 7, {}, row(1));
  }));
  for (const std::string copy : {"", "x", "-1", "1.5", "99999999999"}) {
    std::string wrong = text;
    const std::string before = "\"a\nb\",";
    wrong.replace(wrong.find(before + "7,") + before.size(), 1, copy);
    EXPECT_EQ(sentence(wrong),
              "D.csv: record 2: copy '" + copy + "' is no whole number; correct it");
  }
}

TEST_F(DataFile, EveryFiniteFloatIsReadBackBitForBit) {
  using Limits = std::numeric_limits<float>;
  std::vector<float> values{0.0F,     -0.0F,         1.0F,
                            -1.0F,    0.1F,          16777215,
                            16777216, 16777218,      9999999,
                            10000000, 1e9F,          1e10F,
                            1e16F,    Limits::max(), Limits::lowest(),
                            1.5F,     Limits::min(), Limits::denorm_min()};
  Random random(1);
  while (values.size() < 3000) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(random.below(uint64_t{1} << 32)));
    if (std::isfinite(value)) values.push_back(value);
  }
  const auto data = read(write("d.csv", [&](DataFileWriter& out) {
    out.begin(0, "a.pcap", connection("192.0.2.9", Label::kMining));
    for (size_t at = 0; at < values.size(); at += kWidth)
      out.add(0, {}, std::span(values).subspan(at, kWidth));
  }));
  ASSERT_TRUE(data) << data.error().sentence;
  ASSERT_EQ(data->values.size(), values.size());
  for (size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(std::bit_cast<uint32_t>(data->values[i]), std::bit_cast<uint32_t>(values[i]))
        << values[i];
}

TEST_F(DataFile, ColumnsAreFoundByNameAndOthersPassedOver) {
  const std::string path = write("d.csv", [](DataFileWriter& out) {
    out.begin(0, "a.pcap", connection("192.0.2.9", Label::kMining));
    out.add(0, {}, row(7));
  });
  std::string text = text_of(path);
  text.insert(text.find('\n'), ",note");
  text.insert(text.size() - 1, ",x");
  const auto data = read(folder_.write("more.csv", text));
  ASSERT_TRUE(data) << data.error().sentence;
  EXPECT_THAT(data->values, ElementsAreArray(row(7)));
}

// A record of lens header: the fewest values.
constexpr const char* kHeader =
    "capture,connection,start,lens,label,source,seconds,ttl,ip_id,fragment_offset,df,mf,protocol,"
    "ip_length,previous_ip_length\n";
std::string record(const std::string& capture = "a.pcap",
                   const std::string& connection = "10.0.0.1:5-10.0.0.2:6#1",
                   const std::string& start = "1.5", const std::string& lens = "header 1",
                   const std::string& label = "mining", const std::string& seconds = "0.25") {
  return capture + "," + connection + "," + start + "," + lens + "," + label + ",s," + seconds +
         ",64,1,0,1,0,6,100,90\n";
}

TEST_F(DataFile, KindSourceGroupCopyAndTimeMayBeMissingAndTheGroupIsTheSourceThen) {
  const auto data = read(folder_.write("d.csv", kHeader + record() + "\n"));
  ASSERT_TRUE(data) << data.error().sentence;
  EXPECT_EQ(data->lens, "header");
  EXPECT_THAT(data->values, ElementsAre(0.25F, 64, 1, 0, 1, 0, 6, 100, 90));
  EXPECT_EQ(data->connections[0].kind, "");
  EXPECT_EQ(data->connections[0].group, "s");
  EXPECT_TRUE(data->copies.empty());
  EXPECT_EQ(data->connections[0].start, Timestamp{kSecond + kSecond / 2});
}

TEST_F(DataFile, AValueThatIsNoFiniteNumberIsRefused) {
  for (const std::string value : {"nan", "inf", "-inf", "1e99", "", "x", "1x", "0x10", " 1", "1 "})
    EXPECT_EQ(sentence(kHeader + record() +
                       record("b", "1.1.1.1:1-2.2.2.2:2#1", "1", "header 1", "benign", value)),
              "D.csv: record 3: seconds '" + value + "' is no finite number; correct it");
}

TEST_F(DataFile, ARecordWithMissingOrSpareFieldsIsRefused) {
  EXPECT_EQ(sentence(kHeader + record() + "a,b\n"),
            "D.csv: record 3: 2 fields stand below 15 columns; correct it");
  EXPECT_EQ(sentence(std::string(kHeader) + "a,b\n"),
            "D.csv: record 2: 2 fields stand below 15 columns; correct it");
}

TEST_F(DataFile, AFieldThatCannotBeReadIsNamed) {
  EXPECT_EQ(sentence(kHeader + record("a", "10.0.0.1:5")),
            "D.csv: record 2: connection '10.0.0.1:5' is no connection (client:port-server:port"
            "#first packet); correct it");
  EXPECT_EQ(sentence(kHeader + record("a", "10.0.0.1:5-10.0.0.2:6#1", "monday")),
            "D.csv: record 2: start 'monday' is no time in epoch seconds; correct it");
  EXPECT_EQ(sentence(kHeader + record("a", "10.0.0.1:5-10.0.0.2:6#1", "1", "header 1", "unknown")),
            "D.csv: record 2: label 'unknown' is no label (mining, benign); correct it");
}

TEST_F(DataFile, RowsOfOneConnectionHaveOneLabel) {
  EXPECT_EQ(sentence(kHeader + record() +
                     record("a.pcap", "10.0.0.1:5-10.0.0.2:6#1", "1.5", "header 1", "benign")),
            "D.csv: record 3: label 'benign' is not that of the connection's first row (mining); "
            "correct it");
}

TEST_F(DataFile, MissingColumnsAndRowsAreSaid) {
  EXPECT_EQ(sentence("capture,connection,label\n"),
            "D.csv: has no column 'start' in its first line; see docs/dataset.md");
  EXPECT_EQ(sentence(std::string("capture,connection,start,lens,label\n") +
                     "a,1.1.1.1:1-1.1.1.2:1#1,1,pair 1,mining\n"),
            "D.csv: has no column 'direction_1' in its first line; see docs/dataset.md");
  EXPECT_EQ(sentence(kHeader), "D.csv: holds no row; see docs/dataset.md");
  EXPECT_EQ(sentence(""), "D.csv: is empty; see docs/labels.md for the columns");
}

TEST_F(DataFile, AnotherLensOrVersionIsRefused) {
  EXPECT_EQ(
      read(folder_.write("d.csv", kHeader + record()), "pair").error().sentence,
      "D.csv: holds rows of lens 'header', not of 'pair'; name that lens or make another file "
      "with 'kanaria dataset --lens pair'");
  EXPECT_TRUE(read(folder_.path("d.csv"), "header"));
  EXPECT_EQ(sentence(kHeader + record("a", "10.0.0.1:5-10.0.0.2:6#1", "1", "header 9")),
            "D.csv: holds rows of 'header 9', this program makes 'header 1'; make the file again "
            "with 'kanaria dataset'");
  EXPECT_EQ(sentence(kHeader + record("a", "10.0.0.1:5-10.0.0.2:6#1", "1", "pear 1")),
            "D.csv: record 2: unknown lens 'pear': choose one of rhythm, pair, lengths, header; "
            "correct it");
  EXPECT_EQ(
      sentence(kHeader + record() + record("a.pcap", "10.0.0.1:5-10.0.0.2:6#1", "1.5", "pair 1")),
      "D.csv: record 3: lens 'pair 1' is not that of the first row; correct it");
}

TEST_F(DataFile, UsesWhatStandsBeforeDamageAndSaysSo) {
  const std::string path = write("d.csv.zst", [](DataFileWriter& out) {
    Random random(1);
    out.begin(0, "a.pcap", connection("192.0.2.9", Label::kMining));
    for (int r = 0; r < 20000; ++r) out.add(0, {}, row(static_cast<float>(random.uniform())));
  });
  const std::string whole = text_of(path);
  const auto data = read(folder_.write("cut.csv.zst", whole.substr(0, whole.size() - 1000)));
  ASSERT_TRUE(data) << data.error().sentence;
  EXPECT_GT(data->rows(), 10000U);
  EXPECT_LT(data->rows(), 20000U);
  ASSERT_EQ(data->faults.size(), 1U);
  EXPECT_THAT(data->faults[0].sentence,
              testing::MatchesRegex("D\\.csv: at byte [0-9]+ the compressed data stop in the "
                                    "middle; the " +
                                    std::to_string(data->rows() + 1) +
                                    " records before it were read; copy the file again"));
}

}  // namespace
}  // namespace kanaria::train
