// SPDX-License-Identifier: Apache-2.0
#include "train/grid_file.h"

#include <csignal>
#include <fstream>
#include <sstream>
#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/base/temporary_folder.h"

namespace kanaria::train {
namespace {

using test::TemporaryFolder;

const GridSpace kSpace{.hidden_layers = {1, 2},
                       .nodes = {10, 40},
                       .batch = {32, 128},
                       .optimizer = {nn::OptimizerKind::kSgd, nn::OptimizerKind::kNadam},
                       .activation = {nn::Activation::kSoftsign}};

GridScore score_of(uint32_t rung, uint64_t combination) {
  GridScore score;
  score.rung = rung;
  score.combination = combination;
  score.rows_trained = 1000 << rung;
  score.loss = 1.0 / static_cast<double>(3 + combination);
  score.counts = {.true_positives = 160 + combination,
                  .false_negatives = 3,
                  .false_positives = 2,
                  .true_negatives = 3992};
  return score;
}

constexpr std::string_view kHeader =
    "rung,combination,hidden,batch,optimizer,activation,learning_rate,rows_trained,loss,"
    "true_positives,false_negatives,false_positives,true_negatives,recall,false_positive_rate,"
    "precision,f1,mcc,accuracy,run\n";

class GridFileTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path("grid.csv"); }
  std::string bytes() const {
    std::ifstream in(path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  GridFile file(const std::string& run = "run") const { return {path(), kSpace, run}; }
  // Writes and finishes a file with the rows of those combinations, in that order.
  std::string written(const std::vector<std::pair<uint32_t, uint64_t>>& keys) {
    GridFile grid = file();
    EXPECT_TRUE(grid.begin());
    for (const auto& [rung, combination] : keys) EXPECT_TRUE(grid.add(score_of(rung, combination)));
    EXPECT_TRUE(grid.finish());
    return bytes();
  }
  std::string left_beside() const {
    std::string names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path("")))
      if (entry.path() != path()) names += entry.path().filename().string() + " ";
    return names;
  }

  TemporaryFolder folder_;
};

TEST_F(GridFileTest, HasALineACombinationWithItsMeasures) {
  EXPECT_EQ(
      written({{0, 0}}),
      std::string(kHeader) +
          "0,0,10,32,sgd,softsign,0.01,1000,0.3333333333333333,160,3,2,3992,0.981595,0.000501,"
          "0.987654,0.984615,0.983995,0.998797,run\n");
}

TEST_F(GridFileTest, TellsTheOptimizersOwnLearningRateOrTheSpaces) {
  EXPECT_THAT(written({{0, 1}}), testing::HasSubstr("\n0,1,10,32,nadam,softsign,0.002,"));
  GridSpace with_rates = kSpace;
  with_rates.learning_rate = {0.25};
  GridFile grid(path(), with_rates, "run");
  ASSERT_TRUE(grid.begin());
  ASSERT_TRUE(grid.add(score_of(0, 1)));
  EXPECT_THAT(bytes(), testing::HasSubstr("\n0,1,10,32,nadam,softsign,0.25,"));
}

TEST_F(GridFileTest, HoldsEachRowAsSoonAsItWasAdded) {
  GridFile grid = file();
  ASSERT_TRUE(grid.begin());
  EXPECT_EQ(bytes(), kHeader);
  size_t lines = 1;
  for (const uint64_t combination : {5U, 2U, 7U}) {
    ASSERT_TRUE(grid.add(score_of(0, combination)));
    const std::string now = bytes();
    EXPECT_EQ(static_cast<size_t>(std::count(now.begin(), now.end(), '\n')), ++lines);
    EXPECT_THAT(now, testing::HasSubstr("\n0," + std::to_string(combination) + ","));
    EXPECT_TRUE(now.ends_with(",run\n"));
  }
}

