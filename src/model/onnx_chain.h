// SPDX-License-Identifier: Apache-2.0
// The way of a row through an ONNX graph: the operators between its input and its logit or
// probability, in their order. What stands beside that way, such as the branch that names the
// class, is not looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/onnx_constants.h"

namespace kanaria::model {

// One operator on the way. `op` is the node's own, with its domain where that is not ONNX's, or the
// operator that it ends the spelled-out form of: Softsign for x / (1 + |x|), and kBothClasses for
// the two columns 1 - p and p.
struct Step {
  std::string_view op;
  const onnx::Node* node;
  int input;  // of the node, that the row comes in by
};
inline constexpr std::string_view kBothClasses = "both classes";

struct Chain {
  std::vector<Step> steps;
  size_t inputs = 0;  // values a row as the file declares them; 0: it does not
};

// Fails with what is in the way, to stand behind "the model ". The steps point into the graph.
Result<Chain> find_chain(const onnx::Graph& graph, const Constants& constants);

// An operator for the reader of a sentence: "'Elu' (node 'dense_1/Elu')".
std::string describe(const onnx::Node& node);

}  // namespace kanaria::model
