// SPDX-License-Identifier: Apache-2.0
// Frames as a capture holds them, and the interface of everything they come from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/timestamp.h"

namespace kanaria::capture {

// Link-layer types as registered at https://www.tcpdump.org/linktypes.html.
using LinkType = uint16_t;

struct Frame {
  const uint8_t* bytes = nullptr;  // owned by the source, valid until its next read()
  uint32_t captured = 0;           // bytes at `bytes`
  uint32_t original = 0;           // bytes on the wire
  Timestamp time;
  uint64_t number = 0;  // 1-based position in its input, as tshark's frame.number
  LinkType link_type = 0;

  std::span<const uint8_t> captured_bytes() const { return {bytes, captured}; }
};

// Frames are handled in bursts: large enough to hide memory latency, small enough for the L1 cache.
inline constexpr size_t kBurstFrames = 256;

struct FrameBurst {
  std::array<Frame, kBurstFrames> frames;
  size_t size = 0;

  bool full() const { return size == kBurstFrames; }
  void push(const Frame& frame) { frames[size++] = frame; }
  std::span<const Frame> view() const { return {frames.data(), size}; }
};

enum class ReadState {
  kMore,  // the burst may be empty when nothing has arrived yet
  kEnd,   // no frame will ever follow; this burst is the last and may hold frames
};

class FrameSource {
 public:
  virtual ~FrameSource() = default;

  // Replaces the burst's frames with the next ones; frames of the previous burst become invalid.
  virtual ReadState read(FrameBurst& burst) = 0;
  // Why the input could not be read whole, once read() has returned kEnd; nullopt when it was.
  virtual const std::optional<Error>& fault() const = 0;
  // Part of the input already read, 0 … 1; negative when its size is not known.
  virtual double progress() const = 0;
  // "pcap" or "pcapng"; empty where there is no file.
  virtual std::string_view format() const { return {}; }
  // Packets the kernel dropped before they reached us; nullopt when nobody counted.
  virtual std::optional<uint64_t> dropped() const { return std::nullopt; }
};

}  // namespace kanaria::capture