TEST_F(GridFileTest, IsTheSameWhateverTheOrderInWhichRowsWereAdded) {
  std::vector<std::pair<uint32_t, uint64_t>> keys;
  for (uint64_t combination = 0; combination < 16; ++combination) keys.emplace_back(0, combination);
  for (const uint64_t combination : {3U, 9U, 14U}) keys.emplace_back(1, combination);
  keys.emplace_back(2, 9);
  const std::string in_order = written(keys);
  Random random(1);
  for (int round = 0; round < 10; ++round) {
    random.shuffle<std::pair<uint32_t, uint64_t>>(keys);
    EXPECT_EQ(written(keys), in_order);
    EXPECT_EQ(left_beside(), "");
  }
}

TEST_F(GridFileTest, GivesBackEveryRowInTheOrderOfRungAndCombination) {
  GridFile grid = file();
  ASSERT_TRUE(grid.begin());
  for (const auto& [rung, combination] : {std::pair{1U, 4U}, {0U, 4U}, {0U, 1U}})
    ASSERT_TRUE(grid.add(score_of(rung, combination)));
  ASSERT_TRUE(grid.finish());
  std::vector<std::pair<uint32_t, uint64_t>> keys;
  ASSERT_TRUE(grid.for_each([&](const GridScore& score) {
    keys.emplace_back(score.rung, score.combination);
    const GridScore added = score_of(score.rung, score.combination);
    EXPECT_EQ(score.loss, added.loss);  // to the last bit
    EXPECT_EQ(score.rows_trained, added.rows_trained);
    EXPECT_EQ(score.counts.true_positives, added.counts.true_positives);
    EXPECT_EQ(score.counts.false_negatives, 3U);
    EXPECT_EQ(score.counts.false_positives, 2U);
    EXPECT_EQ(score.counts.true_negatives, 3992U);
  }));
  EXPECT_THAT(keys,
              testing::ElementsAre(testing::Pair(0, 1), testing::Pair(0, 4), testing::Pair(1, 4)));
}

TEST_F(GridFileTest, KeepsALossThatIsNoNumberAndAnEndlessOne) {
  for (const double loss :
       {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::quiet_NaN(),
        std::numeric_limits<double>::infinity()}) {
    GridFile grid = file();
    ASSERT_TRUE(grid.begin());
    GridScore score = score_of(0, 0);
    score.loss = loss;
    ASSERT_TRUE(grid.add(score));
    ASSERT_TRUE(grid.finish());
    GridFile again = file();
    ASSERT_TRUE(again.resume());
    ASSERT_TRUE(again.known(0, 0));
    EXPECT_EQ(std::isnan(again.known(0, 0)->loss), std::isnan(loss));
    EXPECT_EQ(std::isinf(again.known(0, 0)->loss), std::isinf(loss));
  }
}

TEST_F(GridFileTest, ResumesWithTheRowsThatAreThere) {
  const std::string whole = written({{0, 0}, {0, 5}, {1, 5}});
  GridFile grid = file();
  ASSERT_TRUE(grid.resume());
  EXPECT_EQ(grid.known_count(), 3U);
  EXPECT_TRUE(grid.known(0, 0));
  EXPECT_TRUE(grid.known(1, 5));
  EXPECT_FALSE(grid.known(1, 0));
  EXPECT_EQ(grid.known(0, 5)->loss, score_of(0, 5).loss);
  EXPECT_EQ(bytes(), whole) << "nothing is written before begin()";
  ASSERT_TRUE(grid.begin());
  EXPECT_EQ(bytes(), whole);
  ASSERT_TRUE(grid.add(score_of(0, 2)));
  ASSERT_TRUE(grid.finish());
  EXPECT_EQ(bytes(), written({{0, 0}, {0, 2}, {0, 5}, {1, 5}}));
}

TEST_F(GridFileTest, ResumesFromALineCutAtEveryByte) {
  const std::string whole = written({{0, 0}, {0, 1}});
  const size_t second = whole.find("\n0,1,") + 1;
  for (size_t bytes_left = second; bytes_left < whole.size(); ++bytes_left) {
    folder_.write("grid.csv", std::string_view(whole).substr(0, bytes_left));
    GridFile grid = file();
    ASSERT_TRUE(grid.resume()) << bytes_left;
    EXPECT_EQ(grid.known_count(), 1U) << bytes_left;
    ASSERT_TRUE(grid.begin());
    ASSERT_TRUE(grid.add(score_of(0, 1)));
    ASSERT_TRUE(grid.finish());
    EXPECT_EQ(bytes(), whole);
  }
}

