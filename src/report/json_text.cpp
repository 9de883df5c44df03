// SPDX-License-Identifier: Apache-2.0
#include "report/json_text.h"

#include <nlohmann/json.hpp>

namespace kanaria::report {

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace kanaria::report
