// SPDX-License-Identifier: Apache-2.0
// The sentences for captures that end or lie in the middle: the same for every format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace kanaria::capture {

// Larger than any link's frame, offloaded super-segments included (the limit of Wireshark's wiretap
// for USB, and far above libpcap's 256 KiB); a record beyond it is damage, not data.
inline constexpr uint32_t kLargestFrame = 16 << 20;

inline std::string used_before(uint64_t frames) {
  return frames == 0 ? "no packet stands before it"
                     : fmt::format("the {} packet{} before it {} used", frames,
                                   frames == 1 ? "" : "s", frames == 1 ? "was" : "were");
}

inline std::string cut_short(std::string_view name, std::string_view unit, uint64_t at,
                             uint64_t claims, uint64_t end, uint64_t frames) {
  return fmt::format(
      "{}: {} at byte {} claims {} bytes but the file ends at byte {}; {}; copy the file again or "
      "repair it with pcapfix",
      name, unit, at, claims, end, used_before(frames));
}

inline std::string impossible_length(std::string_view name, std::string_view unit, uint64_t at,
                                     uint64_t claims, uint64_t frames) {
  return fmt::format(
      "{}: {} at byte {} claims an impossible length of {} bytes; {}; copy the file again or "
      "repair it "
      "with pcapfix",
      name, unit, at, claims, used_before(frames));
}

inline std::string broken_input(std::string_view name, uint64_t at, std::string_view reason,
                                uint64_t frames) {
  return fmt::format("{}: at byte {} {}; {}; copy the file again", name, at, reason,
                     used_before(frames));
}

}  // namespace kanaria::capture
