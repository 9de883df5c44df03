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
  for (const char* op : {"MatMul", "Conv", "LSTM", "TreeEnsembleClassifier"})
    EXPECT_EQ(refusal([&](auto& file) { node(file, 4).set_op_type(op); }),
              not_a_perceptron(fmt::format("has an operator '{}' that an MLP does not need", op)));
}

TEST(OnnxRefusal, NamesTheDomainOfAnOperatorThatIsNotOnnxsOwn) {
  EXPECT_EQ(refusal([](auto& file) { node(file, 4).set_domain("com.example"); }),
            not_a_perceptron("has an operator 'com.example.Relu' that an MLP does not need"));
}

TEST(OnnxRefusal, CutsLongOperatorNames) {
  EXPECT_EQ(
      refusal([](auto& file) { node(file, 4).set_op_type(std::string(100000, 'x')); }),
      not_a_perceptron("has an operator '" + std::string(40, 'x') + "' that an MLP does not need"));
}

TEST(OnnxRefusal, ASecondBranchAndOperatorsBehindTheScore) {
  const auto add_node = [](onnx::Model& file, const char* op, const char* input) {
    onnx::Node& extra = *file.mutable_graph()->add_node();
    extra.set_op_type(op);
    extra.add_input(input);
    extra.add_output("extra");
  };
  EXPECT_EQ(refusal([&](auto& file) { add_node(file, "Relu", "clipped"); }),
            not_a_perceptron("has an operator 'Relu' outside the chain from input to logit"));
  EXPECT_EQ(refusal([&](auto& file) { add_node(file, "Not", "score"); }),
            not_a_perceptron("has an operator 'Not' outside the chain from input to logit"));
}

TEST(OnnxRefusal, ACircleEnds) {
  EXPECT_EQ(refusal([](auto& file) { node(file, 4).set_output(0, "rows"); }),
            not_a_perceptron("goes in a circle"));
}

TEST(OnnxRefusal, NoInputNoOutputNoLayer) {
  EXPECT_EQ(refusal([](auto& file) { file.mutable_graph()->clear_input(); }),
            not_a_perceptron("has no input"));
  EXPECT_EQ(refusal([](auto& file) { node(file, 1).clear_output(); }),
            not_a_perceptron("has a node without an output"));
  EXPECT_EQ(refusal([](auto& file) { file.mutable_graph()->mutable_node()->DeleteSubrange(3, 6); }),
            not_a_perceptron("holds no dense layer"));
}

TEST(OnnxRefusal, AnEndThatIsNotOneLogit) {
  EXPECT_EQ(refusal([](auto& file) { file.mutable_graph()->mutable_node()->DeleteSubrange(6, 3); }),
            not_a_perceptron("does not end in one logit"));
  EXPECT_EQ(refusal([](auto& file) {
              onnx::Node& last = node(file, 8);
              last.set_op_type("Tanh");
            }),
            not_a_perceptron("does not end in a logit"));
}

TEST(OnnxRefusal, WeightsAndBiasesThatAreNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    const std::vector<float> weights(20, bad), bias(5, bad), row(4, bad);
    EXPECT_EQ(
        refusal([&](auto& file) {
          set_values(constant(file, "w1"), {4, 5}, weights);
        }),
        not_a_perceptron("has a Gemm whose weights are no matrix of finite float32 constants"));
    EXPECT_EQ(refusal([&](auto& file) { set_values(constant(file, "b1"), {5}, bias); }),
              not_a_perceptron("has a Gemm whose bias are no finite float32 constants"));
    EXPECT_EQ(refusal([&](auto& file) { set_values(constant(file, "mean"), {4}, row); }),
              not_a_perceptron("has a Sub that is no scaling of its input by finite constants"));
  }
}

TEST(OnnxRefusal, DimensionsThatLie) {
  const std::string sentence =
      not_a_perceptron("has a Gemm whose weights are no matrix of finite float32 constants");
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
  const std::string sentence =
      not_a_perceptron("has a Gemm whose weights are no matrix of finite float32 constants");
  EXPECT_EQ(refusal([](auto& file) { constant(file, "w1").set_data_type(11); }), sentence);
  EXPECT_EQ(refusal([](auto& file) { constant(file, "w1").set_data_location(1); }), sentence);
  EXPECT_EQ(refusal([](auto& file) { constant(file, "w1").set_name("elsewhere"); }), sentence);
}

