// SPDX-License-Identifier: Apache-2.0
// An ONNX graph as scaling and MLP (docs/model.md, "What is taken, what is refused").
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/model.h"

namespace kanaria::onnx {
class Graph;
}

namespace kanaria::model {

// Fails with what is in the way, to stand behind "the model ".
Result<Network> read_network(const onnx::Graph& graph);

}  // namespace kanaria::model
