// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "onnx.pb.h"
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/model.h"
#include "model/onnx_metadata.h"

namespace kanaria::model {
namespace {

constexpr int kIrVersion = 8;
constexpr int kOpset = 13;

class GraphBuilder {
 public:
  explicit GraphBuilder(onnx::Graph& graph) : graph_(graph) {}

  void initializer(const std::string& name, std::initializer_list<size_t> dims,
                   std::span<const float> values) {
    onnx::Tensor& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(kOnnxFloat);
    for (const size_t dim : dims) tensor.add_dims(static_cast<int64_t>(dim));
    // raw_data is little endian by definition.
    std::string raw;
    for (const float value : values) {
      uint32_t bits;
      std::memcpy(&bits, &value, 4);
      for (int byte = 0; byte < 4; ++byte)
        raw.push_back(static_cast<char>(bits >> 8 * byte & 0xff));
    }
    tensor.set_raw_data(std::move(raw));
  }

  // Appends a node that reads the chain's end and the named initializers; its output is the new
  // end.
  void node(const std::string& op, std::initializer_list<std::string> more_inputs,
            const std::string& output) {
    onnx::Node& node = *graph_.add_node();
    node.set_op_type(op);
    node.set_name(output);
    node.add_input(end_);
    for (const std::string& input : more_inputs) node.add_input(input);
    node.add_output(output);
    end_ = output;
  }

  static void describe(onnx::ValueInfo& value, const std::string& name, size_t columns) {
    value.set_name(name);
    auto& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(kOnnxFloat);
    type.mutable_shape()->add_dim()->set_dim_param("N");
    type.mutable_shape()->add_dim()->set_dim_value(static_cast<int64_t>(columns));
  }

 private:
  onnx::Graph& graph_;
  std::string end_ = "rows";
};

std::string onnx_operator(nn::Activation activation) {
  switch (activation) {
    case nn::Activation::kRelu: return "Relu";
    case nn::Activation::kTanh: return "Tanh";
    case nn::Activation::kSoftsign: return "Softsign";
    case nn::Activation::kLinear: break;
  }
  return "Identity";
}

void add_layers(GraphBuilder& builder, const nn::Mlp& mlp) {
  for (size_t l = 0; l < mlp.layers().size(); ++l) {
    const nn::DenseLayer& layer = mlp.layers()[l];
    std::vector<float> weights, bias;
    for (size_t i = 0; i < layer.inputs; ++i)
      for (size_t o = 0; o < layer.outputs; ++o) weights.push_back(mlp.weight(l, i, o));
    for (size_t o = 0; o < layer.outputs; ++o) bias.push_back(mlp.bias(l, o));
    const std::string w = fmt::format("w{}", l + 1), b = fmt::format("b{}", l + 1);
    builder.initializer(w, {layer.inputs, layer.outputs}, weights);
    builder.initializer(b, {layer.outputs}, bias);
    const bool last = l + 1 == mlp.layers().size();
    builder.node("Gemm", {w, b}, last ? "logit" : fmt::format("dense{}", l + 1));
    if (!last) builder.node(onnx_operator(layer.activation), {}, fmt::format("hidden{}", l + 1));
  }
}

std::vector<std::string> points_of(const Calibration& calibration) {
  std::vector<std::string> texts;
  texts.reserve(calibration.points.size());
  for (const auto& [logit, log_odds] : calibration.points)
    texts.push_back(fmt::format("{}:{}", logit, log_odds));
  return texts;
}

}  // namespace

std::string to_onnx(const Model& model) {
  onnx::Model file;
  file.set_ir_version(kIrVersion);
  file.set_producer_name("kanaria");
  file.set_producer_version(model.provenance.program_version);
  file.add_opset_import()->set_version(kOpset);

  onnx::Graph& graph = *file.mutable_graph();
  graph.set_name("kanaria");
  GraphBuilder::describe(*graph.add_input(), "rows", model.mlp.inputs());
  GraphBuilder::describe(*graph.add_output(), "score", 1);
  GraphBuilder::describe(*graph.add_output(), "logit", 1);

  GraphBuilder builder(graph);
  const float low = -model.scaling.clip, high = model.scaling.clip;
  builder.initializer("mean", {model.scaling.mean.size()}, model.scaling.mean);
  builder.initializer("scale", {model.scaling.scale.size()}, model.scaling.scale);
  builder.initializer("clip_low", {}, {&low, 1});
  builder.initializer("clip_high", {}, {&high, 1});
  builder.node("Sub", {"mean"}, "centred");
  builder.node("Div", {"scale"}, "standardised");
  builder.node("Clip", {"clip_low", "clip_high"}, "clipped");
  add_layers(builder, model.mlp);
  builder.node("Sigmoid", {}, "score");

  const auto note = [&](const char* key, std::string value) {
    auto& entry = *file.add_metadata_props();
    entry.set_key(key);
    entry.set_value(std::move(value));
  };
  note(kKeyLens, model.lens);
  note(kKeyLensVersion, fmt::format("{}", model.lens_version));
  note(kKeyValueNames, fmt::format("{}", fmt::join(model.value_names, ",")));
  note(kKeyAlarmingLogit, fmt::format("{}", model.thresholds.alarming_logit));
  note(kKeyAlarmingShare, fmt::format("{}", model.thresholds.alarming_share));
  // Written only where it says something: models of the same training keep the same bytes.
  const Calibration& calibration = model.calibration;
  if (calibration.slope != 1 || calibration.intercept != 0)
    note(kKeyCalibration, fmt::format("{},{}", calibration.slope, calibration.intercept));
  if (!calibration.points.empty())
    note(kKeyCalibrationPoints, fmt::format("{}", fmt::join(points_of(calibration), ",")));
  if (const auto threshold = model.thresholds.evidence_threshold)
    note(kKeyEvidenceThreshold, fmt::format("{}", *threshold));
  note(kKeyTrainingData, model.provenance.training_data);
  note(kKeyDescription, model.provenance.description);
  note(kKeySeed, fmt::format("{}", model.provenance.seed));
  note(kKeyVersion, model.provenance.program_version);
  return file.SerializeAsString();
}

}  // namespace kanaria::model
