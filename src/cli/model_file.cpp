// SPDX-License-Identifier: Apache-2.0
#include "cli/model_file.h"

#include <fmt/format.h>

namespace kanaria::cli {

Result<model::Model> load_model(const std::string& path, const std::optional<std::string>& lens) {
  auto model = model::load_model(path);
  if (model && lens && *lens != model->lens)
    return Error{
        fmt::format("{}: the model was trained with lens '{}', not '{}'; leave --lens out or "
                    "name another model",
                    path, model->lens, *lens)};
  return model;
}

}  // namespace kanaria::cli
