// SPDX-License-Identifier: Apache-2.0
// Capture files for tests, field by field as draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng
// draw them: pieces that are put together with +. Any length or count may be made to lie.
#pragma once

#include <optional>
#include <vector>

#include "tests/base/bytes.h"

namespace kanaria::test {

enum class ByteOrder { kLittle, kBig };

inline Bytes u16(unsigned value, ByteOrder order) {
  return order == ByteOrder::kBig ? be16(value) : le16(value);
}
inline Bytes u32(uint32_t value, ByteOrder order) {
  return order == ByteOrder::kBig ? be32(value) : le32(value);
}
inline Bytes u64(uint64_t value, ByteOrder order) {
  const auto high = static_cast<uint32_t>(value >> 32), low = static_cast<uint32_t>(value);
  return order == ByteOrder::kBig ? be32(high) + be32(low) : le32(low) + le32(high);
}

// --- classic pcap

inline constexpr uint32_t kMicrosecondMagic = 0xa1b2c3d4;
inline constexpr uint32_t kNanosecondMagic = 0xa1b23c4d;
inline constexpr uint32_t kModifiedMagic = 0xa1b2cd34;

struct PcapShape {
  uint32_t magic = kMicrosecondMagic;
  ByteOrder order = ByteOrder::kLittle;
  uint32_t link_type = 1;
};

struct Record {
  Bytes bytes;
  uint32_t seconds = 0;
  uint32_t fraction = 0;                  // µs or ns
  std::optional<uint32_t> captured = {};  // as claimed; else the number of bytes
  std::optional<uint32_t> original = {};  // likewise
};

inline Bytes pcap_header(const PcapShape& shape = {}) {
  const ByteOrder order = shape.order;
  return u32(shape.magic, order) + u16(2, order) + u16(4, order) + zeros(8) + u32(65535, order) +
         u32(shape.link_type, order);
}

inline Bytes pcap_record(const Record& record, const PcapShape& shape = {}) {
  const ByteOrder order = shape.order;
  const auto size = static_cast<uint32_t>(record.bytes.size());
  Bytes header = u32(record.seconds, order) + u32(record.fraction, order) +
                 u32(record.captured.value_or(size), order) +
                 u32(record.original.value_or(size), order);
  // Interface index, protocol, packet type, padding.
  if (shape.magic == kModifiedMagic) header += hex("02000000 0008 04 00");
  return header + record.bytes;
}

inline Bytes pcap_file(const std::vector<Record>& records, const PcapShape& shape = {}) {
  Bytes file = pcap_header(shape);
  for (const Record& record : records) file += pcap_record(record, shape);
  return file;
}

// --- pcapng

inline constexpr uint32_t kInterfaceBlock = 1;
inline constexpr uint32_t kOldPacketBlock = 2;
inline constexpr uint32_t kSimplePacketBlock = 3;
inline constexpr uint32_t kNameResolutionBlock = 4;
inline constexpr uint32_t kStatisticsBlock = 5;
inline constexpr uint32_t kEnhancedPacketBlock = 6;
inline constexpr uint32_t kSectionBlock = 0x0a0d0d0a;

inline Bytes padded_to_4(Bytes bytes) {
  while (bytes.size() % 4 != 0) bytes.push_back(0);
  return bytes;
}

inline Bytes block(uint32_t type, const Bytes& body, ByteOrder order = ByteOrder::kLittle) {
  const Bytes whole = padded_to_4(body);
  const Bytes length = u32(static_cast<uint32_t>(whole.size() + 12), order);
  return u32(type, order) + length + whole + length;
}

inline Bytes option(unsigned code, const Bytes& value, ByteOrder order = ByteOrder::kLittle) {
  return padded_to_4(u16(code, order) + u16(static_cast<unsigned>(value.size()), order) + value);
}

inline Bytes section(ByteOrder order = ByteOrder::kLittle, const Bytes& options = {}) {
  const Bytes length_not_known(8, uint8_t{0xff});
  return block(kSectionBlock,
               u32(0x1a2b3c4d, order) + u16(1, order) + u16(0, order) + length_not_known + options,
               order);
}

struct InterfaceShape {
  uint16_t link_type = 1;
  uint32_t snap_length = 0;
  Bytes options = {};
  ByteOrder order = ByteOrder::kLittle;
};

inline Bytes interface_block(const InterfaceShape& shape = {}) {
  return block(kInterfaceBlock,
               u16(shape.link_type, shape.order) + u16(0, shape.order) +
                   u32(shape.snap_length, shape.order) + shape.options,
               shape.order);
}

inline Bytes time_resolution(unsigned value, ByteOrder order = ByteOrder::kLittle) {
  return option(9, byte(value), order);
}
inline Bytes time_offset(int64_t seconds, ByteOrder order = ByteOrder::kLittle) {
  return option(14, u64(static_cast<uint64_t>(seconds), order), order);
}

struct PacketShape {
  Bytes bytes;
  uint64_t ticks = 0;
  uint32_t interface = 0;
  std::optional<uint32_t> captured = {};
  std::optional<uint32_t> original = {};
  Bytes options = {};
  ByteOrder order = ByteOrder::kLittle;
};

// What enhanced and old packet blocks share: from the time to the options.
inline Bytes packet_from_time(const PacketShape& packet) {
  const ByteOrder order = packet.order;
  const auto size = static_cast<uint32_t>(packet.bytes.size());
  return u32(static_cast<uint32_t>(packet.ticks >> 32), order) +
         u32(static_cast<uint32_t>(packet.ticks), order) +
         u32(packet.captured.value_or(size), order) + u32(packet.original.value_or(size), order) +
         padded_to_4(packet.bytes) + packet.options;
}

inline Bytes enhanced_packet(const PacketShape& packet) {
  return block(kEnhancedPacketBlock, u32(packet.interface, packet.order) + packet_from_time(packet),
               packet.order);
}

inline Bytes old_packet(const PacketShape& packet) {
  constexpr unsigned kDropsNotKnown = 0xffff;
  return block(kOldPacketBlock,
               u16(packet.interface, packet.order) + u16(kDropsNotKnown, packet.order) +
                   packet_from_time(packet),
               packet.order);
}

inline Bytes simple_packet(const Bytes& bytes, uint32_t original,
                           ByteOrder order = ByteOrder::kLittle) {
  return block(kSimplePacketBlock, u32(original, order) + bytes, order);
}

inline Bytes statistics(uint32_t interface, uint64_t dropped_by_the_kernel,
                        ByteOrder order = ByteOrder::kLittle) {
  return block(kStatisticsBlock,
               u32(interface, order) + zeros(8) +
                   option(7, u64(dropped_by_the_kernel, order), order) + option(0, {}, order),
               order);
}

}  // namespace kanaria::test
