// SPDX-License-Identifier: Apache-2.0
// Tunnels that carry a further packet: GRE with ERSPAN, and over UDP: VXLAN, Geneve, GTP-U.
#include "decode/layer.h"

namespace kanaria::decode {
namespace {

enum UdpPort : uint16_t {
  kGtpU = 2152,    // 3GPP TS 29.281
  kVxlan = 4789,   // RFC 7348
  kGeneve = 6081,  // RFC 8926
};

enum GreProtocol : uint16_t {
  kErspan3 = 0x22eb,
  kErspan = 0x88be,
};

// RFC 7348 §5: flags with the I bit, 3 reserved, VNI, reserved.
DecodeStatus decode_vxlan(Walk& walk) noexcept {
  const uint8_t flags = walk.at.u8();
  walk.at.skip(7);
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return (flags & 0x08) != 0 ? decode_ethernet(walk) : DecodeStatus::kUnknownTunnel;
}

// RFC 8926 §3.4: version and option length, flags, protocol, VNI, options.
DecodeStatus decode_geneve(Walk& walk) noexcept {
  const uint8_t version_and_length = walk.at.u8();
  walk.at.skip(1);
  const uint16_t ether_type = walk.at.be16();
  const size_t option_bytes = static_cast<size_t>(version_and_length & 0x3f) * 4;
  walk.note(HeaderPartKind::kLinkOptions, walk.at.position() + 4, option_bytes);
  walk.at.skip(4 + option_bytes);
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return version_and_length >> 6 == 0 ? decode_ether_type(walk, ether_type)
                                      : DecodeStatus::kUnknownTunnel;
}

// 3GPP TS 29.281 §5.1: version 1, message type 255 (G-PDU), optional fields, extension headers.
DecodeStatus decode_gtp_u(Walk& walk) noexcept {
  const uint8_t flags = walk.at.u8();
  const uint8_t message_type = walk.at.u8();
  walk.at.skip(6);
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  if (flags >> 4 != 3 || message_type != 255) return DecodeStatus::kUnknownTunnel;
  if ((flags & 0x07) != 0) {
    walk.at.skip(3);
    uint8_t next = walk.at.u8();
    if ((flags & 0x04) == 0) next = 0;
    while (next != 0) {
      if (!walk.enter()) return DecodeStatus::kTooDeep;
      const size_t length = static_cast<size_t>(walk.at.u8()) * 4;
      if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
      if (length == 0) return DecodeStatus::kUnknownTunnel;
      walk.at.skip(length - 2);
      next = walk.at.u8();
      if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
    }
  }
  return decode_ip(walk);
}

// ERSPAN: type I has no header of its own, type II 8 bytes (draft-foschiano-erspan §4), told apart
// by GRE's sequence bit; type III 12 bytes and 8 more when its O bit is set.
DecodeStatus decode_erspan(Walk& walk, uint16_t protocol, bool has_sequence) noexcept {
  if (protocol == kErspan && has_sequence) walk.at.skip(8);
  if (protocol == kErspan3) {
    walk.at.skip(11);
    if ((walk.at.u8() & 0x01) != 0) walk.at.skip(8);
  }
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return decode_ethernet(walk);
}

}  // namespace

// RFC 2784, RFC 2890 (key, sequence), RFC 2637 §4.1 (version 1: acknowledgement, PPP).
DecodeStatus decode_gre(Walk& walk) noexcept {
  constexpr uint16_t kChecksum = 0x8000, kRouting = 0x4000, kKey = 0x2000, kSequence = 0x1000,
                     kAcknowledgement = 0x0080, kVersionMask = 0x0007;
  const uint16_t flags = walk.at.be16();
  const uint16_t protocol = walk.at.be16();
  if ((flags & kChecksum) != 0) walk.note(HeaderPartKind::kChecksum, walk.at.position(), 2);
  if ((flags & (kChecksum | kRouting)) != 0) walk.at.skip(4);
  if ((flags & kKey) != 0) walk.at.skip(4);
  if ((flags & kSequence) != 0) walk.at.skip(4);
  const uint16_t version = flags & kVersionMask;
  if (version == 1 && (flags & kAcknowledgement) != 0) walk.at.skip(4);
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  if (version > 1 || (flags & kRouting) != 0) return DecodeStatus::kUnknownTunnel;
  if (protocol == kErspan || protocol == kErspan3)
    return decode_erspan(walk, protocol, (flags & kSequence) != 0);
  return decode_ether_type(walk, protocol);
}

DecodeStatus decode_udp(Walk& walk) noexcept {
  walk.at.skip(2);
  const uint16_t to_port = walk.at.be16();
  walk.note(HeaderPartKind::kChecksum, walk.at.position() + 2, 2);
  walk.at.skip(4);
  if (walk.at.short_read()) return DecodeStatus::kNotTcp;
  switch (to_port) {
    case kVxlan: return decode_vxlan(walk);
    case kGeneve: return decode_geneve(walk);
    case kGtpU: return decode_gtp_u(walk);
    default: return DecodeStatus::kNotTcp;
  }
}

}  // namespace kanaria::decode
