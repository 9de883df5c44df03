// SPDX-License-Identifier: Apache-2.0
// A data set from whatever file tells of one: LABELS.csv or DATA.csv.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "train/data_set.h"

namespace kanaria::train {

// PATH ("-": stdin) is taken for DATA.csv when it has the columns `capture` and `connection`, else
// for LABELS.csv, whose captures are read. `lens`: none is `pair` for labels, and for a DATA.csv
// the lens it was made with; another one than that is an error. `progress`: the share read, 0 … 1.
Result<DataSet> load_data(const std::string& path, const std::optional<std::string>& lens,
                          const std::function<void(double share)>& progress);

}  // namespace kanaria::train
