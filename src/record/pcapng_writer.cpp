// SPDX-License-Identifier: Apache-2.0
#include "record/pcapng_writer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "capture/pcapng_format.h"

namespace kanaria::record {
namespace {

using namespace capture::pcapng;

constexpr uint64_t kSectionLengthNotKnown = ~uint64_t{0};
constexpr std::string_view kNanosecondTicks = "\x09";
constexpr size_t kEnhancedPacketHead = 20;  // interface, time, captured and original length
constexpr size_t kHandOnBytes = 64 << 10;

constexpr size_t padded(size_t bytes) { return (bytes + 3) / 4 * 4; }

size_t option_bytes(std::string_view value) { return value.empty() ? 0 : 4 + padded(value.size()); }

}  // namespace

PcapngWriter::PcapngWriter(capture::ByteSink& sink, SectionWords words)
    : sink_(sink), words_(std::move(words)) {
  write_section();
}

template <typename Number>
void PcapngWriter::put(Number value) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
  blocks_.insert(blocks_.end(), bytes, bytes + sizeof value);
}

void PcapngWriter::pad() { blocks_.resize(padded(blocks_.size())); }

void PcapngWriter::put_option(uint16_t code, std::string_view value) {
  if (value.empty()) return;
  put(code);
  put(static_cast<uint16_t>(value.size()));
  blocks_.insert(blocks_.end(), value.begin(), value.end());
  pad();
}

size_t PcapngWriter::begin_block(uint32_t type) {
  const size_t begin = blocks_.size();
  put(type);
  put(uint32_t{0});
  return begin;
}

void PcapngWriter::end_block(size_t begin) {
  const auto length = static_cast<uint32_t>(blocks_.size() - begin + 4);
  put(length);
  std::memcpy(&blocks_[begin + 4], &length, sizeof length);
  bytes_ += length;
  if (blocks_.size() >= kHandOnBytes) flush();
}

void PcapngWriter::flush() {
  sink_.write(blocks_);
  blocks_.clear();
}

void PcapngWriter::write_section() {
  const size_t begin = begin_block(kSectionHeader);
  put(kByteOrderMagic);
  put(uint16_t{1});  // version 1.0
  put(uint16_t{0});
  put(kSectionLengthNotKnown);
  put_option(kComment, words_.comment);
  put_option(kApplication, words_.application);
  put(uint32_t{kEndOfOptions});
  end_block(begin);
}

void PcapngWriter::write_interface(capture::LinkType link_type) {
  const size_t begin = begin_block(kInterfaceDescription);
  put(link_type);
  put(uint16_t{0});
  put(kLargestRecord);
  put_option(kInterfaceName, words_.interface);
  put_option(kTimeResolution, kNanosecondTicks);
  put(uint32_t{kEndOfOptions});
  end_block(begin);
  interfaces_.push_back(link_type);
}

uint32_t PcapngWriter::known_interface(capture::LinkType link_type) const {
  const auto place = std::find(interfaces_.begin(), interfaces_.end(), link_type);
  return static_cast<uint32_t>(place - interfaces_.begin());
}

uint64_t PcapngWriter::bytes_for(const capture::Frame& frame) const {
  const uint64_t packet = kBlockFrame + kEnhancedPacketHead + padded(frame.captured);
  if (known_interface(frame.link_type) < interfaces_.size()) return packet;
  return packet + kBlockFrame + 8 + option_bytes(words_.interface) +
         option_bytes(kNanosecondTicks) + 4;
}

void PcapngWriter::write(const capture::Frame& frame) {
  assert(frame.captured <= kLargestRecord && "a record longer than the interface's snap length");
  const uint32_t interface = known_interface(frame.link_type);
  if (interface == interfaces_.size()) write_interface(frame.link_type);
  const auto ticks = static_cast<uint64_t>(frame.time.ns);
  const size_t begin = begin_block(kEnhancedPacket);
  put(interface);
  put(static_cast<uint32_t>(ticks >> 32));
  put(static_cast<uint32_t>(ticks));
  put(frame.captured);
  put(frame.original);
  const auto bytes = frame.captured_bytes();
  blocks_.insert(blocks_.end(), bytes.begin(), bytes.end());
  pad();
  end_block(begin);
  last_time_ = frame.time;
}

void PcapngWriter::write_statistics(uint64_t dropped) {
  if (interfaces_.empty()) return;
  const auto ticks = static_cast<uint64_t>(last_time_.ns);
  const size_t begin = begin_block(kInterfaceStatistics);
  put(uint32_t{0});
  put(static_cast<uint32_t>(ticks >> 32));
  put(static_cast<uint32_t>(ticks));
  put_option(kDroppedBySystem, {reinterpret_cast<const char*>(&dropped), sizeof dropped});
  put(uint32_t{kEndOfOptions});
  end_block(begin);
}

}  // namespace kanaria::record
