// SPDX-License-Identifier: Apache-2.0
#include "train/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace kanaria::train {
namespace {

using test::TemporaryFolder;

constexpr Timestamp kStart{1000 * kSecond};

flow::Ends ends(const std::string& client, uint16_t client_port, const std::string& server,
                uint16_t server_port) {
  return {*parse_ip_address(client), *parse_ip_address(server), client_port, server_port};
}

const flow::Ends kMiner = ends("10.0.0.1", 50000, "192.0.2.9", 3333);

class LabelsFile : public testing::Test {
 protected:
  Result<Labels> load(std::string_view text) {
    return Labels::load(folder_.write("LABELS.csv", text));
  }
  std::string sentence(std::string_view text) {
    const auto labels = load(text);
    return labels ? "was taken" : labels.error().sentence;
  }
  std::string path() const { return folder_.path("LABELS.csv"); }
  std::string capture(const std::string& name = "a.pcap") const { return folder_.path(name); }

  // The kind of the row that decides for `kMiner`, or "none".
  std::string deciding(std::string_view text, Timestamp start = kStart) {
    return deciding(text, kMiner, start);
  }
  std::string deciding(std::string_view text, const flow::Ends& connection,
                       Timestamp start = kStart) {
    const auto labels = load(text);
    if (!labels) return labels.error().sentence;
    const LabelRow* row = labels->find(capture(), connection, start);
    return row == nullptr ? "none" : row->kind;
  }

  TemporaryFolder folder_;
};

TEST_F(LabelsFile, ColumnsAreFoundByNameInAnyOrder) {
  const auto labels = load(
      "group,label,kind,file,source,evidence\n"
      "lab-1,mining,xmrig,a.pcap,lab,seen\n");
  ASSERT_TRUE(labels) << labels.error().sentence;
  const LabelRow* row = labels->find(capture(), kMiner, kStart);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->label, Label::kMining);
  EXPECT_EQ(row->kind, "xmrig");
  EXPECT_EQ(row->source, "lab");
  EXPECT_EQ(row->group, "lab-1");
}

TEST_F(LabelsFile, TheGroupIsTheSourceWhenNotGiven) {
  const auto labels = load("file,label,source,group\na.pcap,benign,cafe,\n");
  ASSERT_TRUE(labels);
  EXPECT_EQ(labels->find(capture(), kMiner, kStart)->group, "cafe");
}

TEST_F(LabelsFile, CapturesAreRelativeToTheLabelsAndInTheOrderOfTheirFirstRow) {
  const auto labels = load("file,label\nz.pcap,mining\nsub/b.pcap,benign\nz.pcap,benign\n");
  ASSERT_TRUE(labels);
  EXPECT_THAT(labels->captures(), testing::ElementsAre(capture("z.pcap"), capture("sub/b.pcap")));
}

TEST_F(LabelsFile, AnAbsoluteFileNameStaysAsItIs) {
  const auto labels = load("file,label\n/data/a.pcap,mining\n");
  ASSERT_TRUE(labels);
  EXPECT_THAT(labels->captures(), testing::ElementsAre("/data/a.pcap"));
}

TEST_F(LabelsFile, EmptyTupleFieldsMatchAll) {
  const std::string header = "file,src_ip,src_port,dst_ip,dst_port,label,kind\n";
  EXPECT_EQ(deciding(header + "a.pcap,,,,,mining,all\n"), "all");
  EXPECT_EQ(deciding(header + "a.pcap,,,,3333,mining,port\n"), "port");
  EXPECT_EQ(deciding(header + "a.pcap,,,,3334,mining,port\n"), "none");
  EXPECT_EQ(deciding(header + "b.pcap,,,,,mining,other capture\n"), "none");
}

TEST_F(LabelsFile, ARowMatchesBothDirections) {
  const std::string row =
      "file,src_ip,src_port,dst_ip,dst_port,label,kind\n"
      "a.pcap,10.0.0.1,50000,192.0.2.9,3333,mining,full\n";
  EXPECT_EQ(deciding(row), "full");
  EXPECT_EQ(deciding(row, ends("192.0.2.9", 3333, "10.0.0.1", 50000)), "full");
  EXPECT_EQ(deciding(row, ends("10.0.0.1", 3333, "192.0.2.9", 50000)), "none");
}

TEST_F(LabelsFile, DestIpAndDestPortAreReadAsWell) {
  const std::string row =
      "file,src_ip,src_port,dest_ip,dest_port,label,kind\na.pcap,,,192.0.2.9,3333,mining,eve\n";
  EXPECT_EQ(deciding(row), "eve");
  EXPECT_EQ(deciding(row, ends("10.0.0.1", 50000, "192.0.2.9", 443)), "none");
}

TEST_F(LabelsFile, TheMostSpecificRowWinsWhereverItStands) {
  const std::string header = "file,src_ip,src_port,dst_ip,dst_port,label,kind\n";
  const std::string vague = "a.pcap,,,,,benign,rest\n",
                    server = "a.pcap,,,192.0.2.9,3333,mining,pool\n",
                    full = "a.pcap,10.0.0.1,50000,192.0.2.9,3333,unknown,one\n";
  EXPECT_EQ(deciding(header + vague + server + full), "one");
  EXPECT_EQ(deciding(header + full + server + vague), "one");
  EXPECT_EQ(deciding(header + server + vague), "pool");
}

