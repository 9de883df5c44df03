// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model.h"
#include "model/onnx_metadata.h"
#include "tests/model/sample_model.h"

namespace kanaria::model {
namespace {

// Nodes of the sample: 0 Sub, 1 Div, 2 Clip, 3 Gemm, 4 Relu, 5 Gemm, 6 Relu, 7 Gemm, 8 Sigmoid.
std::string refusal(const std::function<void(onnx::Model&)>& tamper) {
  const auto model = read(tampered(tamper));
  return model ? "was taken" : model.error().sentence;
}

std::string not_a_perceptron(const std::string& what) {
  return "m.onnx: the model " + what +
         "; kanaria takes a multilayer perceptron (see docs/model.md)";
}

TEST(OnnxRefusal, NotOnnxAtAll) {
  const std::string sentence = "m.onnx: is not an ONNX model; name a file made by 'kanaria train'";
  EXPECT_EQ(read("").error().sentence, sentence);
  EXPECT_EQ(read("file,label\n").error().sentence, sentence);
  EXPECT_EQ(read(std::string(4096, '\0')).error().sentence, sentence);
  EXPECT_EQ(refusal([](auto& file) { file.clear_graph(); }), sentence);
}

TEST(OnnxRefusal, NamesTheOperatorThatAnMlpDoesNotNeed) {
  for (const char* op : {"Elu", "Conv", "LSTM", "TreeEnsembleClassifier"})
    EXPECT_EQ(refusal([&](auto& file) { node(file, 4).set_op_type(op); }),
              not_a_perceptron(fmt::format(
                  "has an operator '{}' (node 'hidden1') that an MLP does not need", op)));
}

TEST(OnnxRefusal, NamesTheDomainOfAnOperatorThatIsNotOnnxsOwn) {
  EXPECT_EQ(refusal([](auto& file) { node(file, 4).set_domain("com.example"); }),
            not_a_perceptron(
                "has an operator 'com.example.Relu' (node 'hidden1') that an MLP does not need"));
}

TEST(OnnxRefusal, CutsLongOperatorNames) {
  EXPECT_EQ(refusal([](auto& file) { node(file, 4).set_op_type(std::string(100000, 'x')); }),
            not_a_perceptron("has an operator '" + std::string(40, 'x') +
                             "' (node 'hidden1') that an MLP does not need"));
}

TEST(OnnxRefusal, ACircleEnds) {
  EXPECT_EQ(refusal([](auto& file) { node(file, 3).set_input(0, "hidden1"); }),
            not_a_perceptron("goes in a circle"));
}

TEST(OnnxRefusal, NoInputNoOutputNoLayer) {
  const std::string no_way = not_a_perceptron("has no way from its input to 'score'");
  EXPECT_EQ(refusal([](auto& file) { file.mutable_graph()->clear_input(); }),
            not_a_perceptron("has no input"));
  EXPECT_EQ(refusal([](auto& file) { file.mutable_graph()->clear_output(); }),
            not_a_perceptron("has no output of real numbers"));
  EXPECT_EQ(refusal([](auto& file) { node(file, 1).clear_output(); }), no_way);
  EXPECT_EQ(refusal([](auto& file) { node(file, 4).set_output(0, "rows"); }), no_way);
  EXPECT_EQ(refusal([](auto& file) { node(file, 2).clear_input(); }),
            not_a_perceptron("has an operator 'Clip' (node 'clipped') without an input"));
  EXPECT_EQ(refusal([](auto& file) { set_outputs(file, {"clipped"}); }),
            not_a_perceptron("holds no dense layer"));
  EXPECT_EQ(refusal([](auto& file) { set_outputs(file, {"rows"}); }),
            not_a_perceptron("has no output of real numbers"));
}

TEST(OnnxRefusal, AnEndThatIsNotOneLogit) {
  EXPECT_EQ(refusal([](auto& file) { set_outputs(file, {"dense2"}); }),
            not_a_perceptron("does not end in one logit or two classes"));
  EXPECT_EQ(refusal([](auto& file) { node(file, 8).set_op_type("Tanh"); }),
            not_a_perceptron("does not end in a logit"));
}

TEST(OnnxRefusal, WeightsAndBiasesThatAreNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    const std::vector<float> weights(20, bad), bias(5, bad), row(4, bad);
    EXPECT_EQ(refusal([&](auto& file) {
                set_values(constant(file, "w1"), {4, 5}, weights);
              }),
              not_a_perceptron("has an operator 'Gemm' (node 'dense1') whose weights are no matrix "
                               "of finite float32 constants"));
    EXPECT_EQ(
        refusal([&](auto& file) { set_values(constant(file, "b1"), {5}, bias); }),
        not_a_perceptron(
            "has an operator 'Gemm' (node 'dense1') whose bias are no finite float32 constants"));
    EXPECT_EQ(refusal([&](auto& file) { set_values(constant(file, "mean"), {4}, row); }),
              not_a_perceptron("has an operator 'Sub' (node 'centred') that is no scaling of its "
                               "input by finite constants"));
  }
}

TEST(OnnxRefusal, DimensionsThatLie) {
  const std::string sentence = not_a_perceptron(
      "has an operator 'Gemm' (node 'dense1') whose weights are no matrix of finite float32 "
      "constants");
  for (const auto& dims : std::vector<std::vector<int64_t>>{{4, 4},
                                                            {4, 6},
                                                            {20},
                                                            {1, 4, 5},
                                                            {0, 5},
                                                            {-4, -5},
                                                            {4, int64_t{1} << 62},
                                                            {65536, 65536},
                                                            {65537, 1},
                                                            {INT64_MAX, INT64_MAX}})
    EXPECT_EQ(refusal([&](auto& file) {
                onnx::Tensor& weights = constant(file, "w1");
                weights.clear_dims();
                for (const int64_t dim : dims) weights.add_dims(dim);
              }),
              sentence)
        << testing::PrintToString(dims);
}

TEST(OnnxRefusal, OtherNumberTypesAndNumbersKeptElsewhere) {
  const std::string sentence = not_a_perceptron(
      "has an operator 'Gemm' (node 'dense1') whose weights are no matrix of finite float32 "
      "constants");
  EXPECT_EQ(refusal([](auto& file) { constant(file, "w1").set_data_type(11); }), sentence);
  EXPECT_EQ(refusal([](auto& file) { constant(file, "w1").set_data_location(1); }),
            not_a_perceptron("keeps its weights in another file; export it in one (PyTorch: "
                             "external_data=False)"));
  EXPECT_EQ(refusal([](auto& file) { constant(file, "w1").set_name("elsewhere"); }), sentence);
}

TEST(OnnxRefusal, WidthsThatDoNotFitTogether) {
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "w2"), {4, 3}, std::vector<float>(12, 1.0F));
            }),
            not_a_perceptron("has layers whose widths do not fit together"));
  EXPECT_EQ(
      refusal([](auto& file) {
        set_values(constant(file, "b1"), {4}, {1, 2, 3, 4});
      }),
      not_a_perceptron("has an operator 'Gemm' (node 'dense1') whose bias has another width"));
  EXPECT_EQ(
      refusal([](auto& file) {
        set_values(constant(file, "b1"), {5, 1}, {1, 2, 3, 4, 5});
      }),
      not_a_perceptron("has an operator 'Gemm' (node 'dense1') whose bias has another width"));
}

