// SPDX-License-Identifier: Apache-2.0
// The model behind `kanaria train --from`: a finished network, calibrated instead of trained.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "model/model.h"
#include "nn/simd.h"
#include "train/data_set.h"

namespace kanaria::cli {

// Says on stdout what was fitted.
Result<model::Model> calibrate_from(const std::string& path, const train::DataSet& data,
                                    std::span<const uint32_t> rows, nn::Simd simd);

}  // namespace kanaria::cli
