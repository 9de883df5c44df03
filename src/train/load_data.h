// SPDX-License-Identifier: Apache-2.0
// A data set from whatever files tell of one: LABELS.csv and DATA.csv.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "train/data_set.h"

namespace kanaria::train {

// A path ("-": stdin) is taken for DATA.csv when it has the columns `capture` and `connection`,
// else for LABELS.csv, whose captures are read, those of several in one go. First come the rows of
// the captures, then those of the data files. `lens`: none is `pair` for labels, and with a
// DATA.csv the lens that it was made with; another one than that is an error. `options`: of the
// captures' rows, but for their lens. `progress`: the share read, 0 … 1. Requires: a path.
Result<DataSet> load_data(const std::vector<std::string>& paths,
                          const std::optional<std::string>& lens, const RowOptions& options,
                          const std::function<void(double share)>& progress);

}  // namespace kanaria::train
