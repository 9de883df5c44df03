// SPDX-License-Identifier: Apache-2.0
// The model behind `--model`.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "model/model.h"

namespace kanaria::cli {

// It brings its own lens, which the one of --lens must not contradict.
Result<model::Model> load_model(const std::string& path, const std::optional<std::string>& lens);

}  // namespace kanaria::cli