TEST_F(LabelsFile, OfEquallySpecificRowsTheFirstWins) {
  EXPECT_EQ(deciding("file,src_ip,dst_ip,label,kind\n"
                     "a.pcap,10.0.0.1,,mining,first\na.pcap,,192.0.2.9,benign,second\n"),
            "first");
}

TEST_F(LabelsFile, StartAndEndBoundWhenTheConnectionBeganWithASecondOfSlack) {
  const std::string row = "file,start,end,label,kind\na.pcap,1000.5,2000,mining,timed\n";
  EXPECT_EQ(deciding(row, Timestamp{1500 * kSecond}), "timed");
  EXPECT_EQ(deciding(row, Timestamp{999 * kSecond + kSecond / 2}), "timed");
  EXPECT_EQ(deciding(row, Timestamp{999 * kSecond}), "none");
  EXPECT_EQ(deciding(row, Timestamp{2001 * kSecond}), "timed");
  EXPECT_EQ(deciding(row, Timestamp{2002 * kSecond}), "none");
}

TEST_F(LabelsFile, Ipv6AddressesMatchInAnySpelling) {
  EXPECT_EQ(deciding("file,src_ip,label,kind\na.pcap,2001:DB8:0:0::0001,mining,six\n",
                     ends("2001:db8::1", 1, "2001:db8::2", 2)),
            "six");
}

TEST_F(LabelsFile, CrlfQuotesBlankLinesAndAByteOrderMarkAreNoObstacle) {
  EXPECT_EQ(deciding("\xEF\xBB\xBF"
                     "file,label,kind\r\n\r\n\"a.pcap\",\"mining\",\"x, \"\"y\"\"\"\r\n\r\n"),
            "x, \"y\"");
}

TEST_F(LabelsFile, ABadValueIsQuotedWithItsRecord) {
  const auto with = [&](const std::string& column, const std::string& value) {
    return sentence("file,label," + column + "\na.pcap,mining,\na.pcap,mining," + value + "\n");
  };
  const std::string where = path() + ": record 3: ";
  EXPECT_EQ(with("src_ip", "10.0.0"), where + "src_ip '10.0.0' is no IP address; correct it");
  EXPECT_EQ(with("dest_ip", "pool"), where + "dst_ip 'pool' is no IP address; correct it");
  for (const std::string port : {"70000", "-1", "80 ", "http"})
    EXPECT_EQ(with("dst_port", port), where + "dst_port '" + port + "' is no port; correct it");
  for (const std::string time : {"yesterday", "12:00", "1e300", "nan", "inf", "17x"})
    EXPECT_EQ(with("start", time),
              where + "start '" + time + "' is no time in epoch seconds; correct it");
  EXPECT_EQ(sentence("file,label\na.pcap,miner\n"),
            path() + ": record 2: label 'miner' is no label (mining, benign, unknown); correct it");
  EXPECT_EQ(sentence("file,label\na.pcap,\n"),
            path() + ": record 2: label '' is no label (mining, benign, unknown); correct it");
}

TEST_F(LabelsFile, ARecordWithMissingOrSpareFieldsIsRefusedInsteadOfMatchingAll) {
  EXPECT_EQ(sentence("file,label,src_ip,dst_ip\na.pcap,mining,10.0.0.1\n"),
            path() + ": record 2: 3 fields stand below 4 columns; correct it");
  EXPECT_EQ(sentence("file,label\na.pcap,mining,10.0.0.1\n"),
            path() + ": record 2: 3 fields stand below 2 columns; correct it");
}

TEST_F(LabelsFile, ARecordWithoutAFileIsRefused) {
  EXPECT_EQ(sentence("file,label\n,mining\n"), path() + ": record 2: file is empty; correct it");
}

TEST_F(LabelsFile, AQuoteThatIsNeverClosedIsSaidWithItsRecord) {
  EXPECT_EQ(sentence("file,label\na.pcap,mining\nb.pcap,\"mining\nc.pcap,benign\n"),
            path() + ": record 3: a quoted field is never closed; correct it");
}

TEST_F(LabelsFile, AMissingColumnIsNamed) {
  EXPECT_EQ(sentence("label,src_ip\nmining,10.0.0.1\n"),
            path() + ": has no column 'file' in its first line; see docs/labels.md");
  EXPECT_EQ(sentence("file,src_ip\na.pcap,10.0.0.1\n"),
            path() + ": has no column 'label' in its first line; see docs/labels.md");
}

TEST_F(LabelsFile, EmptyFilesAndMissingOnesAreSaid) {
  EXPECT_EQ(sentence(""), path() + ": is empty; see docs/labels.md for the columns");
  EXPECT_EQ(sentence("file,label\n"), path() + ": holds no label; see docs/labels.md");
  EXPECT_EQ(Labels::load("/nowhere/L.csv").error().sentence,
            "/nowhere/L.csv: there is no such file; check the name");
}

}  // namespace
}  // namespace kanaria::train
