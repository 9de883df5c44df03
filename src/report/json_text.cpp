// SPDX-License-Identifier: Apache-2.0
#include "report/json_text.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace kanaria::report {

std::string json_string(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (plain) return '"' + std::string(text) + '"';  // nearly always, and ten times faster
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace kanaria::report
