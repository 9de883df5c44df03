// SPDX-License-Identifier: Apache-2.0
// LABELS.csv: which connections of which captures mine (docs/labels.md). Columns are found by name;
// an empty tuple field matches all; a row matches both directions; the most specific row wins.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "flow/connection.h"
#include "train/csv_reader.h"

namespace kanaria::train {

enum class Label : uint8_t { kUnknown, kBenign, kMining };

struct LabelRow {
  std::optional<IpAddress> src_ip;
  std::optional<uint16_t> src_port;
  std::optional<IpAddress> dst_ip;
  std::optional<uint16_t> dst_port;
  std::optional<Timestamp> start;
  std::optional<Timestamp> end;
  Label label = Label::kUnknown;
  std::string kind;
  std::string source;
  std::string group;  // what a split by source must keep together; the source when not given
};

class Labels {
 public:
  // PATH: plain, gzip or Zstandard; "-": stdin.
  static Result<Labels> load(const std::string& path);
  // The records behind the first one, which named the columns. Captures are found from the folder
  // of the file.
  static Result<Labels> read(CsvReader& csv, const CsvColumns& columns);
  // Adds the rows of `more` behind its own.
  void append(Labels more);
  // Adds a row for a capture, as a path that can be opened.
  void add(const std::string& capture, LabelRow row);

  // Captures named, as paths that can be opened, in the order of their first row.
  const std::vector<std::string>& captures() const { return captures_; }
  // The row that decides for a connection of that capture that began at `start`; null: none does.
  const LabelRow* find(const std::string& capture, const flow::Ends& ends, Timestamp start) const;

 private:
  std::vector<std::string> captures_;
  std::map<std::string, std::vector<LabelRow>> rows_;
};

}  // namespace kanaria::train
