// SPDX-License-Identifier: Apache-2.0
// Crypto-PAn: one-to-one renaming of IP addresses that keeps prefixes. Two addresses with the same
// first n bits, and no more, get names of which the same holds (Xu, Fan, Ammar, Moon:
// "Prefix-Preserving IP Address Anonymization", ICNP 2002; AES-128 as in their own program).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

namespace kanaria::record {

// 16 bytes of AES key and 16 from which the padding is made.
using CryptoPanKey = std::array<uint8_t, 32>;

class CryptoPan {
 public:
  static Result<CryptoPan> create(const CryptoPanKey& key);
  CryptoPan(CryptoPan&&) noexcept;
  ~CryptoPan();

  // In network order, in place. IPv6 takes the same steps over 128 bits, as all implementations do.
  void rename_v4(std::span<uint8_t, 4> address);
  void rename_v6(std::span<uint8_t, 16> address);

 private:
  using Block = std::array<uint8_t, 16>;

  // What was renamed lately: an address costs as many AES blocks as it has bits, and a capture has
  // few addresses. One place an address; a newcomer takes it.
  struct Renamed {
    Block from{};
    Block to{};
    uint8_t bits = 0;  // 0: empty
  };
  static constexpr size_t kRemembered = 1 << 14;  // 0.5 MiB

  struct Cipher;
  explicit CryptoPan(std::unique_ptr<Cipher> cipher, const Block& padding);

  const Block& renamed(const Block& address, uint8_t bits);
  Block compute(const Block& address, uint8_t bits) const;

  std::unique_ptr<Cipher> cipher_;
  Block padding_;
  std::vector<Renamed> remembered_;
};

}  // namespace kanaria::record
