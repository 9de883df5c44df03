// SPDX-License-Identifier: Apache-2.0
// Numbers of the pcapng format, for its reader and its writer:
// https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/ (IETF draft, sections 3 and 4).
#pragma once

#include <cstddef>
#include <cstdint>

namespace kanaria::capture::pcapng {

enum BlockType : uint32_t {
  kInterfaceDescription = 1,
  kOldPacket = 2,
  kSimplePacket = 3,
  kInterfaceStatistics = 5,
  kEnhancedPacket = 6,
  kSectionHeader = 0x0a0d0d0a,
};

// Some numbers mean different things in different blocks.
enum Option : uint16_t {
  kEndOfOptions = 0,
  kComment = 1,
  kInterfaceName = 2,    // interface description
  kApplication = 4,      // section header
  kDroppedBySystem = 7,  // interface statistics
  kTimeResolution = 9,   // interface description
  kTimeOffset = 14,      // interface description
};

inline constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
inline constexpr size_t kBlockFrame = 12;  // type, length, and the length again

}  // namespace kanaria::capture::pcapng
