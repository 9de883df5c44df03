// SPDX-License-Identifier: Apache-2.0
// The values of the lens `rhythm`: what a window of messages says without saying where it was seen
// (docs/features.md).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/timestamp.h"
#include "flow/message.h"

namespace kanaria::feature {

inline constexpr size_t kRhythmWidth = 61;
std::span<const std::string_view> rhythm_value_names();

// `round_trip`: 0 when unknown. Requires: 2 to MessageWindow::kMost messages, values.size() ==
// kRhythmWidth.
void rhythm_values(std::span<const flow::Message> messages, Nanoseconds round_trip,
                   std::span<float> values);

}  // namespace kanaria::feature
