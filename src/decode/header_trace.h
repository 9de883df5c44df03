// SPDX-License-Identifier: Apache-2.0
// Where in a frame the headers stand that tell who spoke: noted by the walk for those who ask
// (decode_traced). Detection does not ask.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace kanaria::decode {

enum class HeaderPartKind : uint8_t {
  kLinkAddresses,     // MAC addresses, or the sender's address of a Linux cooked header
  kLinkOptions,       // what a link or tunnel header carries for its own ends: PPI, Geneve
  kIpv4Header,        // options included
  kIpv6Header,        // 40 bytes
  kIpv6Routing,       // RFC 8200 §4.4
  kIpExtension,       // other extension headers and the authentication header
  kChecksum,          // 2 bytes that cover addresses: UDP, GRE, TCP
  kUnknownTcpOption,  // options, or what stands in their place, that kanaria does not read
};

struct HeaderPart {
  HeaderPartKind kind{};
  uint32_t begin = 0;  // offset in the frame
  uint32_t bytes = 0;  // all of them captured
};

class HeaderTrace {
 public:
  // Three parts for each of decode's 16 layers, and 20 TCP options between known ones.
  static constexpr size_t kMostParts = 80;

  void clear() noexcept {
    size_ = 0;
    overflowed_ = false;
    headers_end = 0;
  }
  // Out of line, so that the walk stays small for those who do not ask.
  void add(HeaderPartKind kind, size_t begin, size_t bytes) noexcept;
  // In the order in which they stand in the frame.
  std::span<const HeaderPart> parts() const noexcept { return {parts_.data(), size_}; }
  bool overflowed() const noexcept { return overflowed_; }

  // Offset of the first byte behind the innermost TCP header, or of the end of what was captured.
  size_t headers_end = 0;

 private:
  std::array<HeaderPart, kMostParts> parts_;
  size_t size_ = 0;
  bool overflowed_ = false;
};

}  // namespace kanaria::decode
