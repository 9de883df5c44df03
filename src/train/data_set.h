// SPDX-License-Identifier: Apache-2.0
// Labelled rows of one lens, held once in memory as float32, with the connection and capture of
// each.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "feature/lens.h"
#include "train/labels.h"

namespace kanaria::train {

struct LabelledConnection {
  uint32_t capture = 0;  // index into DataSet::captures
  flow::Ends ends;
  Timestamp start;  // of its first packet
  Label label = Label::kUnknown;
  std::string kind;
  std::string source;
  std::string group;
  uint32_t rows = 0;
};

struct DataSet {
  std::string lens;
  int lens_version = 1;
  std::vector<std::string> value_names;
  std::vector<std::string> captures;
  std::vector<LabelledConnection> connections;  // in the order of their captures
  std::vector<float> values;                    // [rows, width] row-major
  std::vector<uint32_t> connection;             // [rows], index into connections
  std::vector<float> labels;                    // [rows], 1 = mining
  std::vector<Error> faults;  // why captures could not be read whole; the rest of them is used

  size_t width() const { return value_names.size(); }
  size_t rows() const { return connection.size(); }
  std::span<const float> row(size_t index) const { return {&values[index * width()], width()}; }
};

// Reads each capture the labels name. Connections without a label, or labelled unknown, are left
// out. `progress` is called after each capture with the number read.
Result<DataSet> build_data_set(const Labels& labels, const std::string& lens,
                               const std::function<void(size_t captures)>& progress);

// SHA-256 over values and labels, hexadecimal.
std::string fingerprint(const DataSet& data);

}  // namespace kanaria::train
