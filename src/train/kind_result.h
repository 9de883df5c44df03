// SPDX-License-Identifier: Apache-2.0
// What was found of each source and each kind.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/evaluation_cases.h"

namespace kanaria::train {

// Connections of one source: how many there are and of how many detect said `mining`.
struct SourceResult {
  std::string source;
  bool mining = false;
  uint64_t connections = 0;
  uint64_t found = 0;
};

// Connections of one kind with at least so many messages.
struct KindResult {
  std::string kind;
  bool mining = false;
  uint64_t connections = 0;
  uint64_t found = 0;  // said to be `mining`
  uint64_t undecided = 0;
  double hours = 0;  // from first to last payload, of all
  // Of the channels its connections belong to, in the median; nullopt: not half of them were found.
  std::optional<double> seconds_to_alarm;
  std::optional<double> messages_to_alarm;
};

// Miners first, then by the number of connections.
std::vector<SourceResult> by_source(const DataSet& data, const Evaluation& evaluation,
                                    uint32_t least_messages);
std::vector<KindResult> by_kind(const DataSet& data, const Evaluation& evaluation,
                                std::span<const ChannelOutcome> channels, uint32_t least_messages);

// Mean recall of the kinds with at least kLeastCases connections that mine; nullopt: there is none.
std::optional<double> macro_recall(std::span<const KindResult> kinds);

}  // namespace kanaria::train
