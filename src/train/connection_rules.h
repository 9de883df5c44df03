// SPDX-License-Identifier: Apache-2.0
// Rules that need no learning, to be measured beside the MLP. The related methods of the thesis's
// §2.1: abnormal initial TTL (its ref. 12; Yamada & Goto 2012), and fixed values in TCP's initial
// sequence number and the IP id (its ref. 13). And what people try first: ports, and equal sizes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/data_set.h"

namespace kanaria::train {

enum class ConnectionRule : uint8_t {
  kAbnormalTtl,  // the client's TTL is more than 30 below the next initial value in use
  kFixedValues,  // the client begins connections with one ISN, or sends all packets with one IP id
  kPoolPort,     // the server's port is on a list
  kEqualPushes,  // equal_pushes.h
};
std::string_view name(ConnectionRule rule);

struct RuleHits {
  uint32_t connection;  // index into DataSet::connections
  bool abnormal_ttl;
  bool fixed_values;
  bool pool_port;
  bool equal_pushes;
};

// Whether Falco's default rules count the port among those of miners' pools.
bool is_pool_port(uint16_t port);

// What the rules say of the data set's connections in one capture, in the order of their indices.
Result<std::vector<RuleHits>> connection_rules(const DataSet& data, uint32_t capture);

}  // namespace kanaria::train
