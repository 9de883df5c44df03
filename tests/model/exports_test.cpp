// SPDX-License-Identifier: Apache-2.0
// Files that Keras, PyTorch and scikit-learn exported (tests/model/exports), held against the
// logits those tools themselves computed.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "model/model.h"
#include "nn/inference.h"

namespace kanaria::model {
namespace {

const std::filesystem::path kExports = KANARIA_EXPORTS;

std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& path) {
  std::vector<std::vector<std::string>> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    auto& record = lines.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) record.push_back(field);
  }
  return lines;
}

std::vector<float> fixed_rows() {
  std::vector<float> rows;
  for (const auto& line : read_csv(kExports / "rows.csv"))
    for (const std::string& field : line) rows.push_back(std::stof(field));
  return rows;
}

// Name of the export -> logits of the fixed rows.
std::map<std::string, std::vector<float>> expected_logits() {
  const auto lines = read_csv(kExports / "logits.csv");
  std::map<std::string, std::vector<float>> columns;
  for (size_t row = 1; row < lines.size(); ++row)
    for (size_t c = 0; c < lines[0].size(); ++c)
      columns[lines[0][c]].push_back(std::stof(lines[row][c]));
  return columns;
}

std::string path_of(const std::string& name) { return (kExports / (name + ".onnx")).string(); }

std::string refusal(const std::string& name) {
  const auto network = load_network(path_of(name));
  return network ? "was taken" : network.error().sentence;
}

std::string not_needed(const std::string& name, const std::string& op) {
  return path_of(name) + ": the model has an operator " + op +
         " that an MLP does not need; kanaria takes a multilayer perceptron (see docs/model.md)";
}

TEST(Exports, GiveTheLogitsThatTheirToolComputes) {
  const std::vector<float> rows = fixed_rows();
  const auto columns = expected_logits();
  ASSERT_EQ(columns.size(), 12U);
  for (const auto& [name, expected] : columns) {
    const auto network = load_network(path_of(name));
    ASSERT_TRUE(network) << network.error().sentence;
    std::vector<float> logits(expected.size());
    ASSERT_EQ(rows.size(), logits.size() * network->mlp.inputs());
    nn::Inference(network->mlp, network->scaling, *nn::choose_simd()).logits(rows, logits);
    for (size_t r = 0; r < logits.size(); ++r)
      EXPECT_NEAR(logits[r], expected[r], 1e-4F * std::max(1.0F, std::fabs(expected[r])))
          << name << ", row " << r;
  }
}

TEST(Exports, KeepTheirActivations) {
  for (const auto& [name, columns] : expected_logits()) {
    const auto network = load_network(path_of(name));
    ASSERT_TRUE(network);
    ASSERT_EQ(network->mlp.layers().size(), 3U) << name;
    for (size_t l = 0; l < 2; ++l)
      EXPECT_THAT(name,
                  testing::HasSubstr(std::string(nn::name(network->mlp.layers()[l].activation))));
    EXPECT_EQ(network->mlp.layers()[2].activation, nn::Activation::kLinear) << name;
  }
}

TEST(Exports, AreNoModelsUntilTheyAreCalibrated) {
  const std::string path = path_of("sklearn-tanh-standard");
  EXPECT_EQ(load_model(path).error().sentence,
            path +
                ": the model does not say which lens it was trained with; calibrate it with "
                "'kanaria train LABELS.csv --from " +
                path + " --lens pair -o MODEL.onnx'");
}

TEST(Exports, ThatLeaveTheirScalingOpenAreRefused) {
  EXPECT_EQ(refusal("refused-keras-normalization"),
            path_of("refused-keras-normalization") +
                ": the model has 3 inputs, 'sequential_3_1/normalization_1/Sub/y:0' beside "
                "'keras_tensor_20'; export it with one; kanaria takes a multilayer perceptron (see "
                "docs/model.md)");
}

TEST(Exports, OfOtherNetworksAreRefusedByTheirOperator) {
  EXPECT_EQ(refusal("refused-torch-leaky-relu"),
            not_needed("refused-torch-leaky-relu", "'LeakyRelu' (node '/0/0.2/LeakyRelu')"));
  EXPECT_EQ(refusal("refused-keras-elu"),
            not_needed("refused-keras-elu", "'Elu' (node 'sequential_4_1/dense_8_1/Elu')"));
  EXPECT_EQ(refusal("refused-sklearn-logistic"),
            not_needed("refused-sklearn-logistic", "'Sigmoid' (node 'Sigmoid')"));
  EXPECT_EQ(refusal("refused-sklearn-zipmap"),
            not_needed("refused-sklearn-zipmap", "'ai.onnx.ml.ZipMap' (node 'ZipMap')"));
}

TEST(Exports, WithChangedBytesNeverCrash) {
  Random random(13);
  size_t taken = 0;
  for (const auto& file : std::filesystem::directory_iterator(kExports)) {
    if (file.path().extension() != ".onnx") continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::vector<uint8_t> whole(std::istreambuf_iterator<char>(in), {});
    for (int attempt = 0; attempt < 300; ++attempt) {
      std::vector<uint8_t> spoiled = whole;
      for (uint64_t change = 0; change <= random.below(6); ++change)
        spoiled[random.below(spoiled.size())] = static_cast<uint8_t>(random.below(256));
      if (random.below(4) == 0) spoiled.resize(random.below(spoiled.size()));
      const auto network = network_from_onnx("m.onnx", spoiled);
      taken += network.ok();
      if (!network) {
        EXPECT_TRUE(network.error().sentence.starts_with("m.onnx: "));
        EXPECT_LT(network.error().sentence.size(), 300U);
        continue;
      }
      std::vector<float> rows(network->mlp.inputs(), 1.0F), logits(1);
      nn::Inference(network->mlp, network->scaling, *nn::choose_simd()).logits(rows, logits);
    }
  }
  EXPECT_GT(taken, 300U);
}

}  // namespace
}  // namespace kanaria::model
