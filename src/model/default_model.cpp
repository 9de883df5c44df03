// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "model/model.h"

namespace kanaria::model {

extern const std::string_view kPairOnnx;  // models/pair.onnx, built in by CMakeLists.txt

Result<Model> default_model(std::string_view lens) {
  if (lens == "pair")
    return from_onnx("built-in model",
                     {reinterpret_cast<const uint8_t*>(kPairOnnx.data()), kPairOnnx.size()});
  return Error{
      fmt::format("lens '{}' has no built-in model; train one with 'kanaria train --lens {}' "
                  "and name it with --model",
                  lens, lens)};
}

}  // namespace kanaria::model
