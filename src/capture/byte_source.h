// SPDX-License-Identifier: Apache-2.0
// Bytes of a capture front to back: a file, stdin, gzip or Zstandard, through one window that
// moves. Readers look at window(), consume() what they understood and fill() when they need more.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace kanaria::capture {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Bytes not yet consumed. Valid until the next fill().
  std::span<const uint8_t> window() const { return {at_, static_cast<size_t>(end_ - at_)}; }
  // Requires: count <= window().size().
  void consume(size_t count) {
    at_ += count;
    offset_ += count;
  }
  // Offset of the window's first byte in the capture (after decompression).
  uint64_t offset() const { return offset_; }

  // Blocks until the window holds at least `count` bytes; false when the input ends before.
  // Moves the window: everything that pointed into it becomes invalid.
  virtual bool fill(size_t count) = 0;
  // What went wrong below (read error, damaged compression), in words that follow "at byte N".
  virtual const std::optional<std::string>& fault() const = 0;
  virtual double progress() const = 0;

 protected:
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;

 private:
  uint64_t offset_ = 0;
};

// What an input is called in sentences and reports: "-" is stdin.
std::string input_name(const std::string& path);

// Opens PATH ("-": stdin) and recognises gzip and Zstandard by their first bytes, whatever the
// name. A raised `stop` ends a blocking read as if the input had ended there.
Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& path,
                                               const std::atomic<bool>& stop);
// A source over memory that outlives it, for tests and embedded data.
std::unique_ptr<ByteSource> bytes_in_memory(std::span<const uint8_t> bytes);

}  // namespace kanaria::capture
