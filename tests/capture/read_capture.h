// SPDX-License-Identifier: Apache-2.0
// Reads a whole capture and keeps copies of its frames, which the source itself forgets.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "capture/capture_file.h"
#include "capture/pcap_reader.h"
#include "capture/pcapng_reader.h"
#include "tests/base/bytes.h"

namespace kanaria::test {

struct KeptFrame {
  Bytes bytes;
  uint32_t original = 0;
  Nanoseconds time = 0;
  uint64_t number = 0;
  capture::LinkType link_type = 0;

  friend bool operator==(const KeptFrame&, const KeptFrame&) = default;
  friend std::ostream& operator<<(std::ostream& out, const KeptFrame& frame) {
    return out << "frame " << frame.number << ": " << frame.bytes.size() << " of " << frame.original
               << " bytes, " << frame.time << " ns, link type " << frame.link_type;
  }
};

struct KeptCapture {
  std::vector<KeptFrame> frames;
  std::string error;  // of opening or of reading; empty: read whole
  std::optional<uint64_t> dropped = {};
};

inline KeptCapture read_all(Result<std::unique_ptr<capture::FrameSource>> opened) {
  if (!opened) return {{}, opened.error().sentence};
  capture::FrameSource& source = **opened;
  KeptCapture kept;
  capture::FrameBurst burst;
  capture::ReadState state;
  do {
    state = source.read(burst);
    for (const capture::Frame& frame : burst.view()) {
      const auto bytes = frame.captured_bytes();
      kept.frames.push_back({{bytes.begin(), bytes.end()},
                             frame.original,
                             frame.time.ns,
                             frame.number,
                             frame.link_type});
    }
  } while (state == capture::ReadState::kMore);
  if (source.fault()) kept.error = source.fault()->sentence;
  kept.dropped = source.dropped();
  return kept;
}

inline KeptCapture read_file(const std::string& path) {
  const std::atomic<bool> stop{false};
  return read_all(capture::open_capture(path, stop));
}

// As a capture named "x", from a buffer without a byte to spare. Requires: a pcap or pcapng magic.
inline KeptCapture read_bytes(const Bytes& bytes) {
  const ExactCopy copy(bytes);
  auto memory = capture::bytes_in_memory(copy.view());
  return capture::is_pcap(copy.view()) ? read_all(capture::read_pcap("x", std::move(memory)))
                                       : read_all(capture::read_pcapng("x", std::move(memory)));
}

}  // namespace kanaria::test
