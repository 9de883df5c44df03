// SPDX-License-Identifier: Apache-2.0
// IPv4 (RFC 791) and IPv6 (RFC 8200) headers and the extension headers between IPv6 and TCP.
#include "decode/layer.h"

namespace kanaria::decode {
namespace {

enum Protocol : uint8_t {
  kHopByHop = 0,
  kIpv4InIp = 4,
  kTcp = 6,
  kUdp = 17,
  kIpv6InIp = 41,
  kRouting = 43,
  kFragment = 44,
  kGre = 47,
  kAuthentication = 51,
  kDestinationOptions = 60,
  kEtherIp = 97,
  kMobility = 135,
  kMplsInIp = 137,
  kHostIdentity = 139,
  kShim6 = 140,
};

DecodeStatus decode_above_ip(Walk& walk, uint8_t protocol) noexcept {
  if (!walk.enter()) return DecodeStatus::kTooDeep;
  switch (protocol) {
    case kTcp: return decode_tcp(walk);
    case kUdp: return decode_udp(walk);
    case kIpv4InIp: return decode_ipv4(walk);
    case kIpv6InIp: return decode_ipv6(walk);
    case kGre: return decode_gre(walk);
    case kMplsInIp: return decode_mpls(walk);
    case kEtherIp: walk.at.skip(2); return decode_ethernet(walk);  // RFC 3378
    default: return DecodeStatus::kNotTcp;
  }
}

// A length of 0 is what segmentation offload leaves: the record's own length stands in.
uint32_t believed_length(const Walk& walk, uint32_t written, uint32_t added) noexcept {
  if (written != 0) return written + added;
  return walk.original_bytes > walk.ip_begin
             ? static_cast<uint32_t>(walk.original_bytes - walk.ip_begin)
             : 0;
}

// RFC 4302 §2.2: length in 4-byte units, less 2. Returns the next protocol.
uint8_t skip_authentication(Walk& walk) noexcept {
  const size_t begin = walk.at.position();
  const uint8_t next = walk.at.u8();
  const size_t length = (static_cast<size_t>(walk.at.u8()) + 2) * 4;
  walk.note(HeaderPartKind::kIpExtension, begin, length);
  walk.at.skip(length - 2);
  return next;
}

// RFC 8200 §4: next header, length in 8-byte units beyond the first.
uint8_t skip_extension(Walk& walk, HeaderPartKind kind) noexcept {
  const size_t begin = walk.at.position();
  const uint8_t next = walk.at.u8();
  const size_t length = (static_cast<size_t>(walk.at.u8()) + 1) * 8;
  walk.note(kind, begin, length);
  walk.at.skip(length - 2);
  return next;
}

// RFC 8200 §4.5. Returns the next protocol.
uint8_t take_fragment_header(Walk& walk) noexcept {
  const uint8_t next = walk.at.u8();
  walk.at.skip(1);
  const uint16_t field = walk.at.be16();
  walk.packet.fragment_offset = field & 0xfff8;
  walk.packet.more_fragments = (field & 1) != 0;
  walk.packet.ip_id = walk.at.be32();
  return next;
}

}  // namespace

DecodeStatus decode_ip(Walk& walk) noexcept {
  if (walk.at.left() == 0) return DecodeStatus::kCutBeforeIp;
  switch (walk.at.peek(0) >> 4) {
    case 4: return decode_ipv4(walk);
    case 6: return decode_ipv6(walk);
    default: return DecodeStatus::kNotIp;
  }
}

DecodeStatus decode_ipv4(Walk& walk) noexcept {
  walk.ip_begin = walk.at.position();
  const auto header = walk.at.bytes(20);
  if (header.empty()) return DecodeStatus::kCutInIp;
  ByteCursor field(header);
  const uint8_t version_and_length = field.u8();
  const size_t header_bytes = static_cast<size_t>(version_and_length & 0x0f) * 4;
  if (version_and_length >> 4 != 4 || header_bytes < 20) return DecodeStatus::kBadIp;

  Packet& packet = walk.packet;
  field.skip(1);
  packet.ip_bytes = believed_length(walk, field.be16(), 0);
  packet.ip_id = field.be16();
  const uint16_t fragment = field.be16();
  packet.dont_fragment = (fragment & 0x4000) != 0;
  packet.more_fragments = (fragment & 0x2000) != 0;
  packet.fragment_offset = static_cast<uint16_t>((fragment & 0x1fff) * 8);
  packet.ttl = field.u8();
  uint8_t protocol = field.u8();
  packet.src = IpAddress::v4(&header[12]);
  packet.dst = IpAddress::v4(&header[16]);

  if (packet.ip_bytes < header_bytes) return DecodeStatus::kBadIp;
  if (packet.fragment_offset != 0) return DecodeStatus::kLaterFragment;
  walk.note(HeaderPartKind::kIpv4Header, walk.ip_begin, header_bytes);
  walk.at.skip(header_bytes - 20);
  if (protocol == kAuthentication) protocol = skip_authentication(walk);
  if (walk.at.short_read()) return DecodeStatus::kCutInIp;
  return decode_above_ip(walk, protocol);
}

DecodeStatus decode_ipv6(Walk& walk) noexcept {
  walk.ip_begin = walk.at.position();
  const auto header = walk.at.bytes(40);
  if (header.empty()) return DecodeStatus::kCutInIp;
  if (header[0] >> 4 != 6) return DecodeStatus::kBadIp;
  walk.note(HeaderPartKind::kIpv6Header, walk.ip_begin, 40);

  Packet& packet = walk.packet;
  ByteCursor field(header.subspan(4));
  packet.ip_bytes = believed_length(walk, field.be16(), 40);
  uint8_t next = field.u8();
  packet.ttl = field.u8();
  packet.src = IpAddress::v6(&header[8]);
  packet.dst = IpAddress::v6(&header[24]);
  packet.ip_id = 0;
  packet.dont_fragment = false;
  packet.more_fragments = false;
  packet.fragment_offset = 0;

  while (walk.enter()) {
    switch (next) {
      case kRouting: next = skip_extension(walk, HeaderPartKind::kIpv6Routing); break;
      case kHopByHop:
      case kDestinationOptions:
      case kMobility:
      case kHostIdentity:
      case kShim6: next = skip_extension(walk, HeaderPartKind::kIpExtension); break;
      case kAuthentication: next = skip_authentication(walk); break;
      case kFragment: next = take_fragment_header(walk); break;
      default: return decode_above_ip(walk, next);
    }
    if (walk.at.short_read()) return DecodeStatus::kCutInIp;
    if (packet.fragment_offset != 0) return DecodeStatus::kLaterFragment;
  }
  return DecodeStatus::kTooDeep;
}

}  // namespace kanaria::decode
