// SPDX-License-Identifier: Apache-2.0
// Records of RFC 4180 CSV: quoted fields may hold commas, doubled quotes and line breaks.
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace kanaria::train {

using CsvRecord = std::vector<std::string>;

// The next record's fields, or nullopt at the end. Lines may end in LF or CRLF. Fails when the
// input ends within quotes.
Result<std::optional<CsvRecord>> read_csv_record(std::istream& in);

}  // namespace kanaria::train
