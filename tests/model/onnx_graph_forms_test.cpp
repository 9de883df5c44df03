// SPDX-License-Identifier: Apache-2.0
// The same network written in the ways exporters write it gives the same logits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model.h"
#include "model/onnx_metadata.h"
#include "nn/inference.h"
#include "tests/model/sample_model.h"

namespace kanaria::model {
namespace {

// A network of one hidden layer, 2 -> 2 -> 1, built an operator at a time.
class Graph {
 public:
  Graph() {
    file_.mutable_graph()->add_input()->set_name("x");
    constant("w1", {2, 2}, {1, -2, 3, 0.5F});
    constant("b1", {2}, {0.25F, -1});
    constant("w2", {2, 1}, {2, -1});
    constant("b2", {1}, {0.5F});
    constant("one", {}, {1});
  }

  Graph& constant(const std::string& name, std::vector<int64_t> dims,
                  const std::vector<float>& values) {
    onnx::Tensor& tensor = *file_.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(kOnnxFloat);
    set_values(tensor, std::move(dims), values);
    return *this;
  }
  Graph& double_constant(const std::string& name, double value) {
    onnx::Tensor& tensor = *file_.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(kOnnxDouble);
    tensor.add_dims(1);
    tensor.add_double_data(value);
    return *this;
  }
  Graph& shape(const std::string& name, const std::vector<int64_t>& values) {
    onnx::Tensor& tensor = *file_.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(kOnnxInt64);
    tensor.add_dims(static_cast<int64_t>(values.size()));
    for (const int64_t value : values) tensor.add_int64_data(value);
    return *this;
  }
  Graph& node(const std::string& op, const std::vector<std::string>& inputs,
              const std::string& output) {
    onnx::Node& node = *file_.mutable_graph()->add_node();
    node.set_op_type(op);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(output);
    return *this;
  }
  // Of the last node.
  Graph& with(const char* attribute, int64_t value) {
    auto& nodes = *file_.mutable_graph()->mutable_node();
    onnx::Attribute& added = *nodes.Mutable(nodes.size() - 1)->add_attribute();
    added.set_name(attribute);
    added.set_i(value);
    return *this;
  }
  Graph& with_float(const char* attribute, float value) {
    auto& nodes = *file_.mutable_graph()->mutable_node();
    onnx::Attribute& added = *nodes.Mutable(nodes.size() - 1)->add_attribute();
    added.set_name(attribute);
    added.set_f(value);
    return *this;
  }
  Graph& with_floats(const char* attribute, const std::vector<float>& values) {
    auto& nodes = *file_.mutable_graph()->mutable_node();
    onnx::Attribute& added = *nodes.Mutable(nodes.size() - 1)->add_attribute();
    added.set_name(attribute);
    for (const float value : values) added.add_floats(value);
    return *this;
  }
  Graph& in_domain(const char* domain) {
    auto& nodes = *file_.mutable_graph()->mutable_node();
    nodes.Mutable(nodes.size() - 1)->set_domain(domain);
    return *this;
  }
  Graph& output(const std::string& name, int32_t type = kOnnxFloat) {
    onnx::ValueInfo& value = *file_.mutable_graph()->add_output();
    value.set_name(name);
    value.mutable_type()->mutable_tensor_type()->set_elem_type(type);
    return *this;
  }
  Graph& hidden(const std::string& from = "x") {
    return node("Gemm", {from, "w1", "b1"}, "d1").node("Relu", {"d1"}, "h1");
  }

