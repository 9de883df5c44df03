// SPDX-License-Identifier: Apache-2.0
// Makes log-odds of a foreign network's logits, so that detection can judge with it.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "model/model.h"
#include "nn/simd.h"
#include "train/data_set.h"

namespace kanaria::train {

// The slope and intercept under which labels are likeliest: Platt's (1999), with his target
// smoothing, by the Newton method of Lin, Lin & Weng (2007, doi 10.1007/s10994-007-5018-6).
// `labels`: above 0.5 is mining; `weights`: rows it counts as. Requires: all three of one length,
// both classes.
model::Calibration fit_calibration(std::span<const float> logits, std::span<const float> labels,
                                   std::span<const float> weights);

// A network made a model by the rows given: their lens, its calibration on them (both classes
// alike, as in training). `name` begins error sentences: another width than the lens's, only one
// class.
Result<model::Model> calibrate(std::string_view name, model::Network network, const DataSet& data,
                               std::span<const uint32_t> rows, nn::Simd simd);

}  // namespace kanaria::train
