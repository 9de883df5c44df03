// SPDX-License-Identifier: Apache-2.0
// Finds a data set's connections again when their capture is read once more.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "train/data_set.h"

namespace kanaria::train {

class ConnectionIndex {
 public:
  ConnectionIndex(const DataSet& data, uint32_t capture) {
    const auto of_capture =
        std::ranges::equal_range(data.connections, capture, {}, &LabelledConnection::capture);
    auto index = static_cast<uint32_t>(of_capture.begin() - data.connections.begin());
    for (const LabelledConnection& connection : of_capture)
      places_.emplace(key_of(connection.ends, connection.start), index++);
  }

  // `start`: of its first packet.
  std::optional<uint32_t> find(const flow::Ends& ends, Timestamp start) const {
    const auto found = places_.find(key_of(ends, start));
    return found == places_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  // Either side first: which one is the client may become clear only after the beginning.
  using Key = std::tuple<IpAddress, uint16_t, IpAddress, uint16_t, Timestamp>;
  static Key key_of(const flow::Ends& e, Timestamp start) {
    const bool client_first = std::tie(e.client, e.client_port) < std::tie(e.server, e.server_port);
    return client_first ? Key{e.client, e.client_port, e.server, e.server_port, start}
                        : Key{e.server, e.server_port, e.client, e.client_port, start};
  }

  std::map<Key, uint32_t> places_;
};

}  // namespace kanaria::train
