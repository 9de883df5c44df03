// SPDX-License-Identifier: Apache-2.0
// Finds those of a data set's connections that are from captures again when their capture is read
// once more.
#pragma once

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "train/data_set.h"

namespace kanaria::train {

class ConnectionIndex {
 public:
  ConnectionIndex(const DataSet& data, uint32_t capture) {
    const auto of_capture =
        std::ranges::equal_range(data.connections, capture, {}, &LabelledConnection::capture);
    auto index = static_cast<uint32_t>(of_capture.begin() - data.connections.begin());
    for (const LabelledConnection& connection : of_capture) {
      if (connection.from_capture) places_.emplace(connection.number, index);
      ++index;
    }
  }

  std::optional<uint32_t> find(uint64_t number_of_first_packet) const {
    const auto found = places_.find(number_of_first_packet);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::unordered_map<uint64_t, uint32_t> places_;
};

}  // namespace kanaria::train
