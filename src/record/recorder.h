// SPDX-License-Identifier: Apache-2.0
// Bursts of frames -> header-only files. A frame without a TCP header is dropped and counted.
#pragma once

#include <optional>
#include <vector>

#include "capture/frame.h"
#include "decode/header_trace.h"
#include "decode/status.h"
#include "record/capture_files.h"
#include "record/crypto_pan.h"

namespace kanaria::record {

struct RecordCounts {
  decode::StatusCounts statuses;
  uint64_t frames = 0;
  uint64_t wire_bytes = 0;    // original lengths of all frames
  uint64_t header_bytes = 0;  // of the frames written
  std::optional<uint64_t> dropped;

  uint64_t written() const { return statuses.of(decode::DecodeStatus::kTcp); }
};

class Recorder {
 public:
  // With `names`, addresses are renamed (anonymize.h).
  Recorder(CaptureFiles files, std::optional<CryptoPan> names);

  void record(const capture::FrameBurst& burst);
  // What the current input says it dropped, in all so far; nullopt: nobody counted.
  void note_dropped(std::optional<uint64_t> dropped);
  // The next frames come from another input.
  void begin_input() { dropped_of_input_ = 0; }

  const RecordCounts& counts() const { return counts_; }
  CaptureFiles& files() { return files_; }

 private:
  void record(capture::Frame frame);
  void rename_addresses(capture::Frame& frame, CryptoPan& names);

  CaptureFiles files_;
  std::optional<CryptoPan> names_;
  decode::HeaderTrace trace_;
  std::vector<uint8_t> renamed_;  // the frame at hand
  RecordCounts counts_;
  uint64_t dropped_of_input_ = 0;
};

}  // namespace kanaria::record
