// SPDX-License-Identifier: Apache-2.0
// DATA.csv: the labelled rows of a lens as a file (docs/dataset.md). Written row by row, whatever
// the captures' size; read back, it is the data set that the same captures give.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "capture/byte_sink.h"
#include "feature/lens.h"
#include "train/csv_reader.h"
#include "train/data_set.h"
#include "train/labelled_rows.h"

namespace kanaria::train {

class DataFileWriter final : public RowSink {
 public:
  struct Counts {
    uint64_t captures = 0;
    uint64_t connections = 0;
    uint64_t mining_rows = 0;
    uint64_t benign_rows = 0;

    uint64_t rows() const { return mining_rows + benign_rows; }
  };

  // Writes the line of names. `out` must outlive the writer; only whole lines are handed to it.
  DataFileWriter(capture::ByteSink& out, const feature::Lens& lens);

  void begin(uint32_t index, const std::string& capture,
             const LabelledConnection& connection) override;
  void add(uint32_t index, Timestamp time, std::span<const float> values) override {
    add_of_copy(index, 0, time, values);
  }
  // `copy`: 0 is the connection itself.
  void add_of_copy(uint32_t index, uint32_t copy, Timestamp time,
                   std::span<const float> values) override;
  void end(uint32_t index) override { alive_.erase(index); }
  std::optional<Error> fault() const override { return out_.fault(); }

  const Counts& counts() const { return counts_; }

 private:
  struct Alive {
    Label label;
    std::string before_time;
    std::string behind_time;
  };

  capture::ByteSink& out_;
  std::string lens_;
  std::unordered_map<uint32_t, Alive> alive_;
  std::string last_capture_;
  std::string line_;
  Counts counts_;
};

// Whether the columns are those of a DATA.csv.
bool is_data_file(const CsvColumns& columns);

// The records behind the first one, which named the columns. `lens`: the one the rows must be of;
// none: that of the file. Rows before a damage are used, which stands in the set's faults.
Result<DataSet> read_data_file(CsvReader& csv, const CsvColumns& columns,
                               const std::optional<std::string>& lens,
                               const std::function<void(double share)>& progress);

}  // namespace kanaria::train
