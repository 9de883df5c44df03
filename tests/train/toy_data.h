// SPDX-License-Identifier: Apache-2.0
// A made-up data set: captures that are wholly mining (odd) or benign (even), each of one
// connection, whose first value tells them apart.
#pragma once

#include "base/random.h"
#include "train/data_set.h"

namespace kanaria::train {

struct ToyShape {
  size_t captures = 10;
  size_t rows_each = 40;
  double distance = 4;  // of the classes' means, in standard deviations of a uniform of width 2
};

inline DataSet toy_data(const ToyShape& shape = {}) {
  DataSet data;
  data.lens = "toy";
  data.lens_version = 2;
  data.value_names = {"tells", "noise", "constant"};
  Random random(1);
  for (size_t c = 0; c < shape.captures; ++c) {
    const bool mining = c % 2 == 1;
    data.captures.push_back("capture " + std::to_string(c));
    LabelledConnection connection;
    connection.capture = static_cast<uint32_t>(c);
    connection.label = mining ? Label::kMining : Label::kBenign;
    connection.rows = static_cast<uint32_t>(shape.rows_each);
    data.connections.push_back(connection);
    for (size_t r = 0; r < shape.rows_each; ++r) {
      const double middle = mining ? shape.distance / 2 : -shape.distance / 2;
      data.values.push_back(static_cast<float>(1000 + middle + random.uniform(-1, 1)));
      data.values.push_back(static_cast<float>(random.uniform(-1, 1)));
      data.values.push_back(7.0F);
      data.connection.push_back(static_cast<uint32_t>(c));
      data.labels.push_back(mining ? 1.0F : 0.0F);
    }
  }
  return data;
}

}  // namespace kanaria::train
