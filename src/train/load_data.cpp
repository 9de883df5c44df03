// SPDX-License-Identifier: Apache-2.0
#include "train/load_data.h"

#include <atomic>

#include "capture/byte_source.h"
#include "train/csv_reader.h"
#include "train/data_file.h"

namespace kanaria::train {

Result<DataSet> load_data(const std::string& path, const std::optional<std::string>& lens,
                          const std::function<void(double)>& progress) {
  const std::atomic<bool> never_stopped{false};
  auto bytes = capture::open_bytes(path, never_stopped);
  if (!bytes) return bytes.error();
  CsvReader csv(capture::input_name(path), **bytes);
  const auto columns = csv.columns();
  if (!columns) return columns.error();
  if (is_data_file(*columns)) return read_data_file(csv, *columns, lens, progress);
  const auto labels = Labels::read(csv, *columns);
  if (!labels) return labels.error();
  RowOptions options;
  if (lens) options.lens = *lens;
  return build_data_set(*labels, options, progress);
}

}  // namespace kanaria::train
