// SPDX-License-Identifier: Apache-2.0
#include "model/onnx_network.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "onnx.pb.h"
#include <fmt/format.h>

#include "model/affine_input.h"
#include "model/onnx_chain.h"
#include "model/onnx_constants.h"
#include "model/onnx_metadata.h"

namespace kanaria::model {
namespace {

constexpr float kNoClip = 1e30F;

struct Layer {
  size_t inputs = 0;
  size_t outputs = 0;
  std::vector<float> weights;  // [inputs, outputs] row-major
  std::vector<float> bias;     // [outputs]; empty: none so far
  nn::Activation activation = nn::Activation::kLinear;
};

const onnx::Attribute* attribute(const onnx::Node& node, std::string_view name) {
  for (const onnx::Attribute& candidate : node.attribute())
    if (candidate.name() == name) return &candidate;
  return nullptr;
}

int64_t whole(const onnx::Node& node, std::string_view name, int64_t otherwise) {
  const onnx::Attribute* found = attribute(node, name);
  return found == nullptr ? otherwise : found->i();
}

// One number a column: [n], [1, n] or a single number.
bool is_row(const Constant& constant) {
  return constant.dims.empty() ||
         constant.values.size() == static_cast<size_t>(constant.dims.back());
}

std::vector<float> transposed(const Constant& matrix) {
  const auto rows = static_cast<size_t>(matrix.dims[0]),
             columns = static_cast<size_t>(matrix.dims[1]);
  std::vector<float> result(matrix.values.size());
  for (size_t r = 0; r < rows; ++r)
    for (size_t c = 0; c < columns; ++c) result[c * rows + r] = matrix.values[r * columns + c];
  return result;
}

// Takes the operators in the order in which a row meets them.
class NetworkBuilder {
 public:
  NetworkBuilder(const Constants& constants, size_t inputs)
      : constants_(constants), inputs_(inputs) {}

  Status take(const Step& step) {
    struct Rule {
      std::string_view op;
      Status (NetworkBuilder::*take)(const Step&);
    };
    static constexpr Rule kRules[] = {
        {"Add", &NetworkBuilder::take_add},
        {"Cast", &NetworkBuilder::take_cast},
        {"Clip", &NetworkBuilder::take_clip},
        {"Div", &NetworkBuilder::take_scaling},
        {"Dropout", &NetworkBuilder::take_dropout},
        {"Flatten", &NetworkBuilder::take_flatten},
        {"Gemm", &NetworkBuilder::take_gemm},
        {"Identity", &NetworkBuilder::take_nothing},
        {"MatMul", &NetworkBuilder::take_matmul},
        {"Mul", &NetworkBuilder::take_scaling},
        {"Relu", &NetworkBuilder::take_activation},
        {"Reshape", &NetworkBuilder::take_reshape},
        {"Scaler", &NetworkBuilder::take_scaler},
        {"Sigmoid", &NetworkBuilder::take_sigmoid},
        {"Softmax", &NetworkBuilder::take_softmax},
        {"Softsign", &NetworkBuilder::take_activation},
        {"Squeeze", &NetworkBuilder::take_squeeze},
        {"Sub", &NetworkBuilder::take_scaling},
        {"Tanh", &NetworkBuilder::take_activation},
        {kBothClasses, &NetworkBuilder::take_both_classes},
    };
    const auto* rule = std::ranges::find_if(
        kRules, [&](const Rule& candidate) { return candidate.op == step.op; });
    return rule == std::end(kRules) ? not_needed(*step.node) : (this->*rule->take)(step);
  }

  Result<Network> finish() {
    if (layers_.empty()) return Error{"holds no dense layer"};
    if (layers_.back().activation != nn::Activation::kLinear)
      return Error{"does not end in a logit"};
    if (layers_.back().outputs > 2) return Error{"does not end in one logit or two classes"};
    if (layers_.back().outputs == 2) {
      if (squashed_by_ != nullptr && squashed_by_->op_type() == "Sigmoid")
        return Error{"ends in two probabilities that do not sum to 1"};
      keep_difference_of_classes(layers_.back());
    }
    for (const float weight : layers_.back().weights)
      if (!std::isfinite(weight)) return Error{"has weights too far apart for float32"};
    const size_t inputs = layers_.front().inputs;
    if (affine_.columns() != 1 && affine_.columns() != inputs)
      return Error{fmt::format("scales {} values before {} inputs", affine_.columns(), inputs)};
    nn::InputScaling scaling{affine_.mean(inputs), affine_.scale(inputs), clip_};
    for (size_t c = 0; c < inputs; ++c)
      if (!(scaling.scale[c] > 0) || !std::isnormal(scaling.scale[c]) ||
          !std::isfinite(scaling.mean[c]))
        return Error{
            fmt::format("divides an input by {}; a scale is finite and above 0", scaling.scale[c])};
    return Network{std::move(scaling), mlp()};
  }

 private:
  static Error not_needed(const onnx::Node& node) {
    return Error{fmt::format("has an operator {} that an MLP does not need", describe(node))};
  }
  static Error faulty(const onnx::Node& node, std::string_view what) {
    return Error{fmt::format("has an operator {} {}", describe(node), what)};
  }

