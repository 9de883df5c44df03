// SPDX-License-Identifier: Apache-2.0
#include "train/subset.h"

#include <algorithm>

namespace kanaria::train {

DataSet subset(const DataSet& data, std::span<const uint32_t> rows) {
  DataSet some;
  some.lens = data.lens;
  some.lens_version = data.lens_version;
  some.value_names = data.value_names;
  some.captures = data.captures;
  some.connections = data.connections;
  some.faults = data.faults;
  for (LabelledConnection& connection : some.connections) connection.rows = 0;
  some.values.reserve(rows.size() * data.width());
  for (const uint32_t row : rows) {
    const bool is_copy = std::ranges::binary_search(data.copies, row);
    some.add_row(data.connection[row], data.row(row),
                 is_copy ? DataSet::RowOf::kCopy : DataSet::RowOf::kConnection);
    some.labels.back() = data.labels[row];
  }
  return some;
}

}  // namespace kanaria::train
