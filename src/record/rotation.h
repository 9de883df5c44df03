// SPDX-License-Identifier: Apache-2.0
// When a new file begins, and what it is called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/timestamp.h"

namespace kanaria::record {

// 0: no such limit.
struct Rotation {
  uint64_t most_bytes = 0;   // of a file, before compression
  Nanoseconds duration = 0;  // from a file's first packet, in packet time
  size_t most_files = 0;     // the oldest goes when there would be more

  bool rotates() const { return most_bytes > 0 || duration > 0; }
};

// "office.pcapng.gz", 1, … -> "office_00001_20261123T131547Z.pcapng.gz": dumpcap's names, in UTC.
std::string rotated_name(std::string_view path, uint64_t number, Timestamp first_packet);

}  // namespace kanaria::record
