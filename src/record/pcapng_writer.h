// SPDX-License-Identifier: Apache-2.0
// Frames -> pcapng (draft-ietf-opsawg-pcapng): one section in this machine's byte order, times in
// nanoseconds, an interface for each link type when its first frame comes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "capture/byte_sink.h"
#include "capture/frame.h"

namespace kanaria::record {

// The classic snap length, which every reader takes.
inline constexpr uint32_t kLargestRecord = 65535;

// What a section says of itself; empty: not said.
struct SectionWords {
  std::string application;  // shb_userappl
  std::string comment;
  std::string interface;  // if_name
};

class PcapngWriter {
 public:
  // Begins the section. `sink` must outlive the writer; what fails is told by the sink.
  PcapngWriter(capture::ByteSink& sink, SectionWords words);

  // Captured bytes, original length, time and link type as they are.
  // Requires: at most kLargestRecord bytes captured.
  void write(const capture::Frame& frame);
  // Packets dropped before they could be seen. To be called once, behind the last frame.
  void write_statistics(uint64_t dropped);
  // Hands everything on to the sink.
  void flush();

  // Of all blocks so far.
  uint64_t bytes() const { return bytes_; }
  // Bytes of the blocks that write(frame) will add.
  uint64_t bytes_for(const capture::Frame& frame) const;

 private:
  uint32_t known_interface(capture::LinkType link_type) const;
  void write_section();
  void write_interface(capture::LinkType link_type);
  size_t begin_block(uint32_t type);
  void end_block(size_t begin);
  void put_option(uint16_t code, std::string_view value);
  template <typename Number>
  void put(Number value);
  void pad();

  capture::ByteSink& sink_;
  SectionWords words_;
  std::vector<capture::LinkType> interfaces_;
  std::vector<uint8_t> blocks_;  // made, not yet handed on
  uint64_t bytes_ = 0;
  Timestamp last_time_;
};

}  // namespace kanaria::record
