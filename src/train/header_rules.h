// SPDX-License-Identifier: Apache-2.0
// The related methods of the thesis's §2.1 as rules on a connection's headers, to be measured
// beside the MLP: abnormal initial TTL (its ref. 12; Yamada & Goto 2012), and fixed values in TCP's
// initial sequence number and the IP id (its ref. 13).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/data_set.h"
#include "train/summary.h"

namespace kanaria::train {

enum class HeaderRule : uint8_t {
  kAbnormalTtl,  // the client's TTL is more than 30 below the next initial value in use
  kFixedValues,  // the client begins connections with one ISN, or sends all packets with one IP id
};
std::string_view name(HeaderRule rule);

struct HeaderRuleHit {
  uint32_t connection;  // index into DataSet::connections
  bool abnormal_ttl;
  bool fixed_values;
};

// What the rules say of the data set's connections in one capture, in the order of their indices.
Result<std::vector<HeaderRuleHit>> header_rules(const DataSet& data, uint32_t capture);

}  // namespace kanaria::train
