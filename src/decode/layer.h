// SPDX-License-Identifier: Apache-2.0
// The steps of the walk from a frame's first byte to its innermost TCP header. Each step consumes
// its own header and calls the next one; the walk is bounded by kMostLayers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_cursor.h"
#include "decode/header_trace.h"
#include "decode/packet.h"
#include "decode/status.h"

namespace kanaria::decode {

// VLAN + MPLS + IP + GRE + IP + … of real networks stay below 10.
inline constexpr int kMostLayers = 16;

struct Walk {
  ByteCursor at;
  size_t original_bytes;  // of the frame on the wire
  Packet& packet;
  int layers_left = kMostLayers;
  // Set by the IP layer for the layers above it.
  size_t ip_begin = 0;           // offset of the innermost IP header
  HeaderTrace* trace = nullptr;  // null: nobody asked

  bool enter() noexcept { return layers_left-- > 0; }
  // Requires, by the time the walk ends with kTcp: the part was captured whole.
  void note(HeaderPartKind kind, size_t begin, size_t bytes) noexcept {
    if (trace != nullptr) [[unlikely]]
      trace->add(kind, begin, bytes);
  }
};

DecodeStatus decode_ethernet(Walk& walk) noexcept;
DecodeStatus decode_ether_type(Walk& walk, uint16_t ether_type) noexcept;
DecodeStatus decode_llc(Walk& walk) noexcept;
DecodeStatus decode_ppp(Walk& walk) noexcept;
DecodeStatus decode_mpls(Walk& walk) noexcept;
DecodeStatus decode_radiotap(Walk& walk) noexcept;
DecodeStatus decode_ieee80211(Walk& walk, size_t header_alignment) noexcept;
DecodeStatus decode_link(Walk& walk, uint32_t link_type) noexcept;
DecodeStatus decode_ip(Walk& walk) noexcept;  // version from the first nibble
DecodeStatus decode_ipv4(Walk& walk) noexcept;
DecodeStatus decode_ipv6(Walk& walk) noexcept;
DecodeStatus decode_gre(Walk& walk) noexcept;
DecodeStatus decode_udp(Walk& walk) noexcept;
DecodeStatus decode_tcp(Walk& walk) noexcept;

}  // namespace kanaria::decode
