// SPDX-License-Identifier: Apache-2.0
// Frames of a capture in, events of its connections out: for whoever reads a capture once more and
// needs neither rows nor verdicts of it.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "capture/frame.h"
#include "decode/decoder.h"
#include "flow/connection_table.h"

namespace kanaria::train {

class FlowWalk {
 public:
  FlowWalk() : table_({}) {}

  // Calls take(packets, batch) for what the burst meant, epoch by epoch.
  template <typename Take>
  void process(const capture::FrameBurst& burst, Take take) {
    packets_.clear();
    decode::decode_burst(burst, packets_, statuses_);
    flow::for_each_epoch(packets_, [&](std::span<const decode::Packet> of_epoch) {
      table_.process(of_epoch, {}, batch_);
      take(of_epoch, std::as_const(batch_));
    });
  }
  // The capture is over: the connections left end.
  template <typename Take>
  void finish(Take take) {
    table_.end_all({}, batch_);
    take(std::span<const decode::Packet>(), std::as_const(batch_));
  }

  const flow::ConnectionTable& table() const { return table_; }

 private:
  flow::ConnectionTable table_;
  std::vector<decode::Packet> packets_;
  decode::StatusCounts statuses_;
  flow::FlowBatch batch_;
};

}  // namespace kanaria::train
