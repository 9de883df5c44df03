// SPDX-License-Identifier: Apache-2.0
#include "train/grid_space.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace kanaria::train {
namespace {

using test::TemporaryFolder;

constexpr std::string_view kGood =
    "hidden_layers = [1, 2]\n"
    "nodes = [4, 8, 16]\n"
    "widths = \"independent\"\n"
    "batch = [32]\n"
    "optimizer = [\"sgd\", \"adam\"]\n"
    "activation = [\"tanh\"]\n"
    "learning_rate = [0.1, 1]\n";

// What is different between any two combinations.
std::string text_of(const Combination& c) {
  return widths_text(c.hidden) + " " + std::to_string(c.batch) + " " +
         std::string(nn::name(c.optimizer)) + " " + std::string(nn::name(c.activation)) + " " +
         (c.learning_rate ? std::to_string(*c.learning_rate) : "default");
}

std::set<std::string> combinations_of(const GridSpace& space) {
  std::set<std::string> combinations;
  for (uint64_t index = 0; index < space.size(); ++index)
    combinations.insert(text_of(space.at(index)));
  return combinations;
}

class GridSpaceFile : public testing::Test {
 protected:
  Result<GridSpace> load(std::string_view text) {
    return load_grid_space(folder_.write("space.toml", text));
  }
  // kGood with the line of that key replaced; an empty one: left out.
  Result<GridSpace> load_with(std::string_view key, std::string_view line) {
    std::string text(kGood);
    const size_t begin = text.find(key), end = text.find('\n', begin) + 1;
    text.replace(begin, end - begin, std::string(line) + (line.empty() ? "" : "\n"));
    return load(text);
  }
  std::string sentence(std::string_view what) {
    return folder_.path("space.toml") + ": " + std::string(what);
  }

