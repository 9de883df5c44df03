// SPDX-License-Identifier: Apache-2.0
// False alarms as a rate: events in a time of observation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "train/evaluation.h"

namespace kanaria::train {

struct FalseAlarms {
  uint64_t alarms = 0;
  double observed = 0;  // hours or days, as told beside it

  double rate() const { return observed > 0 ? static_cast<double>(alarms) / observed : 0; }
  // Above it the true rate lies with less than 5 %: exact for a Poisson count, and 3 / observed
  // where there was no alarm (Hanley & Lippman-Hand 1983). Requires: observed > 0.
  double upper() const;
};

// The mean of a Poisson count that is `count` or less with a probability of 5 %.
double poisson_upper(uint64_t count);

// Benign connections, however short, said to mine; observed are the hours from first to last
// payload.
FalseAlarms connection_alarms(const DataSet& data, const Evaluation& evaluation);
// Hosts none of whose connections mines, with one or a channel said to; observed are the days in
// which one of a host's connections goes on.
FalseAlarms host_alarms(const DataSet& data, const Evaluation& evaluation);

// "2 in 310 connection-hours: 0.0065 an hour, with 95 % below 0.02". Requires: observed > 0.
std::string text_of(const FalseAlarms& alarms, std::string_view unit, std::string_view each);

}  // namespace kanaria::train
