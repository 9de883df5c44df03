// SPDX-License-Identifier: Apache-2.0
// Bytes to a file or stdout, compressed when the name says so; the counterpart of byte_source.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kanaria::capture {

class ByteSink {
 public:
  virtual ~ByteSink() = default;

  // Kept in a buffer until it is full. After a fault nothing more is written.
  virtual void write(std::span<const uint8_t> bytes) = 0;
  // Everything written so far can be read by others.
  virtual void flush() = 0;
  // Ends the compressed stream and closes; to be called once. Fails with the first fault.
  virtual Status finish() = 0;
  // The first failed write: later ones change nothing.
  virtual const std::optional<Error>& fault() const = 0;
  // Bytes that reached the file so far, without what is still buffered.
  virtual uint64_t written() const = 0;

  void write(std::string_view text) {
    write({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
};

// Creates or empties PATH ("-": stdout): gzip when it ends in .gz, Zstandard when in .zst.
Result<std::unique_ptr<ByteSink>> create_bytes(const std::string& path);

}  // namespace kanaria::capture
