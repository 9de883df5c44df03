// SPDX-License-Identifier: Apache-2.0
// A made-up data set told connection by connection; its one value is the label, so that it is easy
// to learn.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "train/data_set.h"

namespace kanaria::train {

struct MadeUpConnection {
  uint32_t capture = 0;
  bool mining = false;
  std::string kind = {};
  std::string group = {};
  Timestamp start = {};
  uint32_t rows = 3;
};

// Requires: ascending captures.
inline DataSet labelled_rows(const std::vector<MadeUpConnection>& connections) {
  DataSet data;
  data.lens = "made up";
  data.value_names = {"tells"};
  for (const MadeUpConnection& made_up : connections) {
    while (data.captures.size() <= made_up.capture)
      data.captures.push_back("capture " + std::to_string(data.captures.size()));
    LabelledConnection connection;
    connection.capture = made_up.capture;
    connection.start = made_up.start;
    connection.label = made_up.mining ? Label::kMining : Label::kBenign;
    connection.kind = made_up.kind;
    connection.source = connection.group = made_up.group;
    connection.rows = made_up.rows;
    data.connections.push_back(connection);
    const float label = made_up.mining ? 1.0F : 0.0F;
    data.values.insert(data.values.end(), made_up.rows, label);
    data.labels.insert(data.labels.end(), made_up.rows, label);
    data.connection.insert(data.connection.end(), made_up.rows,
                           static_cast<uint32_t>(data.connections.size() - 1));
  }
  return data;
}

}  // namespace kanaria::train