  // Of the row at this point; 0: not known.
  size_t width() const { return layers_.empty() ? inputs_ : layers_.back().outputs; }

  Status take_nothing(const Step&) { return Done{}; }

  Status take_cast(const Step& step) {
    const int64_t to = whole(*step.node, "to", kOnnxUndefined);
    if (to == kOnnxFloat || to == kOnnxDouble) return Done{};
    return faulty(*step.node, "to another type than float or double");
  }

  Status take_dropout(const Step& step) {
    if (step.node->input_size() < 3 || step.node->input(2).empty()) return Done{};
    const Constant* training = constants_.find(step.node->input(2));
    if (training != nullptr && training->values == std::vector{0.0F}) return Done{};
    return faulty(*step.node, "in training form; export the model in evaluation mode");
  }

  Status take_flatten(const Step& step) {
    if (whole(*step.node, "axis", 1) == 1) return Done{};
    return faulty(*step.node, "that mixes rows");
  }

  // [N, d] stays [N, d]; [N, 1] may become [N].
  Status take_reshape(const Step& step) {
    const Constant* shape = step.node->input_size() == 2
                                ? constants_.find(step.node->input(1), Constant::Kind::kWhole)
                                : nullptr;
    const auto keeps = [&](const std::vector<float>& dims) {
      if (dims.size() == 1) return width() == 1 && dims[0] == -1;
      return dims.size() == 2 && dims[0] <= 0 && width() != 0 &&
             (dims[1] == static_cast<float>(width()) || (dims[0] == 0 && dims[1] == -1));
    };
    if (shape != nullptr && keeps(shape->values)) return Done{};
    return faulty(*step.node, "that does not keep the rows as they are");
  }

  Status take_squeeze(const Step& step) {
    if (width() == 1) return Done{};
    return faulty(*step.node, "that does not keep the rows as they are");
  }

  Status take_scaling(const Step& step) {
    const onnx::Node& node = *step.node;
    if (!layers_.empty()) return not_needed(node);
    const Constant* constant = constants_.real(node, 1 - step.input);
    const bool turned = step.input != 0 && (step.op == "Sub" || step.op == "Div");
    if (constant == nullptr || !is_row(*constant) || turned || clip_ != kNoClip ||
        !scale(step.op, constant->values))
      return faulty(node, "that is no scaling of its input by finite constants");
    return Done{};
  }

  bool scale(std::string_view op, std::span<const float> values) {
    if (op == "Sub") return affine_.subtract(values);
    if (op == "Add") return affine_.add(values);
    return op == "Mul" ? affine_.multiply(values) : affine_.divide(values);
  }

  // scikit-learn's StandardScaler: (x - offset) * scale.
  Status take_scaler(const Step& step) {
    const onnx::Attribute* offset = attribute(*step.node, "offset");
    const onnx::Attribute* factor = attribute(*step.node, "scale");
    if (!layers_.empty() || clip_ != kNoClip || offset == nullptr || factor == nullptr ||
        offset->floats().empty() || factor->floats().empty() ||
        !affine_.subtract({offset->floats().data(), static_cast<size_t>(offset->floats_size())}) ||
        !affine_.multiply({factor->floats().data(), static_cast<size_t>(factor->floats_size())}))
      return faulty(*step.node, "that is no scaling of its input by finite constants");
    return Done{};
  }

  Status take_clip(const Step& step) {
    const Constant* low = constants_.real(*step.node, 1);
    const Constant* high = constants_.real(*step.node, 2);
    if (low == nullptr || high == nullptr || !layers_.empty() || clip_ != kNoClip ||
        high->values.size() != 1 || low->values.size() != 1 || low->values[0] != -high->values[0] ||
        high->values[0] <= 0)
      return faulty(*step.node, "that does not bound its scaled input symmetrically around 0");
    clip_ = high->values[0];
    return Done{};
  }

  Status take_gemm(const Step& step) {
    const onnx::Node& node = *step.node;
    if (whole(node, "transA", 0) != 0) return faulty(node, "with transA");
    for (const char* factor : {"alpha", "beta"})
      if (const auto* found = attribute(node, factor); found != nullptr && found->f() != 1.0F)
        return faulty(node, "with a factor");
    if (auto added = add_layer(node, 1, whole(node, "transB", 0) != 0); !added) return added;
    if (node.input_size() < 3 || node.input(2).empty()) return set_bias(node, {0.0F});
    const Constant* bias = constants_.real(node, 2);
    if (bias == nullptr) return faulty(node, "whose bias are no finite float32 constants");
    return is_row(*bias) ? set_bias(node, bias->values) : wrong_bias(node);
  }

  Status take_matmul(const Step& step) {
    if (step.input != 0) return not_needed(*step.node);
    return add_layer(*step.node, 1, false);
  }

