// SPDX-License-Identifier: Apache-2.0
// Rows a lens made: what an MLP is trained on and scores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/timestamp.h"
#include "flow/connection.h"

namespace kanaria::feature {

struct RowOrigin {
  flow::ConnectionId connection;
  uint64_t number;        // of the packet that completed the row
  Timestamp time;         // of that packet; rhythm: end of its last message
  uint32_t messages = 0;  // finished when the row was made; 0: the lens counts none
};

// [rows, width] float32, row-major, with the origin of each row beside it.
struct RowBatch {
  size_t width = 0;
  std::vector<float> values;
  std::vector<RowOrigin> origins;

  size_t rows() const { return origins.size(); }
  std::span<const float> row(size_t index) const { return {&values[index * width], width}; }
  // A new row, all zero, to be filled by the caller.
  std::span<float> append(const RowOrigin& origin) {
    origins.push_back(origin);
    values.resize(values.size() + width);
    return {&values[values.size() - width], width};
  }
  void clear() {
    values.clear();
    origins.clear();
  }
};

}  // namespace kanaria::feature
