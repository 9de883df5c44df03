// SPDX-License-Identifier: Apache-2.0
// A report of a whole run: takes detection's events in their order, and closes with the summary.
#pragma once

#include <string>

#include "detect/detector.h"

namespace kanaria::report {

// Which connections a report tells of.
enum class Coverage : uint8_t { kAlarms, kEveryConnection };

class RunReport : public detect::EventSink {
 public:
  // A further input (capture file, "stdin", interface); events name inputs by their place in this
  // order.
  virtual void begin_input(const std::string& name) = 0;
  // After the last event.
  virtual void finish(const detect::CaptureQuality& quality) = 0;
};

}  // namespace kanaria::report
