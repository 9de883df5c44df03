// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "model/model.h"

namespace kanaria::model {

// Generated from models/ by CMakeLists.txt.
extern const uint8_t kEmbedded_pair[];
extern const unsigned long kEmbeddedSize_pair;

Result<Model> default_model(std::string_view lens) {
  if (lens == "pair") return from_onnx("built-in model", {kEmbedded_pair, kEmbeddedSize_pair});
  return Error{
      fmt::format("lens '{}' has no built-in model; train one with 'kanaria train --lens {}' "
                  "and name it with --model",
                  lens, lens)};
}

}  // namespace kanaria::model