  TemporaryFolder folder_;
};

TEST(GridSpace, TheThesissHas672Combinations) {
  const auto space = load_grid_space("thesis");
  ASSERT_TRUE(space);
  EXPECT_EQ(space->size(), 672U);
  const auto combinations = combinations_of(*space);
  EXPECT_EQ(combinations.size(), 672U);
  EXPECT_TRUE(combinations.contains("40-40 128 adam relu default"));  // the thesis's best
  EXPECT_TRUE(combinations.contains("10 32 rmsprop softsign default"));
  EXPECT_TRUE(combinations.contains("30-30-30-30-30-30-30 32 nadam tanh default"));
}

TEST(GridSpace, TheThesissWithAWidthForEachLayerHas524256) {
  const auto space = load_grid_space("thesis-independent");
  ASSERT_TRUE(space);
  EXPECT_EQ(space->size(), 524'256U);
  EXPECT_EQ(space->size(), (4U + 16 + 64 + 256 + 1024 + 4096 + 16384) * 2 * 4 * 3);
  std::set<std::string> networks;
  for (uint64_t index = 0; index < space->size(); index += 24)
    networks.insert(widths_text(space->at(index).hidden));
  EXPECT_EQ(networks.size(), 21'844U);
  EXPECT_TRUE(networks.contains("10-20-30-40-30-20-10"));
}

TEST(GridSpace, EveryIndexOfTheLargeSpaceIsAnotherCombination) {
  const auto space = load_grid_space("thesis-independent");
  std::vector<uint64_t> keys;
  keys.reserve(space->size());
  for (uint64_t index = 0; index < space->size(); ++index) {
    const Combination c = space->at(index);
    uint64_t key = c.hidden.size();  // 3 bits; each width in 6
    for (const size_t width : c.hidden) key = key << 6 | width;
    key = key << 1 | (c.batch == 128 ? 1U : 0U);
    key = key << 3 | static_cast<uint64_t>(c.optimizer);
    keys.push_back(key << 2 | static_cast<uint64_t>(c.activation));
  }
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

TEST_F(GridSpaceFile, IsReadWhole) {
  const auto space = load(kGood);
  ASSERT_TRUE(space) << space.error().sentence;
  EXPECT_THAT(space->hidden_layers, testing::ElementsAre(1, 2));
  EXPECT_THAT(space->nodes, testing::ElementsAre(4, 8, 16));
  EXPECT_EQ(space->widths, Widths::kIndependent);
  EXPECT_THAT(space->batch, testing::ElementsAre(32));
  EXPECT_THAT(space->optimizer,
              testing::ElementsAre(nn::OptimizerKind::kSgd, nn::OptimizerKind::kAdam));
  EXPECT_THAT(space->activation, testing::ElementsAre(nn::Activation::kTanh));
  EXPECT_THAT(space->learning_rate, testing::ElementsAre(0.1, 1.0));
  EXPECT_EQ(space->size(), (3U + 9) * 2 * 2);
  EXPECT_EQ(combinations_of(*space).size(), space->size());
  EXPECT_EQ(space->text(),
            "layers 1 2; nodes independent 4 8 16; batch 32; optimizer sgd adam; activation tanh; "
            "rate 0.1 1");
}

TEST_F(GridSpaceFile, NeedsNeitherWidthsNorLearningRate) {
  const auto equal = load_with("widths", "");
  ASSERT_TRUE(equal);
  EXPECT_EQ(equal->widths, Widths::kEqual);
  EXPECT_EQ(equal->size(), 2U * 3 * 2 * 2);
  const auto rate = load_with("learning_rate", "");
  ASSERT_TRUE(rate);
  EXPECT_THAT(rate->learning_rate, testing::ElementsAre(std::nullopt));
}

TEST_F(GridSpaceFile, WithoutAKeySaysWhich) {
  for (const std::string key : {"hidden_layers", "nodes", "batch", "optimizer", "activation"})
    EXPECT_EQ(load_with(key, "").error().sentence,
              sentence("'" + key + "' is missing; see docs/grid.md"));
  EXPECT_EQ(load("").error().sentence, sentence("'hidden_layers' is missing; see docs/grid.md"));
}

TEST_F(GridSpaceFile, WithAnUnknownKeySaysWhich) {
  EXPECT_EQ(load(std::string(kGood) + "momentum = 0.9\n").error().sentence,
            sentence("line 8: 'momentum' is not known; it is one of hidden_layers, nodes, widths, "
                     "batch, optimizer, activation, learning_rate; see docs/grid.md"));
}

TEST_F(GridSpaceFile, WithAWrongValueSaysWhereItStandsAndWhatItMayBe) {
  struct Wrong {
    std::string_view key, line, sentence;
  };
  for (const auto& wrong : {
           Wrong{"hidden_layers", "hidden_layers = 3",
                 "line 1: 'hidden_layers' is no list of values"},
           Wrong{"hidden_layers", "hidden_layers = []",
                 "line 1: 'hidden_layers' is no list of values"},
           Wrong{"hidden_layers", "hidden_layers = [1, 8]",
                 "line 1: 'hidden_layers' is no whole number from 1 to 7"},
           Wrong{"hidden_layers", "hidden_layers = [0]",
                 "line 1: 'hidden_layers' is no whole number from 1 to 7"},
           Wrong{"nodes", "nodes = [10, -1]", "line 2: 'nodes' is no whole number from 1 to 4096"},
           Wrong{"nodes", "nodes = [4097]", "line 2: 'nodes' is no whole number from 1 to 4096"},
           Wrong{"nodes", "nodes = [10.0]", "line 2: 'nodes' is no whole number from 1 to 4096"},
           Wrong{"nodes", "nodes = [\"10\"]", "line 2: 'nodes' is no whole number from 1 to 4096"},
           Wrong{"widths", "widths = \"any\"", "line 3: 'widths' is none of equal, independent"},
           Wrong{"widths", "widths = 1", "line 3: 'widths' is none of equal, independent"},
           Wrong{"batch", "batch = [0]", "line 4: 'batch' is no whole number from 1 to 1048576"},
           Wrong{"batch", "batch = [[32]]", "line 4: 'batch' is no whole number from 1 to 1048576"},
           Wrong{"batch", "batch = []", "line 4: 'batch' is no list of values"},
           Wrong{"optimizer", "optimizer = [\"adam\", \"adamw\"]",
                 "line 5: 'optimizer' is none of sgd, rmsprop, adagrad, adam, nadam"},
           Wrong{"optimizer", "optimizer = \"adam\"", "line 5: 'optimizer' is no list of values"},
           Wrong{"activation", "activation = [1]",
                 "line 6: 'activation' is none of relu, tanh, softsign"},
           Wrong{"learning_rate", "learning_rate = [0]",
                 "line 7: 'learning_rate' is no learning rate above 0 and up to 10"},
           Wrong{"learning_rate", "learning_rate = [10.5]",
                 "line 7: 'learning_rate' is no learning rate above 0 and up to 10"},
           Wrong{"learning_rate", "learning_rate = [nan]",
                 "line 7: 'learning_rate' is no learning rate above 0 and up to 10"},
           Wrong{"learning_rate", "learning_rate = [\"0.1\"]",
                 "line 7: 'learning_rate' is no learning rate above 0 and up to 10"},
           Wrong{"learning_rate", "learning_rate = []",
                 "line 7: 'learning_rate' is no list of values"},
       }) {
    const auto loaded = load_with(wrong.key, wrong.line);
    ASSERT_FALSE(loaded) << wrong.line;
    EXPECT_EQ(loaded.error().sentence,
              sentence(std::string(wrong.sentence) + "; see docs/grid.md"));
  }
}

TEST_F(GridSpaceFile, TellsTheFirstFaultOnly) {
  EXPECT_EQ(load("nodes = [0]\nbatch = [0]\n").error().sentence,
            sentence("'hidden_layers' is missing; see docs/grid.md"));
}

TEST_F(GridSpaceFile, ThatIsNoTomlSaysTheLine) {
  const auto broken = load("hidden_layers = [1]\nnodes = [1,\n");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().sentence, testing::StartsWith(sentence("line ")));
  EXPECT_THAT(broken.error().sentence, testing::EndsWith("; correct it"));
  const auto twice = load("nodes = [1]\nnodes = [2]\n");
  EXPECT_THAT(twice.error().sentence, testing::StartsWith(sentence("line 2: ")));
  EXPECT_THAT(twice.error().sentence, testing::HasSubstr("cannot redefine existing array"));
}

TEST_F(GridSpaceFile, ThatCannotBeReadIsSaid) {
  const std::string none = folder_.path("none.toml");
  EXPECT_EQ(load_grid_space(none).error().sentence, none + ": cannot be read; check the path");
}

TEST_F(GridSpaceFile, CutAnywhereIsRefusedOrSmallerButNeverCrashes) {
  for (size_t bytes = 0; bytes < kGood.size(); ++bytes) {
    const auto cut = load(kGood.substr(0, bytes));
    if (cut) {
      EXPECT_GE(cut->size(), 1U);
    } else {
      EXPECT_THAT(cut.error().sentence, testing::StartsWith(folder_.path("space.toml") + ": "));
    }
  }
}

TEST_F(GridSpaceFile, WithNetworksThatNoModelFileMayHoldIsRefused) {
  EXPECT_EQ(load_with("nodes", "nodes = [10, 1024]").error().sentence,
            sentence("2 layers of 1024 nodes have more than 1048576 weights; leave some out"));
  EXPECT_TRUE(load_with("nodes", "nodes = [10, 1023]"));
}

TEST_F(GridSpaceFile, WithTooManyCombinationsIsRefused) {
  const std::string too_many =
      sentence("has more than 16777216 combinations; leave some values out");
  std::string nodes = "nodes = [1";
  for (int width = 2; width <= 65; ++width) nodes += ", " + std::to_string(width);
  const std::string rest = "batch = [32]\noptimizer = [\"adam\"]\nactivation = [\"relu\"]\n";
  // 65⁴ is above 2²⁴.
  EXPECT_EQ(load("hidden_layers = [4]\nwidths = \"independent\"\n" + nodes + "]\n" + rest)
                .error()
                .sentence,
            too_many);
  for (int width = 66; width <= 400; ++width) nodes += ", " + std::to_string(width);
  EXPECT_EQ(load("hidden_layers = [7]\nwidths = \"independent\"\n" + nodes + "]\n" + rest)
                .error()
                .sentence,
            too_many);
  // With one width for all layers there are just 400.
  const auto equal = load("hidden_layers = [7]\n" + nodes + "]\n" + rest);
  ASSERT_TRUE(equal) << equal.error().sentence;
  EXPECT_EQ(equal->size(), 400U);
}

TEST(GridSpace, AnUnknownNameIsSaidWithTheKnownOnes) {
  EXPECT_EQ(load_grid_space("theses").error().sentence,
            "unknown space 'theses': it is thesis, thesis-independent, or a file that ends in "
            ".toml");
}

TEST(GridSpace, ACombinationReplacesWhatItDecidesAndNothingElse) {
  TrainOptions options;
  options.epochs = 7;
  options.seed = 9;
  options.learning_rate = 0.5;
  const TrainOptions with = with_combination(options, {.hidden = {3, 4},
                                                       .batch = 5,
                                                       .optimizer = nn::OptimizerKind::kNadam,
                                                       .activation = nn::Activation::kTanh,
                                                       .learning_rate = std::nullopt});
  EXPECT_THAT(with.hidden, testing::ElementsAre(3, 4));
  EXPECT_EQ(with.batch, 5U);
  EXPECT_EQ(with.optimizer, nn::OptimizerKind::kNadam);
  EXPECT_EQ(with.activation, nn::Activation::kTanh);
  EXPECT_EQ(with.learning_rate, std::nullopt);
  EXPECT_EQ(with.epochs, 7U);
  EXPECT_EQ(with.seed, 9U);
}

}  // namespace
}  // namespace kanaria::train
