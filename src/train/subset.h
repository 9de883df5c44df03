// SPDX-License-Identifier: Apache-2.0
// A data set of some rows of another one: fewer pages to touch while training, and the rest can go.
#pragma once

#include <span>

#include "train/data_set.h"

namespace kanaria::train {

// The rows given, in their order, with every connection and capture of `data`.
DataSet subset(const DataSet& data, std::span<const uint32_t> rows);

}  // namespace kanaria::train