TEST(OnnxRefusal, GemmsThatDoMoreThanADenseLayer) {
  const auto with_attribute = [](const char* name, float f, int64_t i) {
    return refusal([&](onnx::Model& file) {
      onnx::Attribute& attribute = *node(file, 3).add_attribute();
      attribute.set_name(name);
      attribute.set_f(f);
      attribute.set_i(i);
    });
  };
  EXPECT_EQ(with_attribute("alpha", 0.5F, 0),
            not_a_perceptron("has an operator 'Gemm' (node 'dense1') with a factor"));
  EXPECT_EQ(with_attribute("beta", 2, 0),
            not_a_perceptron("has an operator 'Gemm' (node 'dense1') with a factor"));
  EXPECT_EQ(with_attribute("transA", 0, 1),
            not_a_perceptron("has an operator 'Gemm' (node 'dense1') with transA"));
}

TEST(OnnxRefusal, ScalingThatIsNone) {
  const std::string sub = not_a_perceptron(
      "has an operator 'Sub' (node 'centred') that is no scaling of its input by finite constants");
  EXPECT_EQ(refusal([](auto& file) {
              node(file, 0).set_input(0, "mean");
              node(file, 0).set_input(1, "rows");
            }),
            sub);
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "mean"), {4, 1}, {1, 2, 3, 4});
            }),
            sub);
  EXPECT_EQ(refusal([](auto& file) {
              node(file, 2).set_input(0, "centred");
              node(file, 1).set_input(0, "clipped");
              node(file, 3).set_input(0, "standardised");
            }),
            not_a_perceptron("has an operator 'Div' (node 'standardised') that is no scaling of "
                             "its input by finite constants"))
      << "a Clip before the scaling is another model";
}

