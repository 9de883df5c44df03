// SPDX-License-Identifier: Apache-2.0
#include "capture/pcapng_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "capture/damage.h"
#include "capture/pcapng_format.h"

namespace kanaria::capture {
namespace {

using namespace pcapng;

struct Interface {
  LinkType link_type = 0;
  uint32_t snap_length = 0;
  uint8_t time_resolution = 6;  // 10^-n, or 2^-(n & 127) with the top bit set
  Nanoseconds time_offset = 0;
  uint64_t dropped = 0;
};

// Ticks of an interface's clock -> nanoseconds. Nonsense input wraps, it cannot overflow.
Nanoseconds to_nanoseconds(uint64_t ticks, uint8_t resolution) {
  const unsigned exponent = resolution & 0x7fU;
  if ((resolution & 0x80U) != 0) {
    if (exponent > 63) return 0;
    __extension__ using Wide = unsigned __int128;
    return static_cast<Nanoseconds>(
        static_cast<uint64_t>((static_cast<Wide>(ticks) * static_cast<Wide>(kSecond)) >> exponent));
  }
  uint64_t factor = 1;
  for (unsigned i = 0; i < (exponent < 9 ? 9 - exponent : std::min(exponent - 9, 19U)); ++i)
    factor *= 10;
  return static_cast<Nanoseconds>(exponent < 9 ? ticks * factor : ticks / factor);
}

class PcapngReader final : public FrameSource {
 public:
  PcapngReader(std::string name, std::unique_ptr<ByteSource> bytes)
      : name_(std::move(name)), bytes_(std::move(bytes)) {}

  ReadState read(FrameBurst& burst) override {
    burst.size = 0;
    while (!burst.full()) {
      const auto window = bytes_->window();
      const size_t block = complete_block(window);
      if (block > 0 && take_block(window.first(block), burst)) {
        bytes_->consume(block);
        continue;
      }
      // Frames already in the burst point into the window, which fill() would move.
      if (burst.size > 0 && !fault_) return ReadState::kMore;
      if (fault_ || !bytes_->fill(missing_block_bytes(window))) {
        note_end();
        return ReadState::kEnd;
      }
    }
    return ReadState::kMore;
  }

  const std::optional<Error>& fault() const override { return fault_; }
  double progress() const override { return bytes_->progress(); }
  std::string_view format() const override { return "pcapng"; }
  std::optional<uint64_t> dropped() const override {
    if (!statistics_seen_) return std::nullopt;
    uint64_t sum = dropped_in_earlier_sections_;
    for (const Interface& interface : interfaces_) sum += interface.dropped;
    return sum;
  }

 private:
  uint32_t u32(const uint8_t* at) const {
    uint32_t value;
    std::memcpy(&value, at, 4);
    return swapped_ ? __builtin_bswap32(value) : value;
  }
  uint16_t u16(const uint8_t* at) const {
    uint16_t value;
    std::memcpy(&value, at, 2);
    return swapped_ ? __builtin_bswap16(value) : value;
  }
  uint64_t u64(const uint8_t* at) const {
    uint64_t value;
    std::memcpy(&value, at, 8);
    return swapped_ ? __builtin_bswap64(value) : value;
  }

  // A section header names the byte order of its own length, so it is looked at first.
  void learn_byte_order(std::span<const uint8_t> window) {
    uint32_t raw;
    std::memcpy(&raw, window.data(), 4);
    if (raw != kSectionHeader || window.size() < kBlockFrame) return;
    std::memcpy(&raw, window.data() + 8, 4);
    swapped_ = raw != kByteOrderMagic;
  }

  size_t complete_block(std::span<const uint8_t> window) {
    if (window.size() < kBlockFrame) return 0;
    learn_byte_order(window);
    const uint32_t length = u32(window.data() + 4);
    if (length < kBlockFrame || length % 4 != 0 || length > kLargestFrame + 4096) {
      fault_ = Error{impossible_length(name_, "block", bytes_->offset(), length, frames_)};
      return 0;
    }
    return length <= window.size() ? length : 0;
  }

  size_t missing_block_bytes(std::span<const uint8_t> window) const {
    return window.size() < kBlockFrame ? kBlockFrame : u32(window.data() + 4);
  }

  // False after a fault.
  bool take_block(std::span<const uint8_t> block, FrameBurst& burst) {
    if (u32(block.data() + block.size() - 4) != block.size())
      return damaged("ends with another length");
    const auto body = block.subspan(8, block.size() - kBlockFrame);
    switch (u32(block.data())) {
      case kSectionHeader: return take_section(body);
      case kInterfaceDescription: return take_interface(body);
      case kEnhancedPacket: return take_enhanced(body, burst);
      case kSimplePacket: return take_simple(body, burst);
      case kOldPacket: return take_old(body, burst);
      case kInterfaceStatistics: return take_statistics(body);
      default: return true;
    }
  }

  bool damaged(std::string_view how) {
    fault_ = Error{
        fmt::format("{}: block at byte {} {}; {}; copy the file again or repair it with pcapfix",
                    name_, bytes_->offset(), how, used_before(frames_))};
    return false;
  }

  bool take_section(std::span<const uint8_t> body) {
    if (body.size() < 16 || u32(body.data()) != kByteOrderMagic)
      return damaged("is a section header without a byte-order magic");
    for (const Interface& interface : interfaces_)
      dropped_in_earlier_sections_ += interface.dropped;
    interfaces_.clear();
    return true;
  }

