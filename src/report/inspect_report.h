// SPDX-License-Identifier: Apache-2.0
// What `kanaria inspect` says of captures: a screen a capture for people, an object a line for
// machines (docs/inspect.md).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "flow/capture_summary.h"

namespace kanaria::report {

struct InspectedCapture {
  std::string name;
  std::string format;  // "pcap", "pcapng"
  std::optional<uint64_t> dropped;
  flow::CaptureSummary summary;
};

std::string inspect_text(const InspectedCapture& capture);
// One line for all; of interest when there are several.
std::string inspect_total(std::span<const InspectedCapture> captures);
// One JSON object and a line feed.
std::string inspect_json(const InspectedCapture& capture);

}  // namespace kanaria::report
