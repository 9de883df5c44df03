// SPDX-License-Identifier: Apache-2.0
#include "train/data_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace kanaria::train {
namespace {

// Integers up to 2^24 are exact in float, and most values are such.
constexpr float kExactIntegers = 16777216.0F;

void append_value(std::string& line, float value) {
  line += ',';
  if (value >= 0 && value < kExactIntegers && std::trunc(value) == value && !std::signbit(value)) {
    const fmt::format_int digits(static_cast<uint32_t>(value));
    line.append(digits.data(), digits.size());
  } else {
    fmt::format_to(std::back_inserter(line), "{}", value);  // shortest that reads back the same
  }
}

bool parse_value(std::string_view text, float& value) {
  constexpr size_t kExactDigits = 7;
  if (!text.empty() && text.size() <= kExactDigits) {
    uint32_t integer = 0;
    size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
      integer = integer * 10 + static_cast<uint32_t>(text[digits] - '0');
    value = static_cast<float>(integer);
    if (digits == text.size()) return true;
  }
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
}

std::string_view label_text(Label label) { return label == Label::kMining ? "mining" : "benign"; }

std::string versioned(std::string_view lens, int version) {
  return fmt::format("{} {}", lens, version);
}

// Where the fields of a row stand.
struct Places {
  size_t capture;
  size_t connection;
  size_t start;
  size_t lens;
  size_t label;
  std::optional<size_t> kind;
  std::optional<size_t> source;
  std::optional<size_t> group;
  std::optional<size_t> copy;
  std::vector<size_t> values;
};

class DataFileReader {
 public:
  DataFileReader(CsvReader& csv, const CsvColumns& columns) : csv_(csv), columns_(columns) {}

  Result<DataSet> read(const std::optional<std::string>& lens,
                       const std::function<void(double)>& progress) {
    if (auto found = find_places(); !found) return found.error();
    for (uint64_t rows = 0;; ++rows) {
      const auto record = csv_.next();
      if (!record) return record.error();
      const std::optional<CsvRecord>& read = *record;
      if (!read) break;
      const CsvRecord fields = *read;
      if (fields.size() == 1 && fields.front().empty()) continue;
      if (data_.lens.empty())
        if (auto chosen = choose_lens(fields, lens); !chosen) return chosen.error();
      if (auto added = add_row(fields); !added) return added.error();
      constexpr uint64_t kRowsAStep = 4096;
      if (rows % kRowsAStep == 0) progress(std::max(0.0, csv_.progress()));
    }
    if (const auto damage = csv_.damage()) data_.faults.push_back(*damage);
    if (data_.rows() == 0)
      return Error{fmt::format("{}: holds no row; see docs/dataset.md", csv_.name())};
    progress(1);
    return std::move(data_);
  }

 private:
  Result<size_t> place(std::string_view name) const {
    if (const auto found = columns_.find({name})) return *found;
    return Error{fmt::format("{}: has no column '{}' in its first line; see docs/dataset.md",
                             csv_.name(), name)};
  }

  Status find_places() {
    for (const auto& [name, member] : {std::pair{"capture", &Places::capture},
                                       {"connection", &Places::connection},
                                       {"start", &Places::start},
                                       {"lens", &Places::lens},
                                       {"label", &Places::label}}) {
      const auto found = place(name);
      if (!found) return found.error();
      at_.*member = *found;
    }
    at_.kind = columns_.find({"kind"});
    at_.source = columns_.find({"source"});
    at_.group = columns_.find({"group"});
    at_.copy = columns_.find({"copy"});
    return Done{};
  }

  // The lens is that of the first row.
  Status choose_lens(CsvRecord fields, const std::optional<std::string>& asked) {
    if (auto whole = check_size(fields); !whole) return whole;
    const std::string text(fields[at_.lens]);
    const std::string name = text.substr(0, text.find(' '));
    if (asked && *asked != name)
      return Error{
          fmt::format("{}: holds rows of lens '{}', not of '{}'; name that lens or make "
                      "another file with 'kanaria dataset --lens {}'",
                      csv_.name(), name, *asked, *asked)};
    const auto lens = feature::make_lens(name, {});
    if (!lens) return csv_.error(lens.error().sentence);
    if (const std::string known = versioned(name, (*lens)->version()); text != known)
      return Error{
          fmt::format("{}: holds rows of '{}', this program makes '{}'; make the file "
                      "again with 'kanaria dataset'",
                      csv_.name(), text, known)};
    for (const std::string_view value : (*lens)->value_names()) {
      const auto found = place(value);
      if (!found) return found.error();
      at_.values.push_back(*found);
      data_.value_names.emplace_back(value);
    }
    values_.resize(at_.values.size());
    lens_text_ = text;
    data_.lens = name;
    data_.lens_version = (*lens)->version();
    return Done{};
  }

  Status check_size(CsvRecord fields) const {
    if (fields.size() == columns_.count()) return Done{};
    return csv_.error(
        fmt::format("{} fields stand below {} columns", fields.size(), columns_.count()));
  }

  Status add_row(CsvRecord fields) {
    if (auto whole = check_size(fields); !whole) return whole;
    if (fields[at_.lens] != lens_text_)
      return csv_.error(fmt::format("lens '{}' is not that of the first row", fields[at_.lens]));
    const auto connection = connection_of(fields);
    if (!connection) return connection.error();
    for (size_t v = 0; v < values_.size(); ++v) {
      const std::string_view text = fields[at_.values[v]];
      if (!parse_value(text, values_[v]))
        return csv_.error(fmt::format("{} '{}' is no finite number", data_.value_names[v], text));
    }
    const auto what = row_of(fields);
    if (!what) return what.error();
    data_.add_row(*connection, values_, *what);
    return Done{};
  }

