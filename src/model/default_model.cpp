// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "model/model.h"

namespace kanaria::model {

// Generated from models/ by CMakeLists.txt.
extern const uint8_t kEmbeddedPair[];
extern const unsigned long kEmbeddedPairSize;

Result<Model> default_model(std::string_view lens) {
  if (lens == "pair") return from_onnx("built-in model", {kEmbeddedPair, kEmbeddedPairSize});
  return Error{
      fmt::format("lens '{}' has no built-in model; train one with 'kanaria train --lens {}' "
                  "and name it with --model",
                  lens, lens)};
}

}  // namespace kanaria::model
