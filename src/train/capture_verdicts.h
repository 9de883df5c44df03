// SPDX-License-Identifier: Apache-2.0
// What `kanaria detect` says of the connections of one capture of a data set.
#pragma once

#include <vector>

#include "base/result.h"
#include "model/model.h"
#include "train/connection_outcome.h"
#include "train/data_set.h"

namespace kanaria::train {

// Outcomes of the data set's connections in that capture that were seen to end, in the order of
// their indices. Fails when the capture cannot be opened or the model does not fit its lens.
Result<std::vector<ConnectionOutcome>> capture_verdicts(const DataSet& data, uint32_t capture,
                                                        const model::Model& model);

}  // namespace kanaria::train
