// SPDX-License-Identifier: Apache-2.0
#include "train/generated_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace kanaria::train {
namespace {

constexpr std::string_view kMiner =
    "[[dialect]]\nname = \"miner\"\nlabel = \"mining\"\nfamily = \"own\"\n"
    "exchanges = [{ says = [\"> 80-300\", \"< 20-60\"], timing = \"exponential\", every_s = [1, "
    "10] }]\n";
constexpr std::string_view kPoll =
    "[[dialect]]\nname = \"poll\"\nlabel = \"benign\"\n"
    "exchanges = [{ says = [\"> 80-300\", \"< 20-60\"], timing = \"regular\", every_s = [1, 10] "
    "}]\n";

struct Written {
  std::string capture;
  LabelledConnection connection;
  std::vector<float> values;
  std::map<uint32_t, std::vector<float>> values_of_copies = {};
  bool ended = false;
};

class Notes final : public RowSink {
 public:
  void begin(uint32_t index, const std::string& capture,
             const LabelledConnection& connection) override {
    EXPECT_EQ(index, written_.size());
    written_.push_back({capture, connection, {}});
  }
  void add(uint32_t index, Timestamp, std::span<const float> values) override {
    auto& all = written_.at(index).values;
    all.insert(all.end(), values.begin(), values.end());
  }
  void add_of_copy(uint32_t index, uint32_t copy, Timestamp,
                   std::span<const float> values) override {
    auto& all = written_.at(index).values_of_copies[copy];
    all.insert(all.end(), values.begin(), values.end());
  }
  void end(uint32_t index) override { written_.at(index).ended = true; }
  std::optional<Error> fault() const override {
    if (written_.size() < most_) return std::nullopt;
    return Error{"the notes are full"};
  }

  std::vector<Written> written_;
  size_t most_ = SIZE_MAX;
};

class GeneratedRows : public testing::Test {
 protected:
  std::vector<Written> generate(std::string_view text, GenerateOptions options = {}) {
    Notes notes;
    EXPECT_TRUE(generate_into(notes, text, options));
    return notes.written_;
  }
  Status generate_into(Notes& notes, std::string_view text, GenerateOptions options) {
    const auto files = read_dialect_files(std::vector{folder_.write("own.toml", text)});
    EXPECT_TRUE(files) << files.error().sentence;
    const auto lens = feature::make_lens(options.lens, {});
    return generate_rows(
        *files, options, **lens, stop_, [](double) {}, notes);
  }
  static std::map<std::string, std::vector<float>> by_name(const std::vector<Written>& written) {
    std::map<std::string, std::vector<float>> rows;
    for (const Written& w : written)
      EXPECT_TRUE(
          rows.emplace(connection_name(w.connection.ends, w.connection.number), w.values).second);
    return rows;
  }

