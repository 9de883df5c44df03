// SPDX-License-Identifier: Apache-2.0
// "> share", "< job 30%", "> 40-90 50-100% x1-20": what one side says, in files of dialects.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "flow/direction.h"
#include "train/distribution.h"

namespace kanaria::train {

struct SayingText {
  flow::Direction direction = flow::Direction::kToServer;
  std::variant<std::string, Range> size;  // its name, or bytes to be drawn once a connection
  Range chance = {1, 1};
  Range run = {1, 1};
};

// nullopt: no such text.
std::optional<SayingText> parse_saying(std::string_view text);

// Letters, digits, '-', '_'; a letter first.
bool is_size_name(std::string_view text);

}  // namespace kanaria::train