TEST(OnnxRefusal, AClipThatIsNotSymmetric) {
  const std::string sentence = not_a_perceptron(
      "has an operator 'Clip' (node 'clipped') that does not bound its scaled input symmetrically "
      "around 0");
  EXPECT_EQ(refusal([](auto& file) { set_values(constant(file, "clip_low"), {}, {-4}); }),
            sentence);
  EXPECT_EQ(refusal([](auto& file) { set_values(constant(file, "clip_high"), {}, {-5}); }),
            sentence);
}

TEST(OnnxRefusal, AnActivationWithoutALayerOrAfterAnother) {
  EXPECT_EQ(
      refusal([](auto& file) { node(file, 2).set_op_type("Relu"); }),
      not_a_perceptron("has an operator 'Relu' (node 'clipped') without a dense layer before it"));
  EXPECT_EQ(
      refusal([](auto& file) { node(file, 5).set_op_type("Tanh"); }),
      not_a_perceptron("has an operator 'Tanh' (node 'dense2') without a dense layer before it"));
}

TEST(OnnxRefusal, AScaleThatIsNotAboveZero) {
  for (const auto& [value, shown] : {std::pair{0.0F, "0"}, {-2.0F, "-2"}})
    EXPECT_EQ(refusal([&](auto& file) {
                set_values(constant(file, "scale"), {4}, {1, value, 1, 1});
              }),
              not_a_perceptron(
                  fmt::format("divides an input by {}; a scale is finite and above 0", shown)));
}

TEST(OnnxRefusal, NamesScalingAndInputsOfDifferentNumber) {
  EXPECT_EQ(refusal([](auto& file) { set_metadata(file, kKeyValueNames, "a,b,c"); }),
            "m.onnx: the model names 3 values but takes 4; train it with 'kanaria train'");
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "mean"), {3}, {1, 2, 3});
            }),
            not_a_perceptron("has an operator 'Div' (node 'standardised') that is no scaling of "
                             "its input by finite constants"));
}

TEST(OnnxRefusal, MissingLens) {
  EXPECT_EQ(refusal([](auto& file) { set_metadata(file, kKeyLens, ""); }),
            "m.onnx: the model does not say which lens it was trained with; calibrate it with "
            "'kanaria train LABELS.csv --from m.onnx --lens pair -o MODEL.onnx'");
}

TEST(OnnxRefusal, MetadataThatVerdictsRestOnAndThatIsMissingOrNoNumber) {
  const auto of = [](const char* key, const char* value) {
    return refusal([&](onnx::Model& file) { set_metadata(file, key, value); });
  };
  EXPECT_EQ(of(kKeyLensVersion, "1.5"),
            "m.onnx: the model's kanaria.lens_version is '1.5', not a whole number; train it with "
            "'kanaria train'");
  for (const std::string value : {"", "nan", "inf", "-inf", "1e99", "1 ", "high"})
    EXPECT_EQ(of(kKeyAlarmingLogit, value.c_str()),
              "m.onnx: the model's kanaria.alarming_logit is '" + value +
                  "', not a finite number; train it with 'kanaria train'");
  for (const std::string value : {"", "nan", "-0.1", "1", "inf", "0,5"})
    EXPECT_EQ(of(kKeyAlarmingShare, value.c_str()),
              "m.onnx: the model's kanaria.alarming_share is '" + value +
                  "', not a share from 0 to below 1; train it with 'kanaria train'");
}

