// SPDX-License-Identifier: Apache-2.0
// The last messages of a connection: what a row of the lens `rhythm` describes.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "flow/message.h"

namespace kanaria::feature {

class MessageWindow {
 public:
  static constexpr size_t kMost = 16;

  void add(const flow::Message& message) {
    if (kept_ == kMost) {
      for (size_t i = 1; i < kMost; ++i) messages_[i - 1] = messages_[i];
      --kept_;
    }
    messages_[kept_++] = message;
    ++added_;
  }
  std::span<const flow::Message> messages() const { return {messages_.data(), kept_}; }
  // All that were ever added.
  uint64_t added() const { return added_; }

 private:
  std::array<flow::Message, kMost> messages_;
  uint8_t kept_ = 0;
  uint64_t added_ = 0;
};

}  // namespace kanaria::feature
