// SPDX-License-Identifier: Apache-2.0
#include "train/csv_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace kanaria::train {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view text_of(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool ends_field(char c) { return c == ',' || c == '\n'; }

}  // namespace

Result<std::optional<CsvRecord>> CsvReader::next() {
  bytes_.consume(std::exchange(taken_, 0));
  if (number_++ == 0 && bytes_.fill(kByteOrderMark.size()) &&
      text_of(bytes_.window()).starts_with(kByteOrderMark))
    bytes_.consume(kByteOrderMark.size());
  if (!bytes_.fill(1)) return std::optional<CsvRecord>{};

  Split got = split(text_of(bytes_.window()), Beyond::kMore);
  while (got != Split::kWhole) {
    if (bytes_.window().size() > kLongestRecord)
      return error(fmt::format("is longer than {} bytes", kLongestRecord));
    if (bytes_.fill(bytes_.window().size() + 1)) {
      got = split(text_of(bytes_.window()), Beyond::kMore);
      continue;
    }
    if (bytes_.fault()) return std::optional<CsvRecord>{};
    if (split(text_of(bytes_.window()), Beyond::kNothing) == Split::kUnclosedQuote)
      return error("a quoted field is never closed");
    break;
  }
  return std::optional<CsvRecord>(fields_);
}

Result<CsvColumns> CsvReader::columns() {
  const auto header = next();
  if (!header) return header.error();
  if (const std::optional<CsvRecord>& names = *header) return CsvColumns(*names);
  if (const auto cut = damage()) return *cut;
  return Error{fmt::format("{}: is empty; see docs/labels.md for the columns", name_)};
}

Error CsvReader::error(std::string_view what) const {
  return Error{fmt::format("{}: record {}: {}; correct it", name_, number_, what)};
}

std::optional<Error> CsvReader::damage() const {
  const auto& fault = bytes_.fault();
  if (!fault) return std::nullopt;
  return Error{
      fmt::format("{}: at byte {} {}; the {} records before it were read; copy the file again",
                  name_, bytes_.offset() + bytes_.window().size(), *fault, number_ - 1)};
}

CsvReader::Split CsvReader::split(std::string_view text, Beyond beyond) {
  fields_.clear();
  unquoted_.clear();
  for (size_t at = 0;; ++at) {
    const size_t begin = at;
    bool closed = true;
    if (at < text.size() && text[at] == '"') {
      fields_.push_back(quoted_field(text, at, closed));
    } else {
      while (at < text.size() && !ends_field(text[at])) ++at;
      const bool crlf =
          at > begin && text[at - 1] == '\r' && (at == text.size() || text[at] == '\n');
      fields_.push_back(text.substr(begin, at - begin - (crlf ? 1 : 0)));
    }
    if (at == text.size()) {
      if (!closed) return Split::kUnclosedQuote;
      if (beyond == Beyond::kMore) return Split::kIncomplete;
    } else if (text[at] == ',') {
      continue;
    }
    taken_ = std::min(at + 1, text.size());
    return Split::kWhole;
  }
}

std::string_view CsvReader::quoted_field(std::string_view text, size_t& at, bool& closed) {
  std::string& said = unquoted_.emplace_back();
  closed = false;
  for (++at; at < text.size(); ++at) {
    if (closed && ends_field(text[at])) break;
    if (closed || text[at] != '"')
      said += text[at];
    else if (at + 1 < text.size() && text[at + 1] == '"')
      said += text[++at];
    else
      closed = true;
  }
  if (closed && text[at - 1] == '\r' && (at == text.size() || text[at] == '\n')) said.pop_back();
  return said;
}

std::optional<size_t> CsvColumns::find(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return static_cast<size_t>(found - names_.begin());
  }
  return std::nullopt;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace kanaria::train
