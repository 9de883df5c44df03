// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "train/dialect.h"
#include "train/generated_rows.h"

namespace kanaria::train {
namespace {

using flow::Direction;

constexpr std::string_view kGood =
    "[[dialect]]\n"
    "name = \"mine\"\n"
    "label = \"mining\"\n"
    "family = \"own\"\n"
    "tls = 0.5\n"
    "opening = [\"> 100-120\", \"< job\"]\n"
    "sizes.job = { drawn = [300, 400], each = [0, 2] }\n"
    "exchanges = [{ says = [\"> 80\", \"< 20 30-90%\", \"< job x1-3\"], timing = \"exponential\", "
    "every_s = [1, 60] }]\n";

class DialectFileTest : public testing::Test {
 protected:
  Result<std::vector<Dialect>> read(std::string_view text) {
    return read_dialects(folder_.write("own.toml", text));
  }
  // kGood with the line of that key replaced; an empty one: left out.
  std::string sentence_with(std::string_view key, std::string_view line) {
    std::string text(kGood);
    const size_t begin = text.find("\n" + std::string(key)) + 1, end = text.find('\n', begin) + 1;
    text.replace(begin, end - begin, std::string(line) + (line.empty() ? "" : "\n"));
    const auto dialects = read(text);
    return dialects ? "is good" : dialects.error().sentence;
  }
  std::string sentence(std::string_view what) const {
    return folder_.path("own.toml") + ": " + std::string(what) + "; see docs/generator.md";
  }

