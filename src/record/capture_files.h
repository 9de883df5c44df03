// SPDX-License-Identifier: Apache-2.0
// The file or files that a capture is written to: opened, rotated, and the oldest removed.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/byte_sink.h"
#include "capture/frame.h"
#include "record/file_identity.h"
#include "record/pcapng_writer.h"
#include "record/rotation.h"

namespace kanaria::record {

struct CaptureFilesOptions {
  std::string path;  // "-": stdout; .gz and .zst are compressed
  Rotation rotation;
  SectionWords words;
  std::vector<FileIdentity> inputs;  // never written to
};

class CaptureFiles {
 public:
  // Without rotation the file is there at once; with it, each one when its first frame comes.
  static Result<CaptureFiles> create(CaptureFilesOptions options);

  // After a fault nothing more is written.
  void write(const capture::Frame& frame);
  // Packets that were dropped since the last call, before they could be seen: for the statistics of
  // the file that is open.
  void add_dropped(uint64_t packets) { dropped_ = dropped_.value_or(0) + packets; }
  // Everything written so far can be read by others.
  void flush();
  // Completes the last file; to be called once. Fails with the first fault.
  Status finish();

  // The first thing that failed.
  const std::optional<Error>& fault() const { return fault_ || !sink_ ? fault_ : sink_->fault(); }
  uint64_t files_begun() const { return begun_; }
  // Of this run and still there, oldest first.
  const std::deque<std::string>& files() const { return files_; }

 private:
  explicit CaptureFiles(CaptureFilesOptions options) : options_(std::move(options)) {}

  bool is_due(const capture::Frame& frame) const;
  Status open(std::string path);
  Status close();
  Status rotate_to(const capture::Frame& first);
  void remember(const Status& outcome);

  CaptureFilesOptions options_;
  std::unique_ptr<capture::ByteSink> sink_;
  std::unique_ptr<PcapngWriter> writer_;
  Timestamp first_packet_;  // of the open file
  std::optional<uint64_t> dropped_;
  std::deque<std::string> files_;
  uint64_t begun_ = 0;
  std::optional<Error> fault_;
};

}  // namespace kanaria::record
