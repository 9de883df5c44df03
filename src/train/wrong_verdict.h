// SPDX-License-Identifier: Apache-2.0
// Connections on which detection was wrong, for people to look at.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "train/evaluation.h"

namespace kanaria::train {

struct WrongVerdict {
  std::string capture;
  std::string connection;  // as in data sets
  bool mining = false;     // the label: then it was missed, else it was accused
  std::string kind;
  std::string source;
  std::string group;
  uint32_t messages = 0;
  double evidence = 0;
  detect::Verdict verdict = detect::Verdict::kClear;
};

// Of connections with at least that many messages, those missed first, by kind.
std::vector<WrongVerdict> wrong_verdicts(const DataSet& data, const Evaluation& evaluation,
                                         uint32_t least_messages);

// "capture,connection,label,kind,source,group,messages,evidence,verdict" with a line each.
std::string csv_of(std::span<const WrongVerdict> wrong);

}  // namespace kanaria::train