  test::TemporaryFolder folder_;
  std::atomic<bool> stop_{false};
};

TEST_F(GeneratedRows, AreNamedForTheirFileDialectAndFamily) {
  const auto written =
      generate(std::string(kMiner) + std::string(kPoll), {.per_dialect = 3, .seed = 1});
  ASSERT_EQ(written.size(), 6U);
  for (size_t i = 0; i < 6; ++i) {
    const LabelledConnection& connection = written[i].connection;
    EXPECT_EQ(written[i].capture, "generated:own");
    EXPECT_EQ(connection.kind, i < 3 ? "miner" : "poll");
    EXPECT_EQ(connection.label, i < 3 ? Label::kMining : Label::kBenign);
    EXPECT_EQ(connection.source, "generator");
    EXPECT_EQ(connection.group, i < 3 ? "generator-own" : "generator");
    EXPECT_TRUE(to_string(connection.ends.client).starts_with("2001:db8:"));
    EXPECT_TRUE(written[i].ended);
    EXPECT_FALSE(written[i].values.empty());
  }
}

TEST_F(GeneratedRows, SameSeedSameRows) {
  EXPECT_EQ(by_name(generate(kMiner)), by_name(generate(kMiner)));
}

TEST_F(GeneratedRows, AnotherSeedGivesOtherRowsOfTheSameNames) {
  const auto one = by_name(generate(kMiner, {.per_dialect = 5, .seed = 1}));
  const auto two = by_name(generate(kMiner, {.per_dialect = 5, .seed = 2}));
  ASSERT_EQ(one.size(), 5U);
  ASSERT_EQ(two.size(), 5U);
  for (auto a = one.begin(), b = two.begin(); a != one.end(); ++a, ++b) {
    EXPECT_EQ(a->first, b->first);
    EXPECT_NE(a->second, b->second);
  }
}

TEST_F(GeneratedRows, CopiesLeaveTheirConnectionsAsTheyAre) {
  const auto plain = generate(kMiner, {.per_dialect = 5});
  const auto augmented = generate(kMiner, {.per_dialect = 5, .copies = 3});
  EXPECT_EQ(by_name(augmented), by_name(plain));
  std::set<std::vector<float>> distinct;
  for (const Written& w : augmented) {
    EXPECT_EQ(w.values_of_copies.size(), 3U);
    for (const auto& [copy, values] : w.values_of_copies) distinct.insert(values);
  }
  EXPECT_GT(distinct.size(), 10U) << "of 15 copies";
}

TEST_F(GeneratedRows, AreAtMostAsManyOfAConnectionAsAskedFor) {
  const size_t width = (*feature::make_lens("rhythm", {}))->width();
  const auto all = generate(kMiner, {.per_dialect = 3});
  const auto some = generate(kMiner, {.per_dialect = 3, .copies = 1, .most_rows = 8});
  ASSERT_EQ(some.size(), all.size());
  for (size_t i = 0; i < some.size(); ++i) {
    ASSERT_GT(all[i].values.size(), 8 * width);
    EXPECT_LE(some[i].values.size(), 8 * width);
    EXPECT_TRUE(std::equal(some[i].values.begin(),
                           some[i].values.begin() + static_cast<ptrdiff_t>(4 * width),
                           all[i].values.begin()));
    EXPECT_LE(some[i].values_of_copies.at(1).size(), 8 * width);
  }
}

TEST_F(GeneratedRows, ADialectMoreChangesNoOther) {
  const auto alone = by_name(generate(kMiner, {.per_dialect = 10}));
  const auto beside =
      by_name(generate(std::string(kPoll) + std::string(kMiner), {.per_dialect = 10}));
  EXPECT_EQ(beside.size(), 20U);
  for (const auto& [name, values] : alone) EXPECT_EQ(beside.at(name), values);
}

TEST_F(GeneratedRows, MoreConnectionsOfADialectChangeNoneBefore) {
  const auto few = by_name(generate(kMiner, {.per_dialect = 3}));
  const auto many = by_name(generate(kMiner, {.per_dialect = 12}));
  EXPECT_EQ(many.size(), 12U);
  for (const auto& [name, values] : few) EXPECT_EQ(many.at(name), values);
}

TEST_F(GeneratedRows, ConnectionsOfADialectDiffer) {
  std::set<std::vector<float>> different;
  for (const Written& w : generate(kMiner, {.per_dialect = 50})) different.insert(w.values);
  EXPECT_EQ(different.size(), 50U);
}

TEST_F(GeneratedRows, StopWhenTheSinkTakesNoMore) {
  Notes notes;
  notes.most_ = 2;
  const Status generated = generate_into(notes, kMiner, {});
  ASSERT_FALSE(generated);
  EXPECT_EQ(generated.error().sentence, "the notes are full");
  EXPECT_EQ(notes.written_.size(), 2U);
}

TEST_F(GeneratedRows, ARaisedStopEndsThemWithoutAFault) {
  stop_ = true;
  EXPECT_TRUE(generate(kMiner).empty());
}

TEST(CheckGeneratingLens, RefusesWhatLooksAtHeaders) {
  for (const std::string name : {"pair", "header"})
    EXPECT_EQ(check_generating_lens(**feature::make_lens(name, {})).error().sentence,
              "lens '" + name +
                  "' looks at values of headers, which a dialect does not describe: choose "
                  "another lens, such as rhythm");
  EXPECT_TRUE(check_generating_lens(**feature::make_lens("rhythm", {})));
}

}  // namespace
}  // namespace kanaria::train
