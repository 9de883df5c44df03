// SPDX-License-Identifier: Apache-2.0
// Other ways of telling that a connection mines, judged on the connections that were evaluated.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "train/confusion.h"
#include "train/evaluation.h"

namespace kanaria::train {

struct BaselineResult {
  std::string name;
  Confusion counts;  // of connections
};

// The rules of header_rules.h and "never mining" on the connections that were evaluated.
Result<std::vector<BaselineResult>> baselines(const DataSet& data, const Evaluation& evaluation,
                                              uint32_t least_messages);

}  // namespace kanaria::train
