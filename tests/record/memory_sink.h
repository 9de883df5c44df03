// SPDX-License-Identifier: Apache-2.0
// Keeps what is written.
#pragma once

#include "capture/byte_sink.h"
#include "tests/base/bytes.h"

namespace kanaria::test {

class MemorySink final : public capture::ByteSink {
 public:
  using capture::ByteSink::write;
  void write(std::span<const uint8_t> more) override { bytes += Bytes(more.begin(), more.end()); }
  void flush() override {}
  Status finish() override { return Done{}; }
  const std::optional<Error>& fault() const override { return fault_; }
  uint64_t written() const override { return bytes.size(); }

  Bytes bytes;

 private:
  std::optional<Error> fault_;
};

}  // namespace kanaria::test
