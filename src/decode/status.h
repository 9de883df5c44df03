// SPDX-License-Identifier: Apache-2.0
// What became of a frame: a TCP packet, or the one reason why not. Counted, never logged.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kanaria::decode {

enum class DecodeStatus : uint8_t {
  kTcp,
  kNotIp,
  kNotTcp,
  kLaterFragment,
  kEncrypted,
  kUnknownLinkType,
  kUnknownTunnel,
  kCutBeforeIp,
  kCutInIp,
  kCutInTcp,
  kBadIp,
  kBadTcp,
  kTooDeep,
};
inline constexpr size_t kDecodeStatuses = static_cast<size_t>(DecodeStatus::kTooDeep) + 1;

// Short word for machines, e.g. "later_fragment".
std::string_view name(DecodeStatus status);
// One sentence for people.
std::string_view sentence(DecodeStatus status);

struct StatusCounts {
  std::array<uint64_t, kDecodeStatuses> frames{};

  void add(DecodeStatus status) { ++frames[static_cast<size_t>(status)]; }
  uint64_t of(DecodeStatus status) const { return frames[static_cast<size_t>(status)]; }
};

}  // namespace kanaria::decode
