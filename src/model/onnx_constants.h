// SPDX-License-Identifier: Apache-2.0
// Tensors that an ONNX file itself holds: initializers and the values of Constant nodes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kanaria::onnx {
class Graph;
class Node;
class Tensor;
}  // namespace kanaria::onnx

namespace kanaria::model {

// Numbers of at most kMostWeights elements, each finite. Doubles are rounded to float32.
struct Constant {
  enum class Kind : uint8_t { kReal, kWhole };
  Kind kind = Kind::kReal;
  std::vector<int64_t> dims{};
  std::vector<float> values;
};

class Constants {
 public:
  explicit Constants(const onnx::Graph& graph);

  // Whether the file says that a value is constant, readable here or not.
  bool holds(const std::string& value) const { return constants_.contains(value); }
  // Null when the value is no constant, or none that can be read.
  const Constant* find(const std::string& value) const;
  const Constant* find(const std::string& value, Constant::Kind kind) const;
  // The real numbers a node reads as its input of this index, as under find().
  const Constant* real(const onnx::Node& node, int input) const;
  // Whether tensors are kept in files beside this one.
  bool elsewhere() const { return elsewhere_; }

 private:
  void add(const std::string& name, const onnx::Tensor& tensor);
  void add_constant_node(const onnx::Node& node);

  std::map<std::string, Constant> constants_;  // one that cannot be read has no values
  bool elsewhere_ = false;
};

}  // namespace kanaria::model
