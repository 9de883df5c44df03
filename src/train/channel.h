// SPDX-License-Identifier: Apache-2.0
// What tells one channel of a capture from another (docs/definitions.md, "Connection").
#pragma once

#include <cstdint>
#include <tuple>

#include "base/ip_address.h"
#include "flow/connection.h"

namespace kanaria::train {

using Channel = std::tuple<IpAddress, IpAddress, uint16_t>;  // client, server, server port

inline Channel channel_of(const flow::Ends& ends) {
  return {ends.client, ends.server, ends.server_port};
}

}  // namespace kanaria::train
