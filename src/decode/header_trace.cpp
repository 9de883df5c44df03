// SPDX-License-Identifier: Apache-2.0
#include "decode/header_trace.h"

namespace kanaria::decode {

void HeaderTrace::add(HeaderPartKind kind, size_t begin, size_t bytes) noexcept {
  if (bytes == 0) return;
  if (size_ == kMostParts) {
    overflowed_ = true;
    return;
  }
  parts_[size_++] = {kind, static_cast<uint32_t>(begin), static_cast<uint32_t>(bytes)};
}

}  // namespace kanaria::decode
