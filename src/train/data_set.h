// SPDX-License-Identifier: Apache-2.0
// Labelled rows of one lens, held once in memory as float32, with the connection and capture of
// each.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "train/labelled_rows.h"
#include "train/labels.h"

namespace kanaria::train {

struct DataSet {
  std::string lens;
  int lens_version = 1;
  std::vector<std::string> value_names;
  std::vector<std::string> captures;            // those that gave a row
  std::vector<LabelledConnection> connections;  // in the order of their captures
  std::vector<float> values;                    // [rows, width] row-major
  std::vector<uint32_t> connection;             // [rows], index into connections
  std::vector<float> labels;                    // [rows], 1 = mining
  std::vector<uint32_t> copies;  // ascending: rows of changed copies of their connections
  std::vector<Error> faults;     // why captures could not be read whole; the rest of them is used

  size_t width() const { return value_names.size(); }
  size_t rows() const { return connection.size(); }
  // A row of the connection at `of`, which is there, or of a changed copy of it.
  enum class RowOf : uint8_t { kConnection, kCopy };
  void add_row(uint32_t of, std::span<const float> row_values, RowOf what = RowOf::kConnection);
  std::span<const float> row(size_t index) const { return {&values[index * width()], width()}; }
};

// The rows of read_labelled_rows, gathered. Fails when there is none.
Result<DataSet> build_data_set(const Labels& labels, const RowOptions& options,
                               const std::function<void(double share)>& progress);

// Adds the rows of `more` behind those of `data`, which has the same lens. A capture of the same
// name is the same capture; connections stay apart, whatever their names.
void append(DataSet& data, DataSet more);

// Makes all of it something to learn from beside other rows, never to be tested.
void make_background(DataSet& data);

// Those that verdicts can be had of.
size_t connections_from_captures(const DataSet& data);

// SHA-256 over values and labels, hexadecimal.
std::string fingerprint(const DataSet& data);

}  // namespace kanaria::train
