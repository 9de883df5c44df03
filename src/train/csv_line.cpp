// SPDX-License-Identifier: Apache-2.0
#include "train/csv_line.h"

#include <utility>

namespace kanaria::train {

Result<std::optional<CsvRecord>> read_csv_record(std::istream& in) {
  if (in.peek() == std::istream::traits_type::eof()) return std::optional<CsvRecord>{};
  CsvRecord fields(1);
  bool quoted = false;
  for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
    if (quoted) {
      if (c != '"')
        fields.back() += static_cast<char>(c);
      else if (in.peek() == '"')
        fields.back() += static_cast<char>(in.get());
      else
        quoted = false;
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      break;
    } else if (c != '\r') {
      fields.back() += static_cast<char>(c);
    }
  }
  if (quoted) return Error{"a quoted field is never closed"};
  return std::optional(std::move(fields));
}

}  // namespace kanaria::train
