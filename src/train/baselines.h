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

// The rules of connection_rules.h, "never mining", and where models are trained the 12 flow
// statistics, on the connections that were evaluated.
Result<std::vector<BaselineResult>> baselines(const DataSet& data, const EvaluationPlan& plan,
                                              const Evaluation& evaluation, uint32_t least_messages,
                                              nn::Simd simd, const std::atomic<bool>& stop);

}  // namespace kanaria::train
