// SPDX-License-Identifier: Apache-2.0
#include "train/labels.h"

#include <atomic>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "capture/byte_source.h"

namespace kanaria::train {
namespace {

class RowParser {
 public:
  RowParser(const CsvColumns& columns, CsvRecord fields) : columns_(columns), fields_(fields) {}

  LabelRow parse() {
    LabelRow row;
    if (fields_.size() != columns_.count())
      fault_ = fmt::format("{} fields stand below {} columns", fields_.size(), columns_.count());
    else if (file().empty())
      fault_ = "file is empty";
    row.src_ip = address({"src_ip"});
    row.src_port = port({"src_port"});
    row.dst_ip = address({"dst_ip", "dest_ip"});
    row.dst_port = port({"dst_port", "dest_port"});
    row.start = time("start");
    row.end = time("end");
    row.label = label();
    row.kind = field({"kind"});
    row.source = field({"source"});
    row.group = field({"group"});
    if (row.group.empty()) row.group = row.source;
    return row;
  }
  std::string file() const { return field({"file"}); }
  // What was wrong first, in words that follow "record N: ".
  const std::string& fault() const { return fault_; }

 private:
  std::string field(std::initializer_list<std::string_view> names) const {
    const auto column = columns_.find(names);
    return column && *column < fields_.size() ? std::string(fields_[*column]) : std::string();
  }
  void note(std::string_view column, const std::string& text, std::string_view expected) {
    if (fault_.empty()) fault_ = fmt::format("{} '{}' is no {}", column, text, expected);
  }
  std::optional<IpAddress> address(std::initializer_list<std::string_view> names) {
    const std::string text = field(names);
    if (text.empty()) return std::nullopt;
    auto parsed = parse_ip_address(text);
    if (!parsed) note(*names.begin(), text, "IP address");
    return parsed;
  }
  std::optional<uint16_t> port(std::initializer_list<std::string_view> names) {
    const std::string text = field(names);
    if (text.empty()) return std::nullopt;
    uint16_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size()) note(*names.begin(), text, "port");
    return value;
  }
  std::optional<Timestamp> time(std::string_view column) {
    const std::string text = field({column});
    if (text.empty()) return std::nullopt;
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) ||
        std::fabs(value) > 9e9)
      note(column, text, "time in epoch seconds");
    return fault_.empty() ? std::optional(Timestamp{static_cast<Nanoseconds>(value * 1e9)})
                          : std::nullopt;
  }
  Label label() {
    const std::string text = field({"label"});
    if (text == "mining") return Label::kMining;
    if (text == "benign") return Label::kBenign;
    if (text != "unknown") note("label", text, "label (mining, benign, unknown)");
    return Label::kUnknown;
  }

  const CsvColumns& columns_;
  CsvRecord fields_;
  std::string fault_;
};

template <typename T>
bool matches(const std::optional<T>& wanted, const T& value) {
  return !wanted || *wanted == value;
}

bool matches(const LabelRow& row, const flow::Ends& e, Timestamp start) {
  constexpr Nanoseconds kClockSlack = kSecond;  // labels come from other clocks' logs
  if (row.start && start - *row.start < -kClockSlack) return false;
  if (row.end && *row.end - start < -kClockSlack) return false;
  const bool forward = matches(row.src_ip, e.client) && matches(row.src_port, e.client_port) &&
                       matches(row.dst_ip, e.server) && matches(row.dst_port, e.server_port);
  const bool backward = matches(row.src_ip, e.server) && matches(row.src_port, e.server_port) &&
                        matches(row.dst_ip, e.client) && matches(row.dst_port, e.client_port);
  return forward || backward;
}

int specificity(const LabelRow& row) {
  return row.src_ip.has_value() + row.src_port.has_value() + row.dst_ip.has_value() +
         row.dst_port.has_value() + row.start.has_value() + row.end.has_value();
}

}  // namespace

Result<Labels> Labels::load(const std::string& path) {
  const std::atomic<bool> never_stopped{false};
  auto bytes = capture::open_bytes(path, never_stopped);
  if (!bytes) return bytes.error();
  CsvReader csv(path, **bytes);
  const auto columns = csv.columns();
  return columns ? read(csv, *columns) : columns.error();
}

Result<Labels> Labels::read(CsvReader& csv, const CsvColumns& columns) {
  for (const std::string_view needed : {"file", "label"})
    if (!columns.has(needed))
      return Error{fmt::format("{}: has no column '{}' in its first line; see docs/labels.md",
                               csv.name(), needed)};
  Labels labels;
  const std::filesystem::path folder = std::filesystem::path(csv.name()).parent_path();
  for (;;) {
    const auto record = csv.next();
    if (!record) return record.error();
    if (!*record) break;
    const CsvRecord fields = **record;
    if (fields.size() == 1 && fields.front().empty()) continue;
    RowParser parser(columns, fields);
    LabelRow row = parser.parse();
    if (!parser.fault().empty()) return csv.error(parser.fault());
    labels.add((folder / parser.file()).string(), std::move(row));
  }
  if (const auto fault = csv.damage()) return *fault;
  if (labels.captures_.empty())
    return Error{fmt::format("{}: holds no label; see docs/labels.md", csv.name())};
  return labels;
}

void Labels::append(Labels more) {
  for (const std::string& capture : more.captures_)
    for (LabelRow& row : more.rows_[capture]) add(capture, std::move(row));
}

void Labels::add(const std::string& capture, LabelRow row) {
  auto& rows = rows_[capture];
  if (rows.empty()) captures_.push_back(capture);
  rows.push_back(std::move(row));
}

const LabelRow* Labels::find(const std::string& capture, const flow::Ends& ends,
                             Timestamp start) const {
  const auto rows = rows_.find(capture);
  if (rows == rows_.end()) return nullptr;
  const LabelRow* best = nullptr;
  for (const LabelRow& row : rows->second)
    if (matches(row, ends, start) && (best == nullptr || specificity(row) > specificity(*best)))
      best = &row;
  return best;
}

}  // namespace kanaria::train
