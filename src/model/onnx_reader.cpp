// SPDX-License-Identifier: Apache-2.0
// Follows an ONNX graph from its input to the logit and rebuilds the MLP from the operators on the
// way.
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <set>

#include "onnx.pb.h"
#include <fmt/format.h>

#include "model/model.h"
#include "model/onnx_metadata.h"

namespace kanaria::model {
namespace {

constexpr int64_t kWidestLayer = 1 << 16;
constexpr int kMostOperators = 1024;
constexpr int kMostDims = 4;

struct Matrix {
  std::vector<int64_t> dims;
  std::vector<float> values;
};

// raw_data is little endian by definition.
float little_endian_float(const char* at) {
  uint32_t bits = 0;
  for (int byte = 0; byte < 4; ++byte)
    bits |= static_cast<uint32_t>(static_cast<uint8_t>(at[byte])) << 8 * byte;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

// Null when it is not a matrix of finite float32 numbers.
std::optional<Matrix> read_tensor(const onnx::Tensor& tensor) {
  if (tensor.data_type() != kOnnxFloat || tensor.data_location() != 0) return std::nullopt;
  if (tensor.dims_size() > kMostDims) return std::nullopt;
  Matrix matrix;
  size_t count = 1;
  for (const int64_t dim : tensor.dims()) {
    if (dim <= 0 || dim > kWidestLayer) return std::nullopt;
    matrix.dims.push_back(dim);
    count *= static_cast<size_t>(dim);
    if (count > kMostWeights) return std::nullopt;
  }
  if (tensor.has_raw_data()) {
    const std::string& raw = tensor.raw_data();
    if (raw.size() != count * 4) return std::nullopt;
    matrix.values.reserve(count);
    for (size_t i = 0; i < count; ++i)
      matrix.values.push_back(little_endian_float(raw.data() + i * 4));
  } else {
    matrix.values.assign(tensor.float_data().begin(), tensor.float_data().end());
  }
  if (matrix.values.size() != count) return std::nullopt;
  for (const float value : matrix.values)
    if (!std::isfinite(value)) return std::nullopt;
  return matrix;
}

// One number a column: [n], [1, n] or a single number.
bool is_row(const Matrix& matrix) {
  return matrix.dims.empty() || matrix.values.size() == static_cast<size_t>(matrix.dims.back());
}

struct Layer {
  Matrix weights;  // [inputs, outputs]
  std::vector<float> bias;
  nn::Activation activation = nn::Activation::kLinear;
};

class GraphReader {
 public:
  GraphReader(std::string_view name, const onnx::Graph& graph) : name_(name), graph_(graph) {
    for (const onnx::Tensor& tensor : graph.initializer())
      if (auto matrix = read_tensor(tensor)) tensors_.emplace(tensor.name(), *std::move(matrix));
  }

  Result<Done> read() {
    if (graph_.node_size() > kMostOperators)
      return fail(fmt::format("has {} operators", graph_.node_size()));
    std::string end = input_name();
    if (end.empty()) return fail("has no input");
    std::set<const onnx::Node*> seen;
    while (const onnx::Node* node = consumer_of(end)) {
      if (!seen.insert(node).second) return fail("goes in a circle");
      if (node->op_type() == "Sigmoid") break;
      if (auto taken = take(*node); !taken) return taken;
      if (node->output_size() == 0) return fail("has a node without an output");
      end = node->output(0);
    }
    for (const onnx::Node& node : graph_.node())
      if (!seen.contains(&node))
        return fail(fmt::format("has an operator '{}' outside the chain from input to logit",
                                operator_name(node)));
    if (layers_.empty()) return fail("holds no dense layer");
    if (layers_.back().weights.dims[1] != 1) return fail("does not end in one logit");
    if (layers_.back().activation != nn::Activation::kLinear)
      return fail("does not end in a logit");
    return Done{};
  }

  nn::Mlp mlp() const {
    std::vector<size_t> hidden;
    for (size_t l = 0; l + 1 < layers_.size(); ++l)
      hidden.push_back(static_cast<size_t>(layers_[l].weights.dims[1]));
    nn::Mlp mlp(inputs(), hidden, nn::Activation::kLinear);
    for (size_t l = 0; l < layers_.size(); ++l) {
      const auto outputs = static_cast<size_t>(layers_[l].weights.dims[1]);
      mlp.layer(l).activation = layers_[l].activation;
      for (size_t i = 0; i < mlp.layers()[l].inputs; ++i)
        for (size_t o = 0; o < outputs; ++o)
          mlp.weight(l, i, o) = layers_[l].weights.values[i * outputs + o];
      for (size_t o = 0; o < outputs; ++o) mlp.bias(l, o) = layers_[l].bias[o];
    }
    return mlp;
  }

  nn::InputScaling scaling() const {
    nn::InputScaling scaling{mean_, scale_, clip_};
    if (scaling.mean.empty()) scaling.mean.assign(inputs(), 0.0F);
    if (scaling.scale.empty()) scaling.scale.assign(inputs(), 1.0F);
    return scaling;
  }
  size_t inputs() const { return static_cast<size_t>(layers_.front().weights.dims[0]); }

 private:
  Error fail(std::string_view what) const {
    return Error{
        fmt::format("{}: the model {}; kanaria takes a multilayer perceptron (see docs/model.md)",
                    name_, what)};
  }

  std::string input_name() const {
    for (const onnx::ValueInfo& input : graph_.input())
      if (!tensors_.contains(input.name())) return input.name();
    return {};
  }

  static std::string operator_name(const onnx::Node& node) {
    const bool standard = node.domain().empty() || node.domain() == "ai.onnx";
    return (standard ? node.op_type() : node.domain() + "." + node.op_type()).substr(0, 40);
  }

  const onnx::Node* consumer_of(const std::string& value) const {
    for (const onnx::Node& node : graph_.node())
      for (const std::string& input : node.input())
        if (input == value) return &node;
    return nullptr;
  }

  const Matrix* tensor(const onnx::Node& node, int input) const {
    if (input >= node.input_size()) return nullptr;
    const auto found = tensors_.find(node.input(input));
    return found == tensors_.end() ? nullptr : &found->second;
  }

  Result<Done> take(const onnx::Node& node) {
    const std::string op = operator_name(node);
    if (op == "Sub") return take_scaling(node, InputStep::kSub, mean_);
    if (op == "Div") return take_scaling(node, InputStep::kDiv, scale_);
    if (op == "Clip") return take_clip(node);
    if (op == "Gemm") return take_gemm(node);
    if (op == "Identity") return Done{};
    if (op == "Relu") return take_activation(nn::Activation::kRelu);
    if (op == "Tanh") return take_activation(nn::Activation::kTanh);
    if (op == "Softsign") return take_activation(nn::Activation::kSoftsign);
    return fail(fmt::format("has an operator '{}' that an MLP does not need", op));
  }

  // Steps before the first layer, in the only order in which they mean an InputScaling.
  enum class InputStep : uint8_t { kNone, kSub, kDiv, kClip };
  bool is_next_step(InputStep step) {
    if (!layers_.empty() || last_step_ >= step) return false;
    last_step_ = step;
    return true;
  }

  Result<Done> take_scaling(const onnx::Node& node, InputStep step, std::vector<float>& values) {
    const Matrix* constant = tensor(node, 1);
    if (constant == nullptr || !is_row(*constant) || !is_next_step(step))
      return fail(fmt::format("has a {} that is no scaling of its input by finite constants",
                              node.op_type()));
    values = constant->values;
    return Done{};
  }

  Result<Done> take_clip(const onnx::Node& node) {
    const Matrix* low = tensor(node, 1);
    const Matrix* high = tensor(node, 2);
    if (low == nullptr || high == nullptr || !is_next_step(InputStep::kClip) ||
        high->values.size() != 1 || low->values.size() != 1 || low->values[0] != -high->values[0] ||
        high->values[0] <= 0)
      return fail("has a Clip that does not bound its scaled input symmetrically around 0");
    clip_ = high->values[0];
    return Done{};
  }

  Result<Done> take_gemm(const onnx::Node& node) {
    const Matrix* weights = tensor(node, 1);
    if (weights == nullptr || weights->dims.size() != 2)
      return fail("has a Gemm whose weights are no matrix of finite float32 constants");
    bool transposed = false;
    for (const onnx::Attribute& attribute : node.attribute()) {
      if (attribute.name() == "transB") transposed = attribute.i() != 0;
      if (attribute.name() == "transA" && attribute.i() != 0) return fail("has a Gemm with transA");
      if ((attribute.name() == "alpha" || attribute.name() == "beta") && attribute.f() != 1.0F)
        return fail("has a Gemm with a factor");
    }
    Layer layer;
    layer.weights = transposed ? transpose(*weights) : *weights;
    const auto outputs = static_cast<size_t>(layer.weights.dims[1]);
    const Matrix* bias = tensor(node, 2);
    const bool has_bias = node.input_size() > 2 && !node.input(2).empty();
    if (has_bias && bias == nullptr)
      return fail("has a Gemm whose bias are no finite float32 constants");
    layer.bias = has_bias ? bias->values : std::vector<float>(outputs, 0.0F);
    if (layer.bias.size() != outputs || (has_bias && !is_row(*bias)))
      return fail("has a Gemm whose bias has another width");
    weights_ += layer.weights.values.size();
    if (weights_ > kMostWeights) return fail(fmt::format("has more than {} weights", kMostWeights));
    if (!layers_.empty() && layers_.back().weights.dims[1] != layer.weights.dims[0])
      return fail("has layers whose widths do not fit together");
    layers_.push_back(std::move(layer));
    return Done{};
  }

  Result<Done> take_activation(nn::Activation activation) {
    if (layers_.empty() || layers_.back().activation != nn::Activation::kLinear)
      return fail("has an activation without a dense layer before it");
    layers_.back().activation = activation;
    return Done{};
  }

  static Matrix transpose(const Matrix& matrix) {
    Matrix result{{matrix.dims[1], matrix.dims[0]}, std::vector<float>(matrix.values.size())};
    const auto rows = static_cast<size_t>(matrix.dims[0]),
               columns = static_cast<size_t>(matrix.dims[1]);
    for (size_t r = 0; r < rows; ++r)
      for (size_t c = 0; c < columns; ++c)
        result.values[c * rows + r] = matrix.values[r * columns + c];
    return result;
  }

  std::string_view name_;
  const onnx::Graph& graph_;
  std::map<std::string, Matrix> tensors_;
  std::vector<float> mean_;
  std::vector<float> scale_;
  float clip_ = 1e30F;
  InputStep last_step_ = InputStep::kNone;
  size_t weights_ = 0;
  std::vector<Layer> layers_;
};

using Metadata = std::map<std::string, std::string>;

std::string text_of(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : found->second;
}

// Nullopt when it is not there or is not wholly a number.
template <typename Number>
std::optional<Number> number_of(const Metadata& metadata, const char* key) {
  const std::string text = text_of(metadata, key);
  Number value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Decision {
  int lens_version;
  Thresholds thresholds;
};

// What a verdict rests on is never guessed.
Result<Decision> decision_of(std::string_view name, const Metadata& metadata) {
  const auto lens_version = number_of<int>(metadata, kKeyLensVersion);
  const auto logit = number_of<float>(metadata, kKeyAlarmingLogit);
  const auto share = number_of<double>(metadata, kKeyAlarmingShare);
  const auto unusable = [&](const char* key, std::string_view expected) {
    return Error{fmt::format("{}: the model's {} is '{}', not {}; train it with 'kanaria train'",
                             name, key, text_of(metadata, key).substr(0, 40), expected)};
  };
  if (!lens_version) return unusable(kKeyLensVersion, "a whole number");
  if (!logit || !std::isfinite(*logit)) return unusable(kKeyAlarmingLogit, "a finite number");
  if (!share || !(*share >= 0 && *share < 1))
    return unusable(kKeyAlarmingShare, "a share from 0 to below 1");
  return Decision{*lens_version, {*logit, *share}};
}

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  for (size_t at = 0; at < text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    names.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return names;
}

}  // namespace

Result<Model> from_onnx(std::string_view name, std::span<const uint8_t> bytes) {
  onnx::Model file;
  const bool parsed = bytes.size() <= INT32_MAX &&
                      file.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!parsed || !file.has_graph() || file.graph().node_size() == 0)
    return Error{
        fmt::format("{}: is not an ONNX model; name a file made by 'kanaria train'", name)};
  GraphReader reader(name, file.graph());
  if (auto read = reader.read(); !read) return read.error();

  Metadata metadata;
  for (const onnx::StringEntry& entry : file.metadata_props())
    metadata[entry.key()] = entry.value();
  const std::string lens = text_of(metadata, kKeyLens);
  if (lens.empty())
    return Error{
        fmt::format("{}: the model does not say which lens it was trained with; train it with "
                    "'kanaria train'",
                    name)};
  const auto decision = decision_of(name, metadata);
  if (!decision) return decision.error();
  Model model{.lens = lens,
              .lens_version = decision->lens_version,
              .value_names = split_names(text_of(metadata, kKeyValueNames)),
              .scaling = reader.scaling(),
              .mlp = reader.mlp(),
              .thresholds = decision->thresholds,
              .provenance = {.training_data = text_of(metadata, kKeyTrainingData),
                             .description = text_of(metadata, kKeyDescription),
                             .seed = number_of<uint64_t>(metadata, kKeySeed).value_or(0),
                             .program_version = text_of(metadata, kKeyVersion)}};
  if (model.scaling.mean.size() != model.mlp.inputs() ||
      model.scaling.scale.size() != model.mlp.inputs() ||
      model.value_names.size() != model.mlp.inputs())
    return Error{
        fmt::format("{}: the model's values ({}), scaling ({}) and inputs ({}) do not fit together",
                    name, model.value_names.size(), model.scaling.mean.size(), model.mlp.inputs())};
  for (const float scale : model.scaling.scale)
    if (!(scale > 0))
      return Error{fmt::format(
          "{}: the model divides an input by {}; a scale is above 0: train it with 'kanaria train'",
          name, scale)};
  return model;
}

}  // namespace kanaria::model
