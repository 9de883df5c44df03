// SPDX-License-Identifier: Apache-2.0
// An evaluation as text for people (docs/evaluation.md).
#pragma once

#include <string>

#include "train/evaluation_report.h"

namespace kanaria::cli {

std::string text_of(const train::EvaluationReport& report);

}  // namespace kanaria::cli
