// SPDX-License-Identifier: Apache-2.0
// What detection says of a capture's connections when they disguise themselves, and what that
// costs them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/model.h"
#include "train/connection_outcome.h"
#include "train/data_set.h"
#include "train/perturbation_cost.h"

namespace kanaria::train {

struct PerturbedVerdicts {
  std::vector<ConnectionOutcome> outcomes;  // in the order of their indices
  PerturbationCost cost;                    // to connections that mine, of those tested
};

// As capture_verdicts, of the connections tested ([DataSet::connections]), each with its sequence
// of segments changed; the same seed gives the same changes. A channel's alarm that no connection
// raised by itself counts from the end of the one that brought it.
Result<PerturbedVerdicts> perturbed_verdicts(const DataSet& data, uint32_t capture,
                                             const std::vector<bool>& tested,
                                             const model::Model& model,
                                             std::span<const Perturbation> perturbations,
                                             uint64_t seed);

}  // namespace kanaria::train
