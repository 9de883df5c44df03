// SPDX-License-Identifier: Apache-2.0
#include "record/recorder.h"

#include <utility>

#include "record/anonymize.h"
#include "record/header_cut.h"

namespace kanaria::record {

Recorder::Recorder(CaptureFiles files, std::optional<CryptoPan> names)
    : files_(std::move(files)), names_(std::move(names)) {}

void Recorder::record(const capture::FrameBurst& burst) {
  for (const capture::Frame& frame : burst.view()) record(frame);
}

void Recorder::record(capture::Frame frame) {
  ++counts_.frames;
  counts_.wire_bytes += frame.original;
  const decode::DecodeStatus status = cut_to_headers(frame, trace_);
  counts_.statuses.add(status);
  if (status != decode::DecodeStatus::kTcp) return;
  counts_.header_bytes += frame.captured;
  if (names_) rename_addresses(frame, *names_);
  files_.write(frame);
}

void Recorder::rename_addresses(capture::Frame& frame, CryptoPan& names) {
  const auto headers = frame.captured_bytes();
  renamed_.assign(headers.begin(), headers.end());
  anonymize(renamed_, trace_, names);
  frame.bytes = renamed_.data();
}

void Recorder::note_dropped(std::optional<uint64_t> dropped) {
  if (!dropped || (counts_.dropped && *dropped <= dropped_of_input_)) return;
  const uint64_t more = *dropped > dropped_of_input_ ? *dropped - dropped_of_input_ : 0;
  dropped_of_input_ += more;
  counts_.dropped = counts_.dropped.value_or(0) + more;
  files_.add_dropped(more);
}

}  // namespace kanaria::record
