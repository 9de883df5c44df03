// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/result.h"
#include "feature/lens.h"
#include "model/model.h"

namespace kanaria::detect {

// The lens whose rows the model takes. Fails when this program has none of that name, or another
// version of it.
Result<std::unique_ptr<feature::Lens>> lens_of(const model::Model& model,
                                               const feature::LensOptions& options);

}  // namespace kanaria::detect
