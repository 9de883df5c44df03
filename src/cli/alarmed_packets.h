// SPDX-License-Identifier: Apache-2.0
// -w of detect: the headers of all packets of channels that mine, as a capture of its own. Which
// channels these are is known only when they alarm: files are read a second time; of what can be
// read but once (stdin, a pipe, an interface), packets are written from the alarm on.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "capture/frame.h"
#include "cli/input.h"
#include "decode/header_trace.h"
#include "detect/detector.h"
#include "record/capture_files.h"

namespace kanaria::cli {

class AlarmedPackets {
 public:
  // Creates the file.
  static Result<AlarmedPackets> create(const std::string& path, const Input& input);

  bool reads_again() const { return reads_again_; }
  // Of a channel that nobody authorised to mine, its packets are wanted from now on.
  void note(const detect::AlertEvent& event);
  // Writes what is wanted of a burst of the `input`-th input, from each channel's alarm on.
  // Requires: every alarm that the burst raises was noted.
  void write_since_alarms(const capture::FrameBurst& burst, uint32_t input);
  // Reads the first frames of each of input.names() once more, as many as `frames` says, and writes
  // all that is wanted of them.
  void read_again(const Input& input, const std::vector<uint64_t>& frames);
  // Completes the file.
  Status finish() { return files_.finish(); }

 private:
  // Client, server, its port.
  using Channel = std::tuple<IpAddress, IpAddress, uint16_t>;
  struct Position {
    uint32_t input = 0;
    uint64_t number = 0;  // of the packet in it
    friend auto operator<=>(const Position&, const Position&) = default;
  };

  AlarmedPackets(record::CaptureFiles files, bool reads_again)
      : files_(std::move(files)), reads_again_(reads_again) {}

  void write(capture::Frame frame, Position position);
  bool is_wanted(const Channel& channel, Position position) const;

  record::CaptureFiles files_;
  bool reads_again_;
  std::map<Channel, Position> alarms_;  // the first of each channel
  decode::HeaderTrace trace_;
};

}  // namespace kanaria::cli
