// SPDX-License-Identifier: Apache-2.0
// Numbers of things as people write them: "1,024 frames", "1 connection".
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace kanaria::report {

template <std::integral Number>
std::string grouped(Number number) {
  std::string digits = fmt::format("{}", number);
  const size_t first = digits.starts_with('-') ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

template <std::integral Number>
std::string counted(Number number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

}  // namespace kanaria::report