TEST_F(GridFileTest, ResumesFromNoFileAsIfThereWereNoRows) {
  GridFile grid = file();
  ASSERT_TRUE(grid.resume());
  EXPECT_EQ(grid.known_count(), 0U);
}

TEST_F(GridFileTest, DoesNotMixInRowsOfAnotherRun) {
  const std::string whole = written({{0, 0}});
  GridFile other = file("another run");
  EXPECT_EQ(other.resume().error().sentence,
            path() +
                ": holds results of another space, data set or options; name another "
                "file");
  EXPECT_EQ(bytes(), whole);
}

TEST_F(GridFileTest, RefusesAForeignFileAndLeavesItAlone) {
  const std::string no_result = path() + ": is no result of 'kanaria grid'; name another file";
  for (const std::string_view foreign : {"", "\n", "scope,measure,value\n",
                                         "\x7f"
                                         "ELF",
                                         "rung,combination,hidden\n0,0,10\n"}) {
    folder_.write("grid.csv", foreign);
    GridFile grid = file();
    EXPECT_EQ(grid.resume().error().sentence, no_result);
    EXPECT_EQ(bytes(), foreign);
  }
}

TEST_F(GridFileTest, RefusesALineThatIsNoRow) {
  for (const std::string line :
       {"0,0,10", "a,0,10,32,sgd,softsign,0.01,1000,0.3,1,2,3,4,0,0,0,0,0,0,run",
        "0,0,10,32,sgd,softsign,0.01,1000,0.3,1,2,-3,4,0,0,0,0,0,0,run",
        "0,0,10,32,sgd,softsign,0.01,1000,0.3,1,2,3,4,0,0,0,0,0,0,run,more"}) {
    folder_.write("grid.csv", std::string(kHeader) + line + "\n");
    GridFile grid = file();
    EXPECT_EQ(
        grid.resume().error().sentence,
        path() + ": '" + line.substr(0, 60) + "' is no row of a grid search; name another file");
  }
}

TEST_F(GridFileTest, SaysWhenTheFileCannotBeCreated) {
  GridFile grid(folder_.path("no/grid.csv"), kSpace, "run");
  EXPECT_EQ(grid.begin().error().sentence,
            folder_.path("no/grid.csv.part") +
                ": cannot be created (No such file or directory); check the folder and its "
                "permissions");
  std::filesystem::create_directory(folder_.path("folder.csv"));
  GridFile over_folder(folder_.path("folder.csv"), kSpace, "run");
  EXPECT_EQ(over_folder.begin().error().sentence,
            folder_.path("folder.csv") +
                ": cannot be replaced (Is a directory); check the folder and its permissions");
}

// A disk that is full after so many bytes.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST_F(GridFileTest, SaysWhenTheDiskIsFullAndKeepsTheRowsWritten) {
  GridFile grid = file();
  ASSERT_TRUE(grid.begin());
  ASSERT_TRUE(grid.add(score_of(0, 0)));
  const std::string before = bytes();
  Status added = Done{};
  {
    const FullDisk full(before.size() + 10);
    added = grid.add(score_of(0, 1));
  }
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().sentence, path() +
                                        ": could not be written on (File too large); what "
                                        "stands in it is kept, check the space left");
  EXPECT_THAT(bytes(), testing::StartsWith(before));
  GridFile again = file();
  ASSERT_TRUE(again.resume());
  EXPECT_EQ(again.known_count(), 1U);
}

TEST_F(GridFileTest, AFullDiskAtTheBeginningLeavesTheOldFileAlone) {
  const std::string whole = written({{0, 0}, {0, 1}, {0, 2}});
  GridFile grid = file();
  ASSERT_TRUE(grid.resume());
  Status begun = Done{};
  {
    const FullDisk full(whole.size() - 10);
    begun = grid.begin();
  }
  ASSERT_FALSE(begun);
  EXPECT_EQ(bytes(), whole);
}

}  // namespace
}  // namespace kanaria::train
