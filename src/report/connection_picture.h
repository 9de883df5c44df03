// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "detect/history.h"
#include "detect/verdict.h"
#include "report/chart.h"

namespace kanaria::report {

// The messages and the evidence of a connection over the time since its first packet.
Chart picture_of(const detect::ConnectionReport& report, const detect::History& history);

}  // namespace kanaria::report
