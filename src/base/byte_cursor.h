// SPDX-License-Identifier: Apache-2.0
// The one way to read bytes of unknown origin: every read is checked, none can leave the buffer.
// A read past the end returns zero and marks the cursor as short; callers look at short() once,
// after a header's worth of reads (RFC 1700: network byte order unless said otherwise).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace kanaria {

class ByteCursor {
 public:
  ByteCursor(const uint8_t* begin, size_t size) noexcept
      : begin_(begin), at_(begin), end_(begin + size) {}
  explicit ByteCursor(std::span<const uint8_t> bytes) noexcept
      : ByteCursor(bytes.data(), bytes.size()) {}

  size_t left() const noexcept { return static_cast<size_t>(end_ - at_); }
  size_t position() const noexcept { return static_cast<size_t>(at_ - begin_); }
  bool short_read() const noexcept { return short_; }

  uint8_t u8() noexcept { return take(1) ? at_[-1] : uint8_t{0}; }
  uint16_t be16() noexcept {
    return take(2) ? static_cast<uint16_t>(at_[-2] << 8 | at_[-1]) : uint16_t{0};
  }
  uint32_t be32() noexcept {
    if (!take(4)) return 0;
    uint32_t value;
    std::memcpy(&value, at_ - 4, 4);
    return from_network(value);
  }
  // Little endian, for formats that are.
  uint16_t le16() noexcept {
    return take(2) ? static_cast<uint16_t>(at_[-1] << 8 | at_[-2]) : uint16_t{0};
  }
  uint32_t le32() noexcept {
    const uint32_t low = le16();
    return low | static_cast<uint32_t>(le16()) << 16;
  }

  void skip(size_t count) noexcept { take(count); }
  // `count` bytes at the cursor, or an empty span (and a short cursor).
  std::span<const uint8_t> bytes(size_t count) noexcept {
    if (!take(count)) return {};
    return {at_ - count, count};
  }
  uint8_t peek(size_t ahead) const noexcept { return ahead < left() ? at_[ahead] : uint8_t{0}; }

 private:
  static uint32_t from_network(uint32_t value) noexcept {
    if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) return __builtin_bswap32(value);
    return value;
  }

  bool take(size_t count) noexcept {
    if (count > left()) {
      short_ = true;
      at_ = end_;
      return false;
    }
    at_ += count;
    return true;
  }

  const uint8_t* begin_;
  const uint8_t* at_;
  const uint8_t* end_;
  bool short_ = false;
};

}  // namespace kanaria
