// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model.h"
#include "tests/model/sample_model.h"

namespace kanaria::model {
namespace {

class ModelFile : public testing::Test {
 protected:
  ModelFile() {
    std::string pattern = testing::TempDir() + "kanaria-model-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ModelFile() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  size_t files() const {
    return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(ModelFile, SavedIsLoadedAgain) {
  ASSERT_TRUE(save_model(sample_model(), path("m.onnx")));
  const auto model = load_model(path("m.onnx"));
  ASSERT_TRUE(model);
  EXPECT_EQ(to_onnx(*model), to_onnx(sample_model()));
  EXPECT_EQ(files(), 1U);
}

TEST_F(ModelFile, SavingReplacesAnOlderOne) {
  ASSERT_TRUE(save_model(sample_model({7}), path("m.onnx")));
  ASSERT_TRUE(save_model(sample_model(), path("m.onnx")));
  EXPECT_EQ(to_onnx(*load_model(path("m.onnx"))), to_onnx(sample_model()));
}

TEST_F(ModelFile, MissingIsSaidByName) {
  EXPECT_EQ(load_model("/nowhere/m.onnx").error().sentence,
            "/nowhere/m.onnx: the model cannot be opened (No such file or directory); check the "
            "path");
}

TEST_F(ModelFile, ADirectoryIsNoModel) {
  std::filesystem::create_directory(path("d"));
  EXPECT_EQ(load_model(path("d")).error().sentence,
            path("d") + ": the model cannot be read (Is a directory); check the path");
}

TEST_F(ModelFile, TooLargeIsRefusedBeforeItIsParsed) {
  std::ofstream(path("large")).put('x');
  std::filesystem::resize_file(path("large"), (8U << 20) + 1);
  EXPECT_EQ(load_model(path("large")).error().sentence,
            path("large") + ": is larger than any model kanaria can use (8 MiB)");
}

TEST_F(ModelFile, SavingIntoAMissingFolderFailsWithTheReason) {
  const auto saved = save_model(sample_model(), path("no/m.onnx"));
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().sentence,
            path("no/m.onnx") +
                ": the model cannot be written (No such file or directory); check the folder and "
                "the space left");
}

TEST_F(ModelFile, SavingOntoADirectoryFailsAndLeavesNothingBehind) {
  std::filesystem::create_directory(path("d"));
  const auto saved = save_model(sample_model(), path("d"));
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().sentence,
            path("d") +
                ": the model cannot be written (Is a directory); check the folder and the space "
                "left");
  EXPECT_EQ(files(), 1U);
}

TEST(DefaultModel, PairIsBuiltIn) {
  const auto model = default_model("pair");
  ASSERT_TRUE(model) << model.error().sentence;
  EXPECT_EQ(model->lens, "pair");
}

TEST(DefaultModel, OtherLensesNeedATrainedOne) {
  EXPECT_EQ(default_model("header").error().sentence,
            "lens 'header' has no built-in model; train one with 'kanaria train --lens header' and "
            "name it with --model");
}

}  // namespace
}  // namespace kanaria::model