  Result<Network> network() const {
    const std::string bytes = file_.SerializeAsString();
    return network_from_onnx("m.onnx",
                             {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  }
  // Of the row (1, 2): hidden (7.25, 0), logit 15 with relu and all biases.
  float logit() const {
    const auto read = network();
    if (!read) {
      ADD_FAILURE() << read.error().sentence;
      return 0;
    }
    const std::vector<float> row{1, 2};
    float logit = 0;
    nn::Inference(read->mlp, read->scaling, *nn::choose_simd()).logits(row, {&logit, 1});
    return logit;
  }
  std::string refusal() const {
    const auto read = network();
    const std::string begin = "m.onnx: the model ",
                      end = "; kanaria takes a multilayer perceptron (see docs/model.md)";
    if (read) return "was taken";
    const std::string& sentence = read.error().sentence;
    EXPECT_TRUE(sentence.starts_with(begin) && sentence.ends_with(end)) << sentence;
    return sentence.substr(begin.size(), sentence.size() - begin.size() - end.size());
  }

 private:
  onnx::Model file_;
};

Graph gemm_graph() { return Graph().hidden().node("Gemm", {"h1", "w2", "b2"}, "y").output("y"); }

TEST(GraphForms, GemmAndReluAreTheYardstick) { EXPECT_EQ(gemm_graph().logit(), 15.0F); }

TEST(GraphForms, MatMulAndAddInEitherOrderAreADenseLayer) {
  EXPECT_EQ(Graph()
                .node("MatMul", {"x", "w1"}, "m1")
                .node("Add", {"b1", "m1"}, "d1")
                .node("Relu", {"d1"}, "h1")
                .node("MatMul", {"h1", "w2"}, "m2")
                .node("Add", {"m2", "b2"}, "y")
                .output("y")
                .logit(),
            15.0F);
}

TEST(GraphForms, AMatMulWithoutAnAddHasNoBias) {
  EXPECT_EQ(Graph().hidden().node("MatMul", {"h1", "w2"}, "y").output("y").logit(), 14.5F);
}

TEST(GraphForms, WhatOnlyRenamesOrReshapesIsPassedBy) {
  Graph graph;
  graph.shape("rows_of_two", {-1, 2}).shape("flat", {-1}).shape("last", {1});
  graph.node("Cast", {"x"}, "x1").with("to", kOnnxDouble).node("Flatten", {"x1"}, "x2");
  graph.hidden("x2")
      .node("Reshape", {"h1", "rows_of_two"}, "h2")
      .node("Dropout", {"h2"}, "h3")
      .node("Gemm", {"h3", "w2", "b2"}, "y1")
      .node("Squeeze", {"y1", "last"}, "y2")
      .node("Sigmoid", {"y2"}, "p1")
      .node("Reshape", {"p1", "flat"}, "p2")
      .node("Identity", {"p2"}, "p3")
      .output("p3");
  EXPECT_EQ(graph.logit(), 15.0F);
}

TEST(GraphForms, ConstantNodesAreConstants) {
  Graph graph;
  graph.node("Constant", {}, "c").with_float("value_float", 0.5F);
  EXPECT_EQ(graph.hidden().node("Gemm", {"h1", "w2", "c"}, "y").output("y").logit(), 15.0F);
}

TEST(GraphForms, DoublesAreRoundedToFloats) {
  Graph graph;
  graph.double_constant("b", 0.1);
  const auto network =
      graph.hidden().node("Gemm", {"h1", "w2", "b"}, "y").output("y", kOnnxDouble).network();
  ASSERT_TRUE(network) << network.error().sentence;
  EXPECT_EQ(network->mlp.bias(1, 0), 0.1F);
}

TEST(GraphRefusal, ConstantsThatAreNoNumbers) {
  for (const char* kept : {"value_string", "value_floats"}) {
    Graph graph;
    graph.node("Constant", {}, "c").with_float(kept, 0.5F);
    EXPECT_EQ(graph.hidden().node("Gemm", {"h1", "w2", "c"}, "y").output("y").refusal(),
              "has an operator 'Gemm' (node 'y') whose bias are no finite float32 constants");
  }
}

TEST(GraphForms, SoftsignMayBeSpelledOut) {
  Graph whole, spelled;
  whole.node("Gemm", {"x", "w1", "b1"}, "d1").node("Softsign", {"d1"}, "h1");
  spelled.node("Gemm", {"x", "w1", "b1"}, "d1")
      .node("Abs", {"d1"}, "a")
      .node("Add", {"one", "a"}, "s")
      .node("Div", {"d1", "s"}, "h1");
  for (Graph* graph : {&whole, &spelled}) graph->node("Gemm", {"h1", "w2", "b2"}, "y").output("y");
  EXPECT_EQ(spelled.logit(), whole.logit());
  EXPECT_EQ(spelled.network()->mlp.layers()[0].activation, nn::Activation::kSoftsign);
}

TEST(GraphForms, ADivisionThatOnlyLooksLikeSoftsignIsNone) {
  EXPECT_EQ(Graph()
                .constant("two", {}, {2})
                .node("Gemm", {"x", "w1", "b1"}, "d1")
                .node("Abs", {"d1"}, "a")
                .node("Add", {"two", "a"}, "s")
                .node("Div", {"d1", "s"}, "h1")
                .node("Gemm", {"h1", "w2", "b2"}, "y")
                .output("y")
                .refusal(),
            "has an operator 'Div' (node 'h1') that does not join a row and a constant");
}

TEST(GraphForms, TwoClassesBecomeTheLogitOfTheSecond) {
  Graph graph;
  graph.constant("w", {2, 2}, {1, 3, 1, 0}).constant("b", {2}, {-0.25F, 0.25F}).hidden();
  graph.node("Gemm", {"h1", "w", "b"}, "two");
  Graph probabilities = graph;
  EXPECT_EQ(graph.output("two").logit(), 15.0F);
  EXPECT_EQ(probabilities.node("Softmax", {"two"}, "p").with("axis", 1).output("p").logit(), 15.0F);
}

TEST(GraphForms, TheBranchThatNamesTheClassIsNotLookedAt) {
  Graph graph = Graph().hidden().node("Gemm", {"h1", "w2", "b2"}, "y");
  graph.node("Sigmoid", {"y"}, "p").node("Sub", {"one", "p"}, "q");
  graph.node("Concat", {"q", "p"}, "both").with("axis", 1).node("ArgMax", {"both"}, "class");
  EXPECT_EQ(graph.output("class", kOnnxInt64).output("both").logit(), 15.0F);
}

TEST(GraphForms, SeveralOutputsOnOneWayGiveTheLastOfThem) {
  EXPECT_EQ(gemm_graph().output("h1").node("Sigmoid", {"y"}, "p").output("p").logit(), 15.0F);
}

TEST(GraphForms, ScalingMayBeWrittenInAnyOrder) {
  const std::vector<std::vector<std::string>> forms{{"Sub", "mean", "Div", "scale"},
                                                    {"Sub", "mean", "Mul", "factor"},
                                                    {"Mul", "factor", "Sub", "shift"},
                                                    {"Div", "scale", "Add", "back"}};
  for (const auto& form : forms) {  // each (x - (4, 2)) / (2, 0.5)
    Graph graph;
    graph.constant("mean", {2}, {4, 2}).constant("scale", {1, 2}, {2, 0.5F});
    graph.constant("factor", {2}, {0.5F, 2}).constant("shift", {2}, {2, 4});
    graph.constant("back", {2}, {-2, -4});
    graph.node(form[0], {"x", form[1]}, "s1").node(form[2], {"s1", form[3]}, "s2");
    graph.hidden("s2").node("Gemm", {"h1", "w2", "b2"}, "y").output("y");
    const auto network = graph.network();
    ASSERT_TRUE(network) << network.error().sentence;
    EXPECT_THAT(network->scaling.mean, testing::ElementsAre(4, 2)) << form[0] << form[2];
    EXPECT_THAT(network->scaling.scale, testing::ElementsAre(2, 0.5F)) << form[0] << form[2];
  }
}

TEST(GraphForms, ScikitLearnsScalerIsTaken) {
  Graph graph;
  graph.node("Scaler", {"x"}, "s").in_domain("ai.onnx.ml");
  graph.with_floats("offset", {4, 2}).with_floats("scale", {0.5F, 2});
  const auto network =
      graph.hidden("s").node("Gemm", {"h1", "w2", "b2"}, "y").output("y").network();
  ASSERT_TRUE(network) << network.error().sentence;
  EXPECT_THAT(network->scaling.mean, testing::ElementsAre(4, 2));
  EXPECT_THAT(network->scaling.scale, testing::ElementsAre(2, 0.5F));
}

TEST(GraphRefusal, ScalingThatIsNone) {
  const auto scaled = [](const std::string& op, const std::vector<std::string>& inputs) {
    Graph graph;
    graph.constant("three", {3}, {1, 2, 3}).constant("column", {2, 1}, {1, 2});
    graph.constant("zero", {}, {0}).constant("bound", {}, {1});
    graph.node(op, inputs, "s").hidden("s").node("Gemm", {"h1", "w2", "b2"}, "y").output("y");
    return graph.refusal();
  };
  const std::string end = "' (node 's') that is no scaling of its input by finite constants";
  EXPECT_EQ(scaled("Sub", {"one", "x"}), "has an operator 'Sub" + end);
  EXPECT_EQ(scaled("Div", {"one", "x"}), "has an operator 'Div" + end);
  EXPECT_EQ(scaled("Mul", {"x", "column"}), "has an operator 'Mul" + end);
  EXPECT_EQ(scaled("Sub", {"x", "three"}), "scales 3 values before 2 inputs");
  EXPECT_EQ(scaled("Mul", {"x", "zero"}), "divides an input by inf; a scale is finite and above 0");
  EXPECT_EQ(scaled("Div", {"x", "zero"}), "divides an input by 0; a scale is finite and above 0");
}

TEST(GraphRefusal, ReshapesThatMixRows) {
  const auto reshaped = [](const std::vector<int64_t>& shape) {
    Graph graph;
    graph.shape("shape", shape).hidden().node("Reshape", {"h1", "shape"}, "r");
    return graph.node("Gemm", {"r", "w2", "b2"}, "y").output("y").refusal();
  };
  EXPECT_EQ(reshaped({0, -1}), "was taken");
  for (const auto& shape :
       std::vector<std::vector<int64_t>>{{-1}, {-1, 1}, {2, -1}, {-1, -1}, {1, 2}, {-1, 2, 1}})
    EXPECT_EQ(reshaped(shape),
              "has an operator 'Reshape' (node 'r') that does not keep the rows as they are");
}

TEST(GraphRefusal, WhatOnlyTrainingNeeds) {
  Graph graph;
  graph.shape("training", {1}).hidden().node("Dropout", {"h1", "", "training"}, "h2");
  EXPECT_EQ(graph.node("Gemm", {"h2", "w2", "b2"}, "y").output("y").refusal(),
            "has an operator 'Dropout' (node 'h2') in training form; export the model in "
            "evaluation mode");
}

TEST(GraphRefusal, CastsToWholeNumbers) {
  EXPECT_EQ(gemm_graph().node("Cast", {"y"}, "z").with("to", kOnnxInt64).output("z").refusal(),
            "has an operator 'Cast' (node 'z') to another type than float or double");
}

TEST(GraphRefusal, ASecondWayForTheRow) {
  EXPECT_EQ(Graph().hidden().node("Add", {"d1", "h1"}, "sum").output("sum").refusal(),
            "has an operator 'Add' (node 'sum') that does not join a row and a constant");
  EXPECT_EQ(gemm_graph().node("Gemm", {"h1", "w2", "b2"}, "z").output("z").refusal(),
            "has several outputs; export it with one, not 'z' as well");
}

TEST(GraphRefusal, EndsThatAreNoProbability) {
  Graph three, two_sigmoids, softmax_of_one;
  three.constant("w", {2, 3}, {1, 2, 3, 4, 5, 6}).hidden().node("MatMul", {"h1", "w"}, "y");
  EXPECT_EQ(three.output("y").refusal(), "does not end in one logit or two classes");
  two_sigmoids.hidden().node("MatMul", {"h1", "w1"}, "y").node("Sigmoid", {"y"}, "p");
  EXPECT_EQ(two_sigmoids.output("p").refusal(), "ends in two probabilities that do not sum to 1");
  softmax_of_one.hidden().node("MatMul", {"h1", "w2"}, "y").node("Softmax", {"y"}, "p");
  EXPECT_EQ(softmax_of_one.output("p").refusal(),
            "has an operator 'Softmax' (node 'p') that does not choose between two classes");
}

TEST(GraphRefusal, NoOutputOfRealNumbers) {
  EXPECT_EQ(Graph().hidden().output("h1", kOnnxInt64).refusal(), "has no output of real numbers");
}

TEST(GraphRefusal, ClassesWhoseDifferenceIsBeyondFloat) {
  Graph graph;
  graph.constant("w", {2, 2}, {-3e38F, 3e38F, 1, 1}).hidden().node("MatMul", {"h1", "w"}, "y");
  EXPECT_EQ(graph.output("y").refusal(), "has weights too far apart for float32");
}

TEST(GraphRefusal, NamesOutOfTheFileAreShownFitForATerminal) {
  EXPECT_EQ(
      Graph()
          .hidden()
          .node("\x1b[31mElu", {"h1"}, std::string(100, 'n'))
          .output("h1")
          .output(std::string(100, 'n'))
          .refusal(),
      "has an operator '?[31mElu' (node '" + std::string(40, 'n') + "') that an MLP does not need");
}

}  // namespace
}  // namespace kanaria::model