TEST(OnnxRefusal, ACalibrationThatIsNoneSaysWhich) {
  for (const std::string value : {"1", "1,", "1,2,3", "nan,0", "1,inf", "1, 0", "a,b"}) {
    Model model = sample_model();
    model.calibration = {2, 3};
    onnx::Model file;
    file.ParseFromString(to_onnx(model));
    set_metadata(file, kKeyCalibration, value);
    EXPECT_EQ(read(file.SerializeAsString()).error().sentence,
              "m.onnx: the model's kanaria.calibration is '" + value +
                  "', not two finite numbers; train it with 'kanaria train'");
  }
}

// A model whose verdicts rest on evidence, with other text in its metadata.
std::string with_evidence(const std::string& key, const std::string& text) {
  Model model = sample_model();
  model.calibration.points = {{-2, -3}, {1, 0.5}};
  model.thresholds.evidence_threshold = 3;
  onnx::Model file;
  file.ParseFromString(to_onnx(model));
  for (onnx::StringEntry& entry : *file.mutable_metadata_props())
    if (entry.key() == key) entry.set_value(text);
  const auto read_back = read(file.SerializeAsString());
  return read_back ? "was taken" : read_back.error().sentence;
}

std::string rising_points(int count) {
  std::string text = "0:0";
  for (int i = 1; i < count; ++i) text += fmt::format(",{}:{}", i, i);
  return text;
}

TEST(OnnxRefusal, CalibrationPointsThatAreNoneOrDoNotRiseAreSaid) {
  for (const std::string text :
       {"",         "1:2",       "0:1,",      "0:1,1:2,",  ",0:1,1:2",   "0:1,,1:2",
        "0:1;1:2",  "0:1,1",     "0:1,1:",    "0:1,:2",    "0:1,1:2:3",  "0:1,x:2",
        "0:1,1:x",  "0:nan,1:2", "nan:0,1:2", "0:1,inf:2", "0:-inf,1:2", "0:1,1e999:2",
        "0:1, 1:2", "+0:1,1:2",  "1:1,0:2",   "0:1,0:2",   "0:1,1:0.5"})
    EXPECT_EQ(with_evidence(kKeyCalibrationPoints, text),
              "m.onnx: the model's kanaria.calibration_points is '" + text +
                  "', not 2 to 256 pairs logit:log-odds of finite numbers that rise; train it "
                  "with 'kanaria train'");
}

TEST(OnnxRefusal, CalibrationPointsMayBeLevelAndUpTo256) {
  EXPECT_EQ(with_evidence(kKeyCalibrationPoints, "0:1,1:1"), "was taken");
  EXPECT_EQ(with_evidence(kKeyCalibrationPoints, "-1e300:-2,-1e-300:-1.5,1E3:7"), "was taken");
  EXPECT_EQ(with_evidence(kKeyCalibrationPoints, rising_points(256)), "was taken");
  EXPECT_THAT(with_evidence(kKeyCalibrationPoints, rising_points(257)),
              testing::StartsWith("m.onnx: the model's kanaria.calibration_points is '0:0,1:1,"));
}

TEST(OnnxRefusal, AnEvidenceThresholdThatIsNoNumberAboveZeroIsSaid) {
  for (const std::string text : {"", "0", "-0", "-2", "nan", "inf", "1e999", "3 ", "3,5", "high"})
    EXPECT_EQ(with_evidence(kKeyEvidenceThreshold, text),
              "m.onnx: the model's kanaria.evidence_threshold is '" + text +
                  "', not a finite number above 0; train it with 'kanaria train'");
  EXPECT_EQ(with_evidence(kKeyEvidenceThreshold, "1e-9"), "was taken");
}

}  // namespace
}  // namespace kanaria::model
