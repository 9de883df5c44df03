// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model.h"
#include "nn/inference.h"
#include "tests/model/sample_model.h"

namespace kanaria::model {
namespace {

std::vector<float> logits_of(const Model& model) {
  Random random(5);
  std::vector<float> rows(100 * model.mlp.inputs()), logits(100);
  for (float& value : rows) value = static_cast<float>(random.uniform(-300, 300));
  nn::Inference(model.mlp, model.scaling, *nn::choose_simd()).logits(rows, logits);
  return logits;
}

TEST(OnnxRoundTrip, EqualModelsGiveEqualBytes) {
  EXPECT_EQ(to_onnx(sample_model()), to_onnx(sample_model()));
}

TEST(OnnxRoundTrip, AModelReadAndWrittenAgainIsTheSameBytes) {
  for (const auto activation : {nn::Activation::kLinear, nn::Activation::kRelu,
                                nn::Activation::kTanh, nn::Activation::kSoftsign})
    for (const auto& hidden : {std::vector<size_t>{}, {1}, {8}, {9, 17}, {5, 6, 7, 8, 9, 10}}) {
      const std::string bytes = to_onnx(sample_model(hidden, activation));
      const auto again = read(bytes);
      ASSERT_TRUE(again) << again.error().sentence;
      EXPECT_EQ(to_onnx(*again), bytes);
    }
}

TEST(OnnxRoundTrip, LogitsAreTheSameBits) {
  for (const size_t inputs : {1U, 4U, 8U, 65U}) {
    const Model model = sample_model({9, 17}, nn::Activation::kTanh, inputs);
    const auto again = read(to_onnx(model));
    ASSERT_TRUE(again);
    EXPECT_EQ(logits_of(*again), logits_of(model));
  }
}

TEST(OnnxRoundTrip, MetadataIsKept) {
  const Model model = sample_model();
  const auto again = read(to_onnx(model));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->lens, "pair");
  EXPECT_EQ(again->lens_version, 3);
  EXPECT_EQ(again->value_names, model.value_names);
  EXPECT_EQ(again->scaling.mean, model.scaling.mean);
  EXPECT_EQ(again->scaling.scale, model.scaling.scale);
  EXPECT_EQ(again->scaling.clip, 5.0F);
  EXPECT_EQ(again->thresholds.alarming_logit, 1.25F);
  EXPECT_EQ(again->thresholds.alarming_share, 0.375);
  EXPECT_EQ(again->provenance.training_data, "00ff");
  EXPECT_EQ(again->provenance.description, "a sample, \"quoted\"");
  EXPECT_EQ(again->provenance.seed, 18446744073709551615U);
  EXPECT_EQ(again->provenance.program_version, "0.1.0");
}

TEST(OnnxRoundTrip, ThresholdsKeepEveryBit) {
  Model model = sample_model();
  model.thresholds = {0.1F, 0.1};
  const auto again = read(to_onnx(model));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->thresholds.alarming_logit, 0.1F);
  EXPECT_EQ(again->thresholds.alarming_share, 0.1);
}

TEST(OnnxRoundTrip, CalibrationKeepsEveryBitAndIsTheIdentityWhereItIsNotWritten) {
  Model model = sample_model();
  EXPECT_THAT(to_onnx(model), testing::Not(testing::HasSubstr("kanaria.calibration")));
  EXPECT_EQ(read(to_onnx(model))->calibration.slope, 1);
  EXPECT_EQ(read(to_onnx(model))->calibration.intercept, 0);
  model.calibration = {0.1, -1e-17};
  const auto again = read(to_onnx(model));
  ASSERT_TRUE(again) << again.error().sentence;
  EXPECT_EQ(again->calibration.slope, 0.1);
  EXPECT_EQ(again->calibration.intercept, -1e-17);
}

