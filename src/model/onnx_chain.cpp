// SPDX-License-Identifier: Apache-2.0
#include "model/onnx_chain.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "onnx.pb.h"
#include <fmt/format.h>

#include "model/onnx_metadata.h"

namespace kanaria::model {
namespace {

constexpr int kMostOperators = 1024;
constexpr size_t kMostShown = 40;

constexpr std::array<std::string_view, 5> kOfTwoInputs{"Add", "Sub", "Mul", "Div", "MatMul"};

std::string_view operator_of(const onnx::Node& node) {
  if (node.domain().empty() || node.domain() == "ai.onnx") return node.op_type();
  if (node.domain() == "ai.onnx.ml" && node.op_type() == "Scaler") return "Scaler";
  return "";  // no operator of ONNX's own
}

// A name out of the file, fit for a sentence.
std::string shown(const std::string& name) {
  std::string text = name.substr(0, kMostShown);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

class ChainFinder {
 public:
  ChainFinder(const onnx::Graph& graph, const Constants& constants)
      : graph_(graph), constants_(constants) {
    for (const onnx::Node& node : graph.node())
      for (const std::string& output : node.output()) producers_.try_emplace(output, &node);
  }

  Result<Chain> find() {
    const std::vector<const onnx::ValueInfo*> inputs = graph_inputs();
    if (inputs.empty()) return Error{"has no input"};
    if (inputs.size() > 1)
      return Error{fmt::format("has {} inputs, '{}' beside '{}'; export it with one", inputs.size(),
                               shown(inputs[1]->name()), shown(inputs[0]->name()))};
    const onnx::ValueInfo& input = *inputs.front();
    Chain chain;
    const auto& shape = input.type().tensor_type().shape();
    if (shape.dim_size() == 2 && shape.dim(1).dim_value() > 0)
      chain.inputs = static_cast<size_t>(shape.dim(1).dim_value());
    for (const onnx::ValueInfo& output : graph_.output()) {
      if (!may_hold_scores(output)) continue;
      auto steps = steps_between(input.name(), output.name());
      if (!steps) return steps.error();
      if (chain.steps.empty()) chain.steps = *std::move(steps);
      // kanaria's own files give score and logit: one way, of which the longer is taken.
      else if (!extend(chain.steps, *steps))
        return Error{fmt::format("has several outputs; export it with one, not '{}' as well",
                                 shown(output.name()))};
    }
    if (chain.steps.empty()) return Error{"has no output of real numbers"};
    return chain;
  }

 private:
  // Initializers may be listed as inputs too.
  std::vector<const onnx::ValueInfo*> graph_inputs() const {
    std::vector<const onnx::ValueInfo*> inputs;
    for (const onnx::ValueInfo& input : graph_.input())
      if (!constants_.holds(input.name())) inputs.push_back(&input);
    return inputs;
  }

  // The name of a class is a whole number or text.
  static bool may_hold_scores(const onnx::ValueInfo& output) {
    const int32_t type = output.type().tensor_type().elem_type();
    return type == kOnnxUndefined || type == kOnnxFloat || type == kOnnxDouble;
  }

  static bool extend(std::vector<Step>& way, std::vector<Step>& other) {
    if (other.size() > way.size()) way.swap(other);
    return std::ranges::equal(
        std::span(way).first(other.size()), other,
        [](const Step& a, const Step& b) { return a.node == b.node && a.op == b.op; });
  }

  const onnx::Node* producer(const std::string& value) const {
    const auto found = producers_.find(value);
    return found == producers_.end() ? nullptr : found->second;
  }

  // Backwards, as each value has one producer but may have many readers.
  Result<std::vector<Step>> steps_between(const std::string& input, const std::string& output) {
    std::vector<Step> steps;
    std::set<const onnx::Node*> seen;
    std::string value = output;
    while (value != input) {
      const onnx::Node* node = producer(value);
      if (node == nullptr)
        return Error{fmt::format("has no way from its input to '{}'", shown(output))};
      if (!seen.insert(node).second) return Error{"goes in a circle"};
      auto step = step_of(*node);
      if (!step) return step.error();
      steps.push_back(*step);
      value = node->input(step->input);
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
  }

  Result<Step> step_of(const onnx::Node& node) const {
    const std::string_view op = operator_of(node);
    if (node.input_size() == 0)
      return Error{fmt::format("has an operator {} without an input", describe(node))};
    if (op == "Div" && is_softsign(node)) return Step{"Softsign", &node, 0};
    if (op == "Concat" && is_both_classes(node)) return Step{kBothClasses, &node, 1};
    if (std::ranges::find(kOfTwoInputs, op) == kOfTwoInputs.end() || node.input_size() != 2)
      return Step{op, &node, 0};
    const bool first = constants_.holds(node.input(0)), second = constants_.holds(node.input(1));
    if (first == second)
      return Error{fmt::format("has an operator {} that does not join a row and a constant",
                               describe(node))};
    return Step{op, &node, first ? 1 : 0};
  }

  bool is(const onnx::Node* node, std::string_view op, int inputs) const {
    return node != nullptr && operator_of(*node) == op && node->input_size() == inputs;
  }
  bool is_one(const std::string& value) const {
    const Constant* constant = constants_.find(value, Constant::Kind::kReal);
    return constant != nullptr && constant->values == std::vector{1.0F};
  }

  // x / (1 + |x|), as PyTorch exports it.
  bool is_softsign(const onnx::Node& div) const {
    if (div.input_size() != 2) return false;
    const onnx::Node* sum = producer(div.input(1));
    if (!is(sum, "Add", 2)) return false;
    const int one = is_one(sum->input(0)) ? 0 : 1;
    const onnx::Node* size = producer(sum->input(1 - one));
    return is_one(sum->input(one)) && is(size, "Abs", 1) && size->input(0) == div.input(0);
  }

  // [1 - p, p], as skl2onnx exports the probabilities of two classes.
  bool is_both_classes(const onnx::Node& concat) const {
    if (concat.input_size() != 2) return false;
    const onnx::Node* other = producer(concat.input(0));
    return is(other, "Sub", 2) && is_one(other->input(0)) && other->input(1) == concat.input(1);
  }

  const onnx::Graph& graph_;
  const Constants& constants_;
  std::map<std::string, const onnx::Node*> producers_;
};

}  // namespace

Result<Chain> find_chain(const onnx::Graph& graph, const Constants& constants) {
  if (graph.node_size() > kMostOperators)
    return Error{fmt::format("has {} operators", graph.node_size())};
  return ChainFinder(graph, constants).find();
}

std::string describe(const onnx::Node& node) {
  const bool standard = node.domain().empty() || node.domain() == "ai.onnx";
  const std::string op = standard ? node.op_type() : node.domain() + "." + node.op_type();
  const std::string& name =
      node.name().empty() && node.output_size() > 0 ? node.output(0) : node.name();
  return fmt::format("'{}' (node '{}')", shown(op), shown(name));
}

}  // namespace kanaria::model
