// SPDX-License-Identifier: Apache-2.0
#include "record/rotation.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace kanaria::record {
namespace {

// Where ".pcapng" or ".pcapng.gz" begins; the end of the path when there is none.
size_t ending_of(std::string_view path) {
  const size_t name = path.find_last_of('/') + 1;  // npos + 1 is 0
  size_t end = path.size();
  for (const std::string_view compression : {".gz", ".zst"})
    if (path.substr(name).ends_with(compression)) end -= compression.size();
  const size_t dot = path.substr(0, end).find_last_of('.');
  return dot == std::string_view::npos || dot <= name ? end : dot;
}

// ISO 8601's basic form: "20261123T131547Z".
std::string basic_time(Timestamp time) {
  std::string text = display_time(time);  // "2026-11-23 13:15:47"
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  std::replace(text.begin(), text.end(), ' ', 'T');
  return text + "Z";
}

}  // namespace

std::string rotated_name(std::string_view path, uint64_t number, Timestamp first_packet) {
  const size_t ending = ending_of(path);
  return fmt::format("{}_{:05}_{}{}", path.substr(0, ending), number, basic_time(first_packet),
                     path.substr(ending));
}

}  // namespace kanaria::record