TEST(OnnxRefusal, WidthsThatDoNotFitTogether) {
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "w2"), {4, 3}, std::vector<float>(12, 1.0F));
            }),
            not_a_perceptron("has layers whose widths do not fit together"));
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "b1"), {4}, {1, 2, 3, 4});
            }),
            not_a_perceptron("has a Gemm whose bias has another width"));
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "b1"), {5, 1}, {1, 2, 3, 4, 5});
            }),
            not_a_perceptron("has a Gemm whose bias has another width"));
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
  EXPECT_EQ(with_attribute("alpha", 0.5F, 0), not_a_perceptron("has a Gemm with a factor"));
  EXPECT_EQ(with_attribute("beta", 2, 0), not_a_perceptron("has a Gemm with a factor"));
  EXPECT_EQ(with_attribute("transA", 0, 1), not_a_perceptron("has a Gemm with transA"));
}

TEST(OnnxRefusal, ScalingInAnotherOrderMeansAnotherThing) {
  const std::string sub =
      not_a_perceptron("has a Sub that is no scaling of its input by finite constants");
  EXPECT_EQ(refusal([](auto& file) {
              node(file, 0).set_op_type("Div");
              node(file, 1).set_op_type("Sub");
            }),
            sub);
  EXPECT_EQ(refusal([](auto& file) { node(file, 1).set_op_type("Sub"); }), sub);
  EXPECT_EQ(refusal([](auto& file) {
              node(file, 0).set_input(0, "mean");
              node(file, 0).set_input(1, "rows");
            }),
            sub);
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "mean"), {4, 1}, {1, 2, 3, 4});
            }),
            sub);
}

TEST(OnnxRefusal, AClipThatIsNotSymmetric) {
  const std::string sentence =
      not_a_perceptron("has a Clip that does not bound its scaled input symmetrically around 0");
  EXPECT_EQ(refusal([](auto& file) { set_values(constant(file, "clip_low"), {}, {-4}); }),
            sentence);
  EXPECT_EQ(refusal([](auto& file) { set_values(constant(file, "clip_high"), {}, {-5}); }),
            sentence);
  EXPECT_EQ(refusal([](auto& file) { node(file, 2).clear_input(); }),
            not_a_perceptron("has an operator 'Clip' outside the chain from input to logit"));
}

TEST(OnnxRefusal, AnActivationWithoutALayerOrAfterAnother) {
  const std::string sentence =
      not_a_perceptron("has an activation without a dense layer before it");
  EXPECT_EQ(refusal([](auto& file) { node(file, 0).set_op_type("Relu"); }), sentence);
  EXPECT_EQ(refusal([](auto& file) { node(file, 5).set_op_type("Tanh"); }), sentence);
}

TEST(OnnxRefusal, AScaleThatIsNotAboveZero) {
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "scale"), {4}, {1, 0, 1, 1});
            }),
            "m.onnx: the model divides an input by 0; a scale is above 0: train it with 'kanaria "
            "train'");
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "scale"), {4}, {1, -2, 1, 1});
            }),
            "m.onnx: the model divides an input by -2; a scale is above 0: train it with 'kanaria "
            "train'");
}

TEST(OnnxRefusal, NamesScalingAndInputsOfDifferentNumber) {
  EXPECT_EQ(refusal([](auto& file) { set_metadata(file, kKeyValueNames, "a,b,c"); }),
            "m.onnx: the model's values (3), scaling (4) and inputs (4) do not fit together");
  EXPECT_EQ(refusal([](auto& file) {
              set_values(constant(file, "mean"), {3}, {1, 2, 3});
            }),
            "m.onnx: the model's values (4), scaling (3) and inputs (4) do not fit together");
}

TEST(OnnxRefusal, MissingLens) {
  EXPECT_EQ(refusal([](auto& file) { set_metadata(file, kKeyLens, ""); }),
            "m.onnx: the model does not say which lens it was trained with; train it with 'kanaria "
            "train'");
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

}  // namespace
}  // namespace kanaria::model
