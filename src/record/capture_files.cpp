// SPDX-License-Identifier: Apache-2.0
#include "record/capture_files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace kanaria::record {

Result<CaptureFiles> CaptureFiles::create(CaptureFilesOptions options) {
  CaptureFiles files(std::move(options));
  if (!files.options_.rotation.rotates())
    if (auto opened = files.open(files.options_.path); !opened) return opened.error();
  return files;
}

Status CaptureFiles::open(std::string path) {
  const auto existing = identity_of_output(path);
  const auto& inputs = options_.inputs;
  if (existing && std::find(inputs.begin(), inputs.end(), *existing) != inputs.end())
    return Error{fmt::format("{}: is an input as well; name another file with -w",
                             path == "-" ? "stdout" : path)};
  auto sink = capture::create_bytes(path);
  if (!sink) return sink.error();
  sink_ = *std::move(sink);
  writer_ = std::make_unique<PcapngWriter>(*sink_, options_.words);
  files_.push_back(std::move(path));
  ++begun_;
  return Done{};
}

Status CaptureFiles::close() {
  if (!writer_) return Done{};
  if (dropped_) writer_->write_statistics(std::exchange(*dropped_, 0));
  writer_->flush();
  const Status finished = sink_->finish();
  writer_.reset();
  sink_.reset();
  return finished;
}

bool CaptureFiles::is_due(const capture::Frame& frame) const {
  const Rotation& rotation = options_.rotation;
  if (!rotation.rotates()) return false;
  if (!writer_) return true;
  if (rotation.duration > 0 && frame.time - first_packet_ >= rotation.duration) return true;
  return rotation.most_bytes > 0 &&
         writer_->bytes() + writer_->bytes_for(frame) > rotation.most_bytes;
}

Status CaptureFiles::rotate_to(const capture::Frame& first) {
  if (auto closed = close(); !closed) return closed;
  const size_t most = options_.rotation.most_files;
  if (most > 0 && files_.size() == most) {
    const std::string oldest = std::move(files_.front());
    files_.pop_front();
    if (std::remove(oldest.c_str()) != 0 && errno != ENOENT)
      return Error{
          fmt::format("{}: the oldest file cannot be removed ({}); check the folder's "
                      "permissions",
                      oldest, std::strerror(errno))};
  }
  first_packet_ = first.time;
  return open(rotated_name(options_.path, begun_ + 1, first.time));
}

void CaptureFiles::remember(const Status& outcome) {
  if (!outcome && !fault_) fault_ = outcome.error();
}

void CaptureFiles::write(const capture::Frame& frame) {
  if (fault_) return;
  if (is_due(frame)) remember(rotate_to(frame));
  if (fault_) return;
  writer_->write(frame);
}

void CaptureFiles::flush() {
  if (fault_ || !writer_) return;
  writer_->flush();
  sink_->flush();
}

Status CaptureFiles::finish() {
  remember(close());
  if (fault_) return *fault_;
  return Done{};
}

}  // namespace kanaria::record