  Result<DataSet::RowOf> row_of(CsvRecord fields) const {
    const std::string_view text = at_.copy ? fields[*at_.copy] : "0";
    uint32_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc{} || end != text.data() + text.size())
      return csv_.error(fmt::format("copy '{}' is no whole number", text));
    return number == 0 ? DataSet::RowOf::kConnection : DataSet::RowOf::kCopy;
  }

  // Rows of one connection often follow each other.
  Result<uint32_t> connection_of(CsvRecord fields) {
    key_.assign(fields[at_.capture]).append(1, '\0').append(fields[at_.connection]);
    if (key_ != last_key_) {
      const auto found = connections_.find(key_);
      if (found == connections_.end()) {
        auto connection = parse_connection(fields);
        if (!connection) return connection.error();
        data_.connections.push_back(*std::move(connection));
        last_ = static_cast<uint32_t>(data_.connections.size() - 1);
        connections_.emplace(key_, last_);
      } else {
        last_ = found->second;
      }
      std::swap(key_, last_key_);
    }
    if (fields[at_.label] != label_text(data_.connections[last_].label))
      return csv_.error(fmt::format("label '{}' is not that of the connection's first row ({})",
                                    fields[at_.label], label_text(data_.connections[last_].label)));
    return last_;
  }

  Result<LabelledConnection> parse_connection(CsvRecord fields) {
    const auto wrong = [&](std::string_view column, size_t at, std::string_view expected) {
      return csv_.error(fmt::format("{} '{}' is no {}", column, fields[at], expected));
    };
    const auto named = parse_connection_name(fields[at_.connection]);
    if (!named)
      return wrong("connection", at_.connection,
                   "connection (client:port-server:port#first packet)");
    const auto start = parse_epoch_time(fields[at_.start]);
    if (!start) return wrong("start", at_.start, "time in epoch seconds");
    const std::string_view label = fields[at_.label];
    if (label != "mining" && label != "benign")
      return wrong("label", at_.label, "label (mining, benign)");
    const auto text = [&](const std::optional<size_t>& column) {
      return column ? std::string(fields[*column]) : std::string();
    };
    LabelledConnection connection{.capture = capture_index(fields[at_.capture]),
                                  .ends = named->ends,
                                  .number = named->number,
                                  .start = *start,
                                  .label = label == "mining" ? Label::kMining : Label::kBenign,
                                  .kind = text(at_.kind),
                                  .source = text(at_.source),
                                  .group = text(at_.group)};
    if (connection.group.empty()) connection.group = connection.source;
    return connection;
  }

  uint32_t capture_index(std::string_view capture) {
    const auto [found, is_new] =
        captures_.try_emplace(std::string(capture), static_cast<uint32_t>(data_.captures.size()));
    if (is_new) data_.captures.emplace_back(capture);
    return found->second;
  }

  CsvReader& csv_;
  const CsvColumns& columns_;
  Places at_{};
  DataSet data_;
  std::string lens_text_;
  std::vector<float> values_;
  std::unordered_map<std::string, uint32_t> captures_;
  std::unordered_map<std::string, uint32_t> connections_;  // by capture and name
  std::string key_, last_key_;
  uint32_t last_ = 0;  // the connection named last_key_
};

}  // namespace

DataFileWriter::DataFileWriter(capture::ByteSink& out, const feature::Lens& lens)
    : out_(out), lens_(versioned(lens.name(), lens.version())) {
  line_ = "capture,connection,start,time,lens,label,kind,source,group,copy";
  for (const std::string_view name : lens.value_names()) line_.append(",").append(name);
  line_ += '\n';
  out_.write(line_);
}

void DataFileWriter::begin(uint32_t index, const std::string& capture,
                           const LabelledConnection& connection) {
  alive_[index] = {
      .label = connection.label,
      .before_time = fmt::format("{},{},{},", csv_field(capture),
                                 connection_name(connection.ends, connection.number),
                                 epoch_time(connection.start)),
      .behind_time = fmt::format(",{},{},{},{},{}", lens_, label_text(connection.label),
                                 csv_field(connection.kind), csv_field(connection.source),
                                 csv_field(connection.group))};
  ++counts_.connections;
  if (counts_.captures == 0 || capture != last_capture_) ++counts_.captures;
  last_capture_ = capture;
}

void DataFileWriter::add_of_copy(uint32_t index, uint32_t copy, Timestamp time,
                                 std::span<const float> values) {
  const Alive& connection = alive_.at(index);
  line_ = connection.before_time;
  line_ += epoch_time(time);
  line_ += connection.behind_time;
  fmt::format_to(std::back_inserter(line_), ",{}", copy);
  for (const float value : values) append_value(line_, value);
  line_ += '\n';
  out_.write(line_);
  ++(connection.label == Label::kMining ? counts_.mining_rows : counts_.benign_rows);
}

bool is_data_file(const CsvColumns& columns) {
  return columns.has("capture") && columns.has("connection");
}

Result<DataSet> read_data_file(CsvReader& csv, const CsvColumns& columns,
                               const std::optional<std::string>& lens,
                               const std::function<void(double)>& progress) {
  return DataFileReader(csv, columns).read(lens, progress);
}

}  // namespace kanaria::train
