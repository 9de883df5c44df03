// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "model/model.h"

namespace kanaria::model {

// models/*.onnx, built in by CMakeLists.txt
extern const std::string_view kPairOnnx;
extern const std::string_view kRhythmOnnx;

Result<Model> default_model(std::string_view lens) {
  const auto built_in = [](std::string_view bytes) {
    return from_onnx("built-in model",
                     {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  };
  if (lens == "rhythm") return built_in(kRhythmOnnx);
  if (lens == "pair") return built_in(kPairOnnx);
  return Error{
      fmt::format("lens '{}' has no built-in model; train one with 'kanaria train --lens {}' "
                  "and name it with --model",
                  lens, lens)};
}

}  // namespace kanaria::model
