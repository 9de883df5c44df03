// SPDX-License-Identifier: Apache-2.0
// Records of RFC 4180 CSV: quoted fields may hold commas, doubled quotes and line breaks.
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace kanaria::train {

// The next record's fields, or nullopt at the end. Lines may end in LF or CRLF.
std::optional<std::vector<std::string>> read_csv_record(std::istream& in);

}  // namespace kanaria::train
