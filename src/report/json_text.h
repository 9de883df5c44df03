// SPDX-License-Identifier: Apache-2.0
// Text as a JSON string (RFC 8259 §7). The hot EVE writer formats its own objects; strings are the
// one thing in them that needs care.
#pragma once

#include <string>
#include <string_view>

namespace kanaria::report {

// Quoted and escaped; bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace kanaria::report
