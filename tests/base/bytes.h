// SPDX-License-Identifier: Apache-2.0
// Byte strings for tests, put together with + and written as hex, text or numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace kanaria::test {

struct Bytes : std::vector<uint8_t> {
  using std::vector<uint8_t>::vector;

  Bytes& operator+=(const Bytes& more) {
    insert(end(), more.begin(), more.end());
    return *this;
  }
  friend Bytes operator+(Bytes left, const Bytes& right) { return left += right; }
  // The first `count` bytes, or all of them.
  Bytes cut_to(size_t count) const {
    const auto stop = begin() + static_cast<std::ptrdiff_t>(count < size() ? count : size());
    return {begin(), stop};
  }
  Bytes with(size_t position, unsigned value) const {
    Bytes changed = *this;
    changed.at(position) = static_cast<uint8_t>(value);
    return changed;
  }
};

inline Bytes zeros(size_t count) { return Bytes(count, uint8_t{0}); }
inline Bytes byte(unsigned value) { return Bytes(1, static_cast<uint8_t>(value)); }
inline Bytes text(std::string_view characters) { return {characters.begin(), characters.end()}; }

// Network byte order.
inline Bytes be16(unsigned value) { return byte(value >> 8 & 0xff) + byte(value & 0xff); }
inline Bytes be32(uint32_t value) { return be16(value >> 16) + be16(value & 0xffff); }
inline Bytes le16(unsigned value) { return byte(value & 0xff) + byte(value >> 8 & 0xff); }
inline Bytes le32(uint32_t value) { return le16(value & 0xffff) + le16(value >> 16); }

// "45 00 0028": pairs of hex digits, blanks and line ends between them as one likes.
inline Bytes hex(std::string_view digits) {
  Bytes bytes;
  int high = -1;
  for (const char digit : digits) {
    const size_t value = std::string_view("0123456789abcdef").find(digit);
    if (value == std::string_view::npos) continue;
    if (high < 0) {
      high = static_cast<int>(value);
      continue;
    }
    bytes.push_back(static_cast<uint8_t>(high << 4 | static_cast<int>(value)));
    high = -1;
  }
  return bytes;
}

// A copy on the heap without a byte to spare, so that AddressSanitizer sees each read beyond it.
class ExactCopy {
 public:
  explicit ExactCopy(std::span<const uint8_t> bytes)
      : bytes_(new uint8_t[bytes.size()]), size_(bytes.size()) {
    for (size_t i = 0; i < size_; ++i) bytes_[i] = bytes[i];
  }
  std::span<const uint8_t> view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  size_t size_;
};

}  // namespace kanaria::test
