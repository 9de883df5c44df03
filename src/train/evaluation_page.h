// SPDX-License-Identifier: Apache-2.0
// The page of an evaluation: the rates, the DET curve, the sources, the controls.
#pragma once

#include <string>

#include "train/evaluation_report.h"

namespace kanaria::train {

std::string html_of(const EvaluationReport& report);

}  // namespace kanaria::train