  template <typename Use>
  void for_each_option(std::span<const uint8_t> options, Use use) const {
    while (options.size() >= 4) {
      const uint16_t code = u16(options.data());
      const size_t length = u16(options.data() + 2);
      const size_t padded = (length + 3) / 4 * 4;
      if (code == 0 || options.size() < 4 + padded) return;
      use(code, options.subspan(4, length));
      options = options.subspan(4 + padded);
    }
  }

  bool take_interface(std::span<const uint8_t> body) {
    if (body.size() < 8) return damaged("is an interface description cut short");
    Interface interface {
      .link_type = u16(body.data()), .snap_length = u32(body.data() + 4)
    };
    for_each_option(body.subspan(8), [&](uint16_t code, std::span<const uint8_t> value) {
      if (code == kTimeResolution && !value.empty()) interface.time_resolution = value[0];
      if (code == kTimeOffset && value.size() == 8)
        interface.time_offset = static_cast<Nanoseconds>(u64(value.data()) * uint64_t{kSecond});
    });
    interfaces_.push_back(interface);
    return true;
  }

  bool take_statistics(std::span<const uint8_t> body) {
    if (body.size() < 12 || u32(body.data()) >= interfaces_.size()) return true;
    Interface& interface = interfaces_[u32(body.data())];
    for_each_option(body.subspan(12), [&](uint16_t code, std::span<const uint8_t> value) {
      if (code != kDroppedBySystem || value.size() != 8) return;
      interface.dropped = u64(value.data());
      statistics_seen_ = true;
    });
    return true;
  }

  struct Stamped {
    uint32_t interface;
    uint64_t ticks;
    uint32_t captured;
    uint32_t original;
  };

  bool push(const Stamped& packet, std::span<const uint8_t> data, FrameBurst& burst) {
    if (packet.interface >= interfaces_.size()) return damaged("names an interface not described");
    if (packet.captured > data.size()) return damaged("claims more packet bytes than it holds");
    const Interface& interface = interfaces_[packet.interface];
    last_time_ =
        Timestamp{to_nanoseconds(packet.ticks, interface.time_resolution)} + interface.time_offset;
    push_frame(interface, data, packet.captured, packet.original, burst);
    return true;
  }

  void push_frame(const Interface& interface, std::span<const uint8_t> data, uint32_t captured,
                  uint32_t original, FrameBurst& burst) {
    burst.push({.bytes = data.data(),
                .captured = captured,
                .original = original,
                .time = last_time_,
                .number = ++frames_,
                .link_type = interface.link_type});
  }

  bool take_enhanced(std::span<const uint8_t> body, FrameBurst& burst) {
    if (body.size() < 20) return damaged("is a packet block cut short");
    const uint8_t* at = body.data();
    const uint64_t ticks = uint64_t{u32(at + 4)} << 32 | u32(at + 8);
    return push({u32(at), ticks, u32(at + 12), u32(at + 16)}, body.subspan(20), burst);
  }

  bool take_old(std::span<const uint8_t> body, FrameBurst& burst) {
    if (body.size() < 20) return damaged("is a packet block cut short");
    const uint8_t* at = body.data();
    const uint64_t ticks = uint64_t{u32(at + 4)} << 32 | u32(at + 8);
    return push({u16(at), ticks, u32(at + 12), u32(at + 16)}, body.subspan(20), burst);
  }

  // Simple packets belong to the first interface and carry no time: that of the packet before
  // stands.
  bool take_simple(std::span<const uint8_t> body, FrameBurst& burst) {
    if (body.size() < 4) return damaged("is a packet block cut short");
    if (interfaces_.empty()) return damaged("names an interface not described");
    const Interface& interface = interfaces_.front();
    const uint32_t original = u32(body.data());
    uint32_t captured =
        interface.snap_length == 0 ? original : std::min(original, interface.snap_length);
    captured = std::min(captured, static_cast<uint32_t>(body.size() - 4));
    push_frame(interface, body.subspan(4), captured, original, burst);
    return true;
  }

  void note_end() {
    if (fault_) return;
    const auto rest = bytes_->window();
    if (const auto& below = bytes_->fault())
      fault_ = Error{broken_input(name_, bytes_->offset() + rest.size(), *below, frames_)};
    else if (!rest.empty())
      fault_ = Error{cut_short(name_, "block", bytes_->offset(), missing_block_bytes(rest),
                               bytes_->offset() + rest.size(), frames_)};
  }

  std::string name_;
  std::unique_ptr<ByteSource> bytes_;
  bool swapped_ = false;
  std::vector<Interface> interfaces_;
  bool statistics_seen_ = false;
  uint64_t dropped_in_earlier_sections_ = 0;
  Timestamp last_time_;
  uint64_t frames_ = 0;
  std::optional<Error> fault_;
};

}  // namespace

bool is_pcapng(std::span<const uint8_t> first_bytes) {
  uint32_t type = 0;
  if (first_bytes.size() >= 4) std::memcpy(&type, first_bytes.data(), 4);
  return type == kSectionHeader;
}

Result<std::unique_ptr<FrameSource>> read_pcapng(std::string name,
                                                 std::unique_ptr<ByteSource> bytes) {
  return std::unique_ptr<FrameSource>(
      std::make_unique<PcapngReader>(std::move(name), std::move(bytes)));
}

}  // namespace kanaria::capture
