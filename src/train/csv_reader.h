// SPDX-License-Identifier: Apache-2.0
// Records of RFC 4180 CSV: quoted fields may hold commas, doubled quotes and line breaks. Reads
// through the window of a byte source: files of any size, plain, gzip or Zstandard.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "capture/byte_source.h"

namespace kanaria::train {

// Fields of one record; valid until the next one is read.
using CsvRecord = std::span<const std::string_view>;

// Where the columns of a file stand, by the names in its first record.
class CsvColumns {
 public:
  explicit CsvColumns(CsvRecord header) : names_(header.begin(), header.end()) {}

  size_t count() const { return names_.size(); }
  // Of the first of these names that is there.
  std::optional<size_t> find(std::initializer_list<std::string_view> names) const;
  bool has(std::string_view name) const { return find({name}).has_value(); }

 private:
  std::vector<std::string> names_;
};

class CsvReader {
 public:
  // A longer record is a quote never closed, or no CSV at all.
  static constexpr size_t kLongestRecord = 1 << 20;

  // `name` is what sentences call the file. `bytes` must outlive the reader. A byte-order mark in
  // front is passed over: spreadsheets write one.
  CsvReader(std::string name, capture::ByteSource& bytes) : name_(std::move(name)), bytes_(bytes) {}

  // The first record, which names the columns. Fails when there is none.
  Result<CsvColumns> columns();
  // The next record's fields, or nullopt at the end. Lines may end in LF or CRLF. Fails when the
  // input ends within quotes, and on a record that is too long. Of a damaged input, what stands
  // before the damage is read; damage() tells of it.
  Result<std::optional<CsvRecord>> next();
  // The sentence for what is wrong in the last record: "L.csv: record 7: WHAT; correct it".
  Error error(std::string_view what) const;
  // Why the input could not be read to its end.
  std::optional<Error> damage() const;

  const std::string& name() const { return name_; }
  double progress() const { return bytes_.progress(); }

 private:
  enum class Split : uint8_t { kWhole, kIncomplete, kUnclosedQuote };
  enum class Beyond : uint8_t { kMore, kNothing };

  Split split(std::string_view text, Beyond beyond);
  // The field at `at`, which it moves to the comma or line end behind it.
  std::string_view quoted_field(std::string_view text, size_t& at, bool& closed);

  std::string name_;
  capture::ByteSource& bytes_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;  // what fields with quotes say
  size_t taken_ = 0;                  // bytes of the last record
  uint64_t number_ = 0;               // of the last record, from 1
};

// `text` as one field: in quotes if it has to be.
std::string csv_field(std::string_view text);

}  // namespace kanaria::train
