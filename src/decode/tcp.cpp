// SPDX-License-Identifier: Apache-2.0
// TCP header (RFC 9293 §3.1) and the options kanaria knows (RFC 9293 §3.2, RFC 7323, RFC 2018).
#include "decode/layer.h"

namespace kanaria::decode {
namespace {

enum Option : uint8_t {
  kEnd = 0,
  kNop = 1,
  kMss = 2,
  kWindowScale = 3,
  kSackPermitted = 4,
  kSack = 5,
  kTimestamps = 8,
};

void take_timestamps(ByteCursor value, Packet& packet) noexcept {
  packet.timestamp_value = value.be32();
  packet.timestamp_echo = value.be32();
  packet.has_timestamps = true;
}

void take_option(uint8_t kind, std::span<const uint8_t> value, Packet& packet) noexcept {
  if (kind == kMss && value.size() == 2) {
    packet.mss = static_cast<uint16_t>(value[0] << 8 | value[1]);
    packet.has_mss = true;
  }
  if (kind == kWindowScale && value.size() == 1) {
    packet.window_scale = value[0];
    packet.has_window_scale = true;
  }
  if (kind == kSackPermitted && value.empty()) packet.sack_permitted = true;
  if (kind == kTimestamps && value.size() == 8) take_timestamps(ByteCursor(value), packet);
}

// use(offset, kind, value) for each option but NOP. Returns the offset behind the last byte that
// can be read as one: the list's end, or where an option is cut or has no length.
template <typename Use>
size_t for_each_option(std::span<const uint8_t> options, Use use) noexcept {
  ByteCursor at(options);
  while (at.left() > 0) {
    const size_t begin = at.position();
    const uint8_t kind = at.u8();
    if (kind == kEnd) return at.position();
    if (kind == kNop) continue;
    const uint8_t length = at.u8();
    if (length < 2) return begin;
    const auto value = at.bytes(length - 2U);
    if (at.short_read()) return begin;
    use(begin, kind, value);
  }
  return options.size();
}

void take_options(std::span<const uint8_t> options, Packet& packet) noexcept {
  // NOP NOP timestamps: what nearly every packet with options carries.
  if (options.size() == 12 && options[0] == kNop && options[1] == kNop &&
      options[2] == kTimestamps && options[3] == 10) {
    take_timestamps(ByteCursor(options.subspan(4)), packet);
    return;
  }
  for_each_option(options, [&](size_t, uint8_t kind, std::span<const uint8_t> value) {
    take_option(kind, value, packet);
  });
}

// Options whose bytes hold nothing but what their kind says: those above, and SACK's blocks.
bool is_known(uint8_t kind, size_t value_bytes) noexcept {
  switch (kind) {
    case kMss: return value_bytes == 2;
    case kWindowScale: return value_bytes == 1;
    case kSackPermitted: return value_bytes == 0;
    case kSack: return value_bytes % 8 == 0;
    case kTimestamps: return value_bytes == 8;
    default: return false;
  }
}

// `begin`: offset of the header in the frame. Kept out of decode_tcp, which is 4 % faster by it
// (bench/packet_benchmark.cpp, decode_frames).
[[gnu::noinline, gnu::cold]] void note_header(HeaderTrace& trace, size_t begin,
                                              std::span<const uint8_t> options) noexcept {
  trace.add(HeaderPartKind::kChecksum, begin + 16, 2);
  begin += 20;
  const auto note_unknown = [&](size_t offset, uint8_t kind, std::span<const uint8_t> value) {
    if (!is_known(kind, value.size()))
      trace.add(HeaderPartKind::kUnknownTcpOption, begin + offset, 2 + value.size());
  };
  const size_t end = for_each_option(options, note_unknown);
  trace.add(HeaderPartKind::kUnknownTcpOption, begin + end, options.size() - end);
}

}  // namespace

DecodeStatus decode_tcp(Walk& walk) noexcept {
  const size_t ip_headers = walk.at.position() - walk.ip_begin;
  const auto header = walk.at.bytes(20);
  if (header.empty()) return DecodeStatus::kCutInTcp;
  ByteCursor field(header);
  Packet& packet = walk.packet;
  packet.src_port = field.be16();
  packet.dst_port = field.be16();
  packet.seq = field.be32();
  packet.ack = field.be32();
  const uint16_t offset_and_flags = field.be16();
  packet.flags = offset_and_flags & 0x0fff;
  packet.window = field.be16();

  const size_t header_bytes = static_cast<size_t>(offset_and_flags >> 12) * 4;
  if (header_bytes < 20 || ip_headers + header_bytes > packet.ip_bytes)
    return DecodeStatus::kBadTcp;
  packet.tcp_header_bytes = static_cast<uint8_t>(header_bytes);
  packet.payload_bytes = static_cast<uint32_t>(packet.ip_bytes - ip_headers - header_bytes);

  const size_t option_bytes = header_bytes - 20;
  packet.options_cut = option_bytes > walk.at.left();
  const auto options = walk.at.bytes(packet.options_cut ? walk.at.left() : option_bytes);
  if (!options.empty()) take_options(options, packet);
  if (walk.trace != nullptr) [[unlikely]]
    note_header(*walk.trace, walk.at.position() - options.size() - 20, options);
  return DecodeStatus::kTcp;
}

}  // namespace kanaria::decode
