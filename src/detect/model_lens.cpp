// SPDX-License-Identifier: Apache-2.0
#include "detect/model_lens.h"

#include <algorithm>

namespace kanaria::detect {

Result<std::unique_ptr<feature::Lens>> lens_of(const model::Model& model,
                                               const feature::LensOptions& options) {
  auto lens = feature::make_lens(model.lens, options);
  if (!lens) return lens.error();
  if ((*lens)->version() != model.lens_version ||
      !std::ranges::equal((*lens)->value_names(), model.value_names))
    return Error{"the model was trained with another version of its lens; train it again"};
  return lens;
}

}  // namespace kanaria::detect
