// SPDX-License-Identifier: Apache-2.0
// Model files cut and spoiled at every kind of place: each is either taken as a whole model or
// refused with a sentence, in little time and memory.
#include <cmath>
#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model.h"
#include "nn/inference.h"
#include "tests/model/sample_model.h"

namespace kanaria::model {
namespace {

bool is_sentence(const Result<Model>& model) {
  return !model && model.error().sentence.starts_with("m.onnx: ") &&
         model.error().sentence.size() < 300;
}

// Whatever was taken can be scored with.
void score(const Model& model) {
  std::vector<float> rows(3 * model.mlp.inputs(), 1.0F), logits(3);
  nn::Inference(model.mlp, model.scaling, *nn::choose_simd()).logits(rows, logits);
}

long peak_memory_kib() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(SpoiledModel, CutAnywhereIsRefusedOrDecidesLikeTheWholeModel) {
  const std::string whole = to_onnx(sample_model());
  const Model expected = *read(whole);
  size_t taken = 0;
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto model = read(whole.substr(0, size));
    if (!model) {
      ASSERT_TRUE(is_sentence(model)) << size;
      continue;
    }
    ++taken;
    EXPECT_EQ(model->lens, expected.lens) << size;
    EXPECT_EQ(model->value_names, expected.value_names) << size;
    EXPECT_EQ(model->thresholds.alarming_logit, expected.thresholds.alarming_logit) << size;
    EXPECT_EQ(model->thresholds.alarming_share, expected.thresholds.alarming_share) << size;
  }
  EXPECT_LE(taken, 4U) << "only what tells of the model's origin may be missing";
}

TEST(SpoiledModel, ThousandsOfChangedBytesNeverCrash) {
  const std::string whole = to_onnx(sample_model());
  Random random(11);
  size_t refused = 0;
  constexpr size_t kTries = 5000;
  for (size_t attempt = 0; attempt < kTries; ++attempt) {
    std::string spoiled = whole;
    for (uint64_t change = 0; change <= random.below(4); ++change)
      spoiled[random.below(spoiled.size())] = static_cast<char>(random.below(256));
    const auto model = read(spoiled);
    if (model)
      score(*model);
    else
      ASSERT_TRUE(is_sentence(model)) << attempt << ": " << model.error().sentence;
    refused += !model;
  }
  EXPECT_GT(refused, kTries / 10);
  EXPECT_LT(refused, kTries);
}

TEST(SpoiledModel, PiecesTakenOutDoubledOrExchangedNeverCrash) {
  const std::string whole = to_onnx(sample_model());
  Random random(12);
  for (size_t attempt = 0; attempt < 3000; ++attempt) {
    std::string spoiled = whole;
    const size_t at = random.below(whole.size());
    const std::string piece = whole.substr(random.below(whole.size()), random.below(64));
    switch (random.below(3)) {
      case 0: spoiled.erase(at, random.below(64)); break;
      case 1: spoiled.insert(at, piece); break;
      default: spoiled.replace(at, piece.size(), piece); break;
    }
    const auto model = read(spoiled);
    if (model)
      score(*model);
    else
      ASSERT_TRUE(is_sentence(model)) << attempt << ": " << model.error().sentence;
  }
}

TEST(SpoiledModel, OneMatrixNamedByAThousandLayersDoesNotFillMemory) {
  onnx::Model file;
  file.ParseFromString(to_onnx(sample_model()));
  set_values(constant(file, "w1"), {1024, 1024}, std::vector<float>(1024 * 1024, 0.5F));
  auto& graph = *file.mutable_graph();
  graph.clear_node();
  graph.mutable_input(0)->clear_type();
  for (int layer = 0; layer < 1000; ++layer) {
    onnx::Node& gemm = *graph.add_node();
    gemm.set_op_type("Gemm");
    gemm.add_input(layer == 0 ? "rows" : fmt::format("v{}", layer));
    gemm.add_input("w1");
    gemm.add_output(fmt::format("v{}", layer + 1));
  }
  set_outputs(file, {"v1000"});
  const std::string bytes = file.SerializeAsString();
  const long before = peak_memory_kib();
  EXPECT_EQ(read(bytes).error().sentence,
            "m.onnx: the model has more than 1048576 weights; kanaria takes a multilayer "
            "perceptron (see docs/model.md)");
  EXPECT_LT(peak_memory_kib() - before, 512 * 1024);
}

TEST(SpoiledModel, AHundredThousandOperatorsAreRefusedBeforeTheyAreFollowed) {
  const std::string bytes = tampered([](onnx::Model& file) {
    for (int extra = 0; extra < 100000; ++extra) file.mutable_graph()->add_node();
  });
  EXPECT_EQ(read(bytes).error().sentence,
            "m.onnx: the model has 100009 operators; kanaria takes a multilayer perceptron (see "
            "docs/model.md)");
}

}  // namespace
}  // namespace kanaria::model
