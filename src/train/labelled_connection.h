// SPDX-License-Identifier: Apache-2.0
// A connection whose label is known, and the name it has in data sets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "flow/connection.h"
#include "train/labels.h"

namespace kanaria::train {

struct LabelledConnection {
  uint32_t capture = 0;  // index into DataSet::captures
  flow::Ends ends;
  uint64_t number = 0;  // of its first packet in the capture: no other connection begins there
  Timestamp start;      // of its first packet
  Label label = Label::kUnknown;
  std::string kind;
  std::string source;
  std::string group;
  uint32_t rows = 0;
  bool background = false;    // learnt from, never tested
  bool from_capture = false;  // and as it stands there: verdicts can be had of it too
};

// "10.0.0.1:50312-203.0.113.5:3333#17": client, server, number of the first packet.
std::string connection_name(const flow::Ends& ends, uint64_t number);

struct NamedConnection {
  flow::Ends ends;
  uint64_t number = 0;
};
std::optional<NamedConnection> parse_connection_name(std::string_view name);

}  // namespace kanaria::train
