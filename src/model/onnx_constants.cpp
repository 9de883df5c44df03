// SPDX-License-Identifier: Apache-2.0
#include "model/onnx_constants.h"

#include <bit>
#include <cmath>
#include <optional>
#include <span>
#include <string_view>

#include "onnx.pb.h"

#include "model/model.h"
#include "model/onnx_metadata.h"

namespace kanaria::model {
namespace {

constexpr int64_t kWidestLayer = 1 << 16;
constexpr int kMostDims = 4;

// raw_data is little endian by definition.
uint64_t little_endian(std::string_view bytes) {
  uint64_t bits = 0;
  for (size_t byte = 0; byte < bytes.size(); ++byte)
    bits |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[byte])) << 8 * byte;
  return bits;
}

// Bytes of a number in raw_data; 0: a type that is not read.
size_t size_of(int32_t type) {
  switch (type) {
    case kOnnxBool: return 1;
    case kOnnxFloat:
    case kOnnxInt32: return 4;
    case kOnnxDouble:
    case kOnnxInt64: return 8;
    default: return 0;
  }
}

float raw_number(int32_t type, std::string_view bytes) {
  const uint64_t bits = little_endian(bytes);
  switch (type) {
    case kOnnxFloat: return std::bit_cast<float>(static_cast<uint32_t>(bits));
    case kOnnxDouble: return static_cast<float>(std::bit_cast<double>(bits));
    case kOnnxInt32: return static_cast<float>(static_cast<int32_t>(bits));
    default: return static_cast<float>(static_cast<int64_t>(bits));
  }
}

std::vector<float> numbers_of(const onnx::Tensor& tensor, size_t count) {
  std::vector<float> numbers;
  const auto take = [&](const auto& field) {
    for (const auto number : field) numbers.push_back(static_cast<float>(number));
  };
  if (tensor.has_raw_data()) {
    const std::string_view raw = tensor.raw_data();
    const size_t size = size_of(tensor.data_type());
    if (raw.size() != count * size) return {};
    for (size_t i = 0; i < count; ++i)
      numbers.push_back(raw_number(tensor.data_type(), raw.substr(i * size, size)));
  } else if (tensor.data_type() == kOnnxFloat) {
    take(tensor.float_data());
  } else if (tensor.data_type() == kOnnxDouble) {
    take(tensor.double_data());
  } else if (tensor.data_type() == kOnnxInt64) {
    take(tensor.int64_data());
  } else {
    take(tensor.int32_data());
  }
  return numbers;
}

std::optional<Constant> read_tensor(const onnx::Tensor& tensor) {
  if (size_of(tensor.data_type()) == 0 || tensor.data_location() != 0) return std::nullopt;
  if (tensor.dims_size() > kMostDims) return std::nullopt;
  Constant constant;
  const bool real = tensor.data_type() == kOnnxFloat || tensor.data_type() == kOnnxDouble;
  constant.kind = real ? Constant::Kind::kReal : Constant::Kind::kWhole;
  size_t count = 1;
  for (const int64_t dim : tensor.dims()) {
    if (dim <= 0 || dim > kWidestLayer) return std::nullopt;
    constant.dims.push_back(dim);
    count *= static_cast<size_t>(dim);
    if (count > kMostWeights) return std::nullopt;
  }
  constant.values = numbers_of(tensor, count);
  if (constant.values.size() != count) return std::nullopt;
  for (const float value : constant.values)
    if (!std::isfinite(value)) return std::nullopt;
  return constant;
}

}  // namespace

Constants::Constants(const onnx::Graph& graph) {
  for (const onnx::Tensor& tensor : graph.initializer()) add(tensor.name(), tensor);
  for (const onnx::Node& node : graph.node())
    if (node.op_type() == "Constant" && node.domain().empty() && node.output_size() == 1)
      add_constant_node(node);
}

void Constants::add(const std::string& name, const onnx::Tensor& tensor) {
  elsewhere_ = elsewhere_ || tensor.data_location() != 0;
  constants_.try_emplace(name, read_tensor(tensor).value_or(Constant{}));
}

void Constants::add_constant_node(const onnx::Node& node) {
  for (const onnx::Attribute& attribute : node.attribute()) {
    if (attribute.name() == "value") return add(node.output(0), attribute.t());
    if (attribute.name() == "value_float" && std::isfinite(attribute.f()))
      constants_.try_emplace(node.output(0), Constant{.values = {attribute.f()}});
  }
  constants_.try_emplace(node.output(0));
}

const Constant* Constants::find(const std::string& value) const {
  const auto found = constants_.find(value);
  return found == constants_.end() || found->second.values.empty() ? nullptr : &found->second;
}

const Constant* Constants::find(const std::string& value, Constant::Kind kind) const {
  const Constant* constant = find(value);
  return constant != nullptr && constant->kind == kind ? constant : nullptr;
}

const Constant* Constants::real(const onnx::Node& node, int input) const {
  return input < node.input_size() ? find(node.input(input), Constant::Kind::kReal) : nullptr;
}

}  // namespace kanaria::model
