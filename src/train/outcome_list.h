// SPDX-License-Identifier: Apache-2.0
// The outcomes of one capture's connections as they end, finished once all is known.
#pragma once

#include <map>
#include <vector>

#include "detect/verdict.h"
#include "train/channel.h"
#include "train/connection_index.h"
#include "train/connection_outcome.h"
#include "train/data_set.h"

namespace kanaria::train {

class OutcomeList {
 public:
  OutcomeList(const DataSet& data, uint32_t capture) : data_(data), known_(data, capture) {}

  // A connection ended; one that is not in the data set is passed over.
  void add(const detect::ConnectionReport& report);
  // Its channel mines from now on, by this connection.
  void add_channel_alarm(const detect::ConnectionReport& report);

  // In the order of the data set.
  std::vector<ConnectionOutcome> finish(const TrafficWatch& watch);

 private:
  const DataSet& data_;
  ConnectionIndex known_;
  std::vector<ConnectionOutcome> outcomes_;
  std::map<Channel, Timestamp> channel_alarms_;  // the first
};

}  // namespace kanaria::train