  Status add_layer(const onnx::Node& node, int weights_input, bool transpose) {
    if (squashed_by_ != nullptr) return not_needed(*squashed_by_);
    const Constant* weights = constants_.real(node, weights_input);
    if (weights == nullptr || weights->dims.size() != 2)
      return faulty(node, "whose weights are no matrix of finite float32 constants");
    weights_ += weights->values.size();
    if (weights_ > kMostWeights)
      return Error{fmt::format("has more than {} weights", kMostWeights)};
    Layer layer{.inputs = static_cast<size_t>(weights->dims[transpose ? 1 : 0]),
                .outputs = static_cast<size_t>(weights->dims[transpose ? 0 : 1]),
                .weights = transpose ? transposed(*weights) : weights->values,
                .bias = {}};
    if (width() != 0 && width() != layer.inputs)
      return Error{"has layers whose widths do not fit together"};
    layers_.push_back(std::move(layer));
    return Done{};
  }

  // Behind a MatMul an Add is its bias, before any layer it is scaling.
  Status take_add(const Step& step) {
    const onnx::Node& node = *step.node;
    if (layers_.empty()) return take_scaling(step);
    const Layer& layer = layers_.back();
    if (!layer.bias.empty() || layer.activation != nn::Activation::kLinear ||
        squashed_by_ != nullptr)
      return not_needed(node);
    const Constant* bias = constants_.real(node, 1 - step.input);
    if (bias == nullptr) return faulty(node, "whose bias are no finite float32 constants");
    return is_row(*bias) ? set_bias(node, bias->values) : wrong_bias(node);
  }

  // A single number is the bias of all.
  Status set_bias(const onnx::Node& node, const std::vector<float>& values) {
    Layer& layer = layers_.back();
    if (values.size() != layer.outputs && values.size() != 1) return wrong_bias(node);
    layer.bias.assign(layer.outputs, values.front());
    if (values.size() > 1) layer.bias.assign(values.begin(), values.end());
    return Done{};
  }
  static Error wrong_bias(const onnx::Node& node) {
    return faulty(node, "whose bias has another width");
  }

  Status take_activation(const Step& step) {
    if (squashed_by_ != nullptr) return not_needed(*squashed_by_);
    if (layers_.empty() || layers_.back().activation != nn::Activation::kLinear)
      return faulty(*step.node, "without a dense layer before it");
    layers_.back().activation = step.op == "Relu"   ? nn::Activation::kRelu
                                : step.op == "Tanh" ? nn::Activation::kTanh
                                                    : nn::Activation::kSoftsign;
    return Done{};
  }

  Status take_sigmoid(const Step& step) {
    if (layers_.empty() || squashed_by_ != nullptr) return not_needed(*step.node);
    squashed_by_ = step.node;
    return Done{};
  }

  Status take_softmax(const Step& step) {
    const int64_t axis = whole(*step.node, "axis", -1);
    if (layers_.empty() || squashed_by_ != nullptr || width() != 2 || (axis != -1 && axis != 1))
      return faulty(*step.node, "that does not choose between two classes");
    squashed_by_ = step.node;
    return Done{};
  }

  Status take_both_classes(const Step& step) {
    if (squashed_by_ == nullptr || width() != 1) return not_needed(*step.node);
    return Done{};
  }

  // Softmax over two is the sigmoid of their difference; the second class is mining.
  static void keep_difference_of_classes(Layer& layer) {
    if (layer.bias.empty()) layer.bias.assign(2, 0.0F);
    for (size_t i = 0; i < layer.inputs; ++i)
      layer.weights[i] = layer.weights[2 * i + 1] - layer.weights[2 * i];
    layer.weights.resize(layer.inputs);
    layer.bias = {layer.bias[1] - layer.bias[0]};
    layer.outputs = 1;
  }

  nn::Mlp mlp() const {
    std::vector<size_t> hidden;
    for (size_t l = 0; l + 1 < layers_.size(); ++l) hidden.push_back(layers_[l].outputs);
    nn::Mlp mlp(layers_.front().inputs, hidden, nn::Activation::kLinear);
    for (size_t l = 0; l < layers_.size(); ++l) {
      const Layer& layer = layers_[l];
      mlp.layer(l).activation = layer.activation;
      for (size_t i = 0; i < layer.inputs; ++i)
        for (size_t o = 0; o < layer.outputs; ++o)
          mlp.weight(l, i, o) = layer.weights[i * layer.outputs + o];
      for (size_t o = 0; o < layer.bias.size(); ++o) mlp.bias(l, o) = layer.bias[o];
    }
    return mlp;
  }

  const Constants& constants_;
  size_t inputs_;  // as declared; 0: they are not
  AffineInput affine_;
  float clip_ = kNoClip;
  size_t weights_ = 0;
  std::vector<Layer> layers_;
  const onnx::Node* squashed_by_ = nullptr;  // the Sigmoid or Softmax that made the probability
};

}  // namespace

Result<Network> read_network(const onnx::Graph& graph) {
  const Constants constants(graph);
  if (constants.elsewhere())
    return Error{
        "keeps its weights in another file; export it in one (PyTorch: external_data=False)"};
  const auto chain = find_chain(graph, constants);
  if (!chain) return chain.error();
  NetworkBuilder builder(constants, chain->inputs);
  for (const Step& step : chain->steps)
    if (auto taken = builder.take(step); !taken) return taken.error();
  return builder.finish();
}

}  // namespace kanaria::model