TEST(OnnxRoundTrip, CalibrationPointsAndEvidenceThresholdKeepEveryBit) {
  Model model = sample_model();
  EXPECT_EQ(read(to_onnx(model))->calibration.points.size(), 0U);
  EXPECT_EQ(read(to_onnx(model))->thresholds.evidence_threshold, std::nullopt);
  model.calibration.points = {{-16, -1.0 / 3}, {-0.1, -1.0 / 3}, {0.1, 1e-17}, {1e300, 0.1}};
  model.thresholds.evidence_threshold = 0.1;
  const std::string bytes = to_onnx(model);
  const auto again = read(bytes);
  ASSERT_TRUE(again) << again.error().sentence;
  ASSERT_EQ(again->calibration.points.size(), 4U);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(again->calibration.points[i].logit, model.calibration.points[i].logit);
    EXPECT_EQ(again->calibration.points[i].log_odds, model.calibration.points[i].log_odds);
  }
  EXPECT_EQ(again->thresholds.evidence_threshold, 0.1);
  EXPECT_EQ(again->thresholds.threshold(), 0.1) << "not the alarming share";
  EXPECT_EQ(to_onnx(*again), bytes);
}

TEST(Calibration, LiesOnTheLinesBetweenPointsAndIsLevelBeyondThem) {
  // The line beside the points does not count.
  const Calibration calibration{100, 100, {{-2, -4}, {0, -4}, {4, 6}}};
  const std::vector<std::pair<double, double>> expected{{-1e30, -4}, {-2, -4}, {-1, -4}, {0, -4},
                                                        {1, -1.5},   {2, 1},   {4, 6},   {1e30, 6}};
  for (const auto& [logit, log_odds] : expected)
    EXPECT_DOUBLE_EQ(calibration.log_odds(logit), log_odds) << logit;
}

TEST(Calibration, MakesLogOddsOfLogits) {
  std::vector<float> logits{-1, 0, 2};
  Calibration{2, 0.5}.apply(logits);
  EXPECT_THAT(logits, testing::ElementsAre(-1.5F, 0.5F, 4.5F));
}

TEST(Calibration, OfNothingKeepsEveryBit) {
  Random random(1);
  std::vector<float> logits(1000);
  for (float& logit : logits) logit = static_cast<float>(random.uniform(-1e6, 1e6));
  std::vector<float> calibrated = logits;
  Calibration{}.apply(calibrated);
  EXPECT_EQ(calibrated, logits);
}

TEST(OnnxReader, TakesFloatDataTransposedWeightsAndARowShapedBias) {
  const Model model = sample_model({}, nn::Activation::kRelu, 2);
  onnx::Model file;
  file.ParseFromString(to_onnx(model));
  set_values(constant(file, "w1"), {1, 2}, {model.mlp.weight(0, 0, 0), model.mlp.weight(0, 1, 0)});
  set_values(constant(file, "b1"), {1, 1}, {model.mlp.bias(0, 0)});
  onnx::Attribute& attribute = *node(file, 3).add_attribute();
  attribute.set_name("transB");
  attribute.set_i(1);
  const auto read_back = read(file.SerializeAsString());
  ASSERT_TRUE(read_back) << read_back.error().sentence;
  EXPECT_EQ(logits_of(*read_back), logits_of(model));
}

TEST(OnnxReader, AModelWithoutScalingOrBiasTakesRawRowsAndZero) {
  const auto bare = read(tampered([](onnx::Model& file) {
    auto& nodes = *file.mutable_graph()->mutable_node();
    nodes.DeleteSubrange(0, 3);
    nodes.Mutable(0)->set_input(0, "rows");
    nodes.Mutable(0)->mutable_input()->RemoveLast();
  }));
  ASSERT_TRUE(bare) << bare.error().sentence;
  EXPECT_THAT(bare->scaling.mean, testing::Each(0.0F));
  EXPECT_THAT(bare->scaling.scale, testing::Each(1.0F));
  EXPECT_EQ(bare->mlp.bias(0, 0), 0.0F);
  const std::vector<float> row(4, 1e6F);
  std::vector<float> scaled(4);
  bare->scaling.apply(row.data(), bare->scaling.reciprocals().data(), scaled.data());
  EXPECT_EQ(scaled, row);
}

TEST(OnnxReader, AModelMayEndInItsLogitWithoutASigmoid) {
  EXPECT_TRUE(read(tampered([](onnx::Model& file) { set_outputs(file, {"logit"}); })));
}

}  // namespace
}  // namespace kanaria::model