  test::TemporaryFolder folder_;
};

TEST_F(DialectFileTest, TellsWhatWasWritten) {
  const auto dialects = read(kGood);
  ASSERT_TRUE(dialects) << dialects.error().sentence;
  ASSERT_EQ(dialects->size(), 1U);
  const Dialect& dialect = dialects->front();
  EXPECT_EQ(dialect.name, "mine");
  EXPECT_EQ(dialect.label, Label::kMining);
  EXPECT_EQ(dialect.family, "own");
  EXPECT_EQ(dialect.tls, 0.5);
  ASSERT_EQ(dialect.opening.size(), 2U);
  EXPECT_EQ(dialect.opening[0].direction, Direction::kToServer);
  EXPECT_EQ(dialect.opening[1].direction, Direction::kToClient);
  const auto& says = dialect.exchanges.at(0).says;
  ASSERT_EQ(says.size(), 3U);
  EXPECT_EQ(dialect.sizes[says[0].size].drawn.low, 80);
  EXPECT_EQ(says[1].chance.low, 0.3);
  EXPECT_EQ(says[1].chance.high, 0.9);
  EXPECT_EQ(says[2].size, dialect.opening[1].size);
  EXPECT_EQ(says[2].run.high, 3);
  EXPECT_EQ(dialect.exchanges[0].timing, std::vector{Timing::kExponential});
  EXPECT_EQ(dialect.exchanges[0].every_s.high, 60);
}

TEST_F(DialectFileTest, SaysWhichKeyIsWrong) {
  EXPECT_EQ(sentence_with("label", "label = \"minning\""),
            sentence("line 3: dialect 'mine': 'label' is none of mining, benign"));
  EXPECT_EQ(sentence_with("tls", "tls = 2"),
            sentence("line 5: dialect 'mine': 'tls' is no number from 0 to 1"));
  EXPECT_EQ(
      sentence_with("tls", "tsl = 0.5"),
      sentence("line 5: dialect 'mine': 'tsl' is not known; it is one of name, label, family, "
               "sizes, opening, exchanges, tls, websocket, overhead, round_trip_s, life_s, "
               "joined_late"));
  EXPECT_EQ(sentence_with("tls", "life_s = [60, 5]"),
            sentence("line 5: dialect 'mine': 'life_s' is no number, and no [low, high], from "
                     "0.0001 to 86400"));
  EXPECT_EQ(sentence_with("tls", "overhead = { client = 5, server = -1 }"),
            sentence("line 5: dialect 'mine': 'server' is no number, and no [low, high], from 0 to "
                     "16777216"));
  EXPECT_EQ(sentence_with("family", "family = 3"),
            sentence("line 4: dialect 'mine': 'family' is no text in quotes"));
}

TEST_F(DialectFileTest, SaysWhichSizeIsWrong) {
  EXPECT_EQ(sentence_with("sizes", "sizes.job = \"300\""),
            sentence("line 7: dialect 'mine': 'job' is no number, and no [low, high], from 0 to "
                     "16777216"));
  EXPECT_EQ(sentence_with("sizes", "sizes.job = { drwan = 300 }"),
            sentence("line 7: dialect 'mine': 'drwan' is not known; it is one of drawn, each, "
                     "varies, counts, one_of, shares"));
  EXPECT_EQ(sentence_with("sizes", "sizes.job = { one_of = [1, 2], shares = [0.5, 0.4] }"),
            sentence("line 7: dialect 'mine': 'shares' is no list of a share for each of one_of "
                     "that add up to 1"));
  EXPECT_EQ(
      sentence_with("sizes", "sizes.jobs = 300"),
      sentence("line 6: dialect 'mine': 'opening' has '< job', whose size is not in 'sizes'"));
  EXPECT_EQ(sentence_with("sizes", "sizes = 4"),
            sentence("line 7: dialect 'mine': 'sizes' is no table"));
}

TEST_F(DialectFileTest, SaysWhichSayingIsWrong) {
  for (const std::string saying : {"share", "> ", "- 80", "> 80-", "> 90-80", "> 0", "> 80 %",
                                   "> 80 101%", "> 80 x0", "> 80 x5-2", "> 80 often", "> 8 0"})
    EXPECT_EQ(sentence_with("opening", "opening = [\"" + saying + "\"]"),
              sentence("line 6: dialect 'mine': 'opening' has '" + saying +
                       "', which is no saying such as \"> share\", \"< job 30%\" or "
                       "\"> 40-90 x1-5\""));
  EXPECT_EQ(sentence_with("opening", "opening = \"> 80\""),
            sentence("line 6: dialect 'mine': 'opening' is no list of sayings such as "
                     "\"> share\""));
}

TEST_F(DialectFileTest, SaysWhatIsWrongWithAnExchange) {
  const auto with = [&](std::string_view line) {
    return sentence_with("exchanges", "exchanges = [{ " + std::string(line) + " }]");
  };
  EXPECT_EQ(sentence_with("exchanges", "exchanges = []"),
            sentence("line 8: dialect 'mine': 'exchanges' is no list of 1 to 16 tables"));
  EXPECT_EQ(with("timing = \"regular\", every_s = 1"),
            sentence("line 8: dialect 'mine': 'says' is missing"));
  EXPECT_EQ(with("says = [\"> 8\"], every_s = 1"),
            sentence("line 8: dialect 'mine': 'timing' is missing"));
  EXPECT_EQ(with("says = [\"> 8\"], timing = \"regular\""),
            sentence("line 8: dialect 'mine': 'every_s' is missing"));
  EXPECT_EQ(with("says = [\"> 8\"], timing = [\"poisson\"], every_s = 1"),
            sentence("line 8: dialect 'mine': 'timing' is none of exponential, regular, mixed, "
                     "human, bursts, geometric, silence"));
  EXPECT_EQ(with("says = [\"> 8\"], timing = [], every_s = 1"),
            sentence("line 8: dialect 'mine': 'timing' is an empty list"));
  EXPECT_EQ(with("says = [\"> 8\"], timing = \"regular\", every_s = 0"),
            sentence("line 8: dialect 'mine': 'every_s' is no number, and no [low, high], from "
                     "0.0001 to 86400"));
  EXPECT_EQ(with("says = [\"> 8\"], timing = \"regular\", every_s = 1, waits = 1"),
            sentence("line 8: dialect 'mine': 'waits' is none of true, false"));
}

TEST_F(DialectFileTest, SaysWhatIsMissing) {
  EXPECT_EQ(sentence_with("name", ""),
            sentence("line 1: 'name' is missing, or has other than letters, digits, '-' and '_', a "
                     "letter first"));
  EXPECT_EQ(sentence_with("label", ""), sentence("line 1: dialect 'mine': 'label' is missing"));
  EXPECT_EQ(sentence_with("exchanges", ""),
            sentence("line 1: dialect 'mine': 'exchanges' is missing"));
  EXPECT_EQ(read("").error().sentence, sentence("line 1: 'dialect' is missing"));
  EXPECT_EQ(read("dialect = 3").error().sentence,
            sentence("line 1: 'dialect' is no list of tables: write [[dialect]] above each"));
}

TEST_F(DialectFileTest, SaysWhereItIsNoToml) {
  EXPECT_THAT(read("name = \n").error().sentence,
              testing::StartsWith(folder_.path("own.toml") + ": line 1: "));
  EXPECT_EQ(read_dialects(folder_.path("none.toml")).error().sentence,
            folder_.path("none.toml") + ": cannot be read; check the path");
}

TEST_F(DialectFileTest, AFileCutAnywhereIsRefusedInASentence) {
  const size_t last_needed = kGood.rfind("}]");
  for (size_t length = 0; length <= last_needed; ++length) {
    const auto dialects = read(kGood.substr(0, length));
    ASSERT_FALSE(dialects) << length;
    EXPECT_THAT(dialects.error().sentence,
                testing::StartsWith(folder_.path("own.toml") + ": line "))
        << length;
  }
}

TEST_F(DialectFileTest, TwoDialectsOfOneNameAreRefused) {
  const std::string first = folder_.write("a.toml", kGood), second = folder_.write("b.toml", kGood);
  EXPECT_EQ(read_dialect_files(std::vector{first, second}).error().sentence,
            second + ": dialect 'mine' is in " + first + " already; rename one of the two");
}

TEST(ShippedDialects, AreAllRead) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(KANARIA_DIALECTS))
    paths.push_back(entry.path());
  const auto files = read_dialect_files(paths);
  ASSERT_TRUE(files) << files.error().sentence;
  std::array<size_t, 3> dialects{};
  for (const DialectFile& file : *files)
    for (const Dialect& dialect : file.dialects) {
      ++dialects[static_cast<size_t>(dialect.label)];
      EXPECT_FALSE(dialect.family.empty()) << dialect.name;
    }
  EXPECT_GE(dialects[static_cast<size_t>(Label::kMining)], 30U);
  EXPECT_GE(dialects[static_cast<size_t>(Label::kBenign)], 40U);
}

}  // namespace
}  // namespace kanaria::train
