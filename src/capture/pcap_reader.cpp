// SPDX-License-Identifier: Apache-2.0
#include "capture/pcap_reader.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "capture/damage.h"

namespace kanaria::capture {
namespace {

constexpr uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kNanoseconds = 0xa1b23c4d;
constexpr uint32_t kModified = 0xa1b2cd34;  // 8 more bytes a record (Kuznetzov's patch)
constexpr size_t kFileHeaderBytes = 24;

struct Variant {
  bool swapped = false;
  Nanoseconds fraction_unit = 1000;
  size_t record_header_bytes = 16;
};

std::optional<Variant> variant_of(std::span<const uint8_t> bytes) {
  if (bytes.size() < 4) return std::nullopt;
  uint32_t magic;
  std::memcpy(&magic, bytes.data(), 4);
  for (const bool swapped : {false, true}) {
    switch (swapped ? __builtin_bswap32(magic) : magic) {
      case kMicroseconds: return Variant{swapped, 1000, 16};
      case kNanoseconds: return Variant{swapped, 1, 16};
      case kModified: return Variant{swapped, 1000, 24};
      default: break;
    }
  }
  return std::nullopt;
}

class PcapReader final : public FrameSource {
 public:
  PcapReader(std::string name, std::unique_ptr<ByteSource> bytes, Variant variant,
             LinkType link_type)
      : name_(std::move(name)),
        bytes_(std::move(bytes)),
        variant_(variant),
        link_type_(link_type) {}

  ReadState read(FrameBurst& burst) override {
    burst.size = 0;
    while (!burst.full()) {
      const auto window = bytes_->window();
      const size_t record = complete_record(window);
      if (record > 0) {
        burst.push(frame_at(window.data()));
        bytes_->consume(record);
        continue;
      }
      // Frames already in the burst point into the window, which fill() would move.
      if (burst.size > 0 && !fault_) return ReadState::kMore;
      if (fault_ || !bytes_->fill(missing_record_bytes(window))) {
        note_end();
        return ReadState::kEnd;
      }
    }
    return ReadState::kMore;
  }

  const std::optional<Error>& fault() const override { return fault_; }
  double progress() const override { return bytes_->progress(); }
  std::string_view format() const override { return "pcap"; }

 private:
  uint32_t field(const uint8_t* at) const {
    uint32_t value;
    std::memcpy(&value, at, 4);
    return variant_.swapped ? __builtin_bswap32(value) : value;
  }

  // Bytes of the record at the window's front, or 0 when it is not there as a whole.
  size_t complete_record(std::span<const uint8_t> window) {
    if (window.size() < variant_.record_header_bytes) return 0;
    const uint32_t captured = field(window.data() + 8);
    if (captured > kLargestFrame) {
      fault_ = Error{impossible_length(name_, "record", bytes_->offset(), captured, frames_)};
      return 0;
    }
    const size_t record = variant_.record_header_bytes + captured;
    return record <= window.size() ? record : 0;
  }

  size_t missing_record_bytes(std::span<const uint8_t> window) const {
    if (window.size() < variant_.record_header_bytes) return variant_.record_header_bytes;
    return variant_.record_header_bytes + field(window.data() + 8);
  }

  Frame frame_at(const uint8_t* record) {
    const Nanoseconds whole = static_cast<Nanoseconds>(field(record)) * kSecond;
    const Nanoseconds fraction =
        static_cast<Nanoseconds>(field(record + 4)) * variant_.fraction_unit;
    return {.bytes = record + variant_.record_header_bytes,
            .captured = field(record + 8),
            .original = field(record + 12),
            .time = {whole + fraction},
            .number = ++frames_,
            .link_type = link_type_};
  }

  void note_end() {
    if (fault_) return;
    const auto rest = bytes_->window();
    if (const auto& below = bytes_->fault())
      fault_ = Error{broken_input(name_, bytes_->offset() + rest.size(), *below, frames_)};
    else if (!rest.empty())
      fault_ = Error{cut_short(name_, "record", bytes_->offset(), missing_record_bytes(rest),
                               bytes_->offset() + rest.size(), frames_)};
  }

  std::string name_;
  std::unique_ptr<ByteSource> bytes_;
  Variant variant_;
  LinkType link_type_;
  uint64_t frames_ = 0;
  std::optional<Error> fault_;
};

}  // namespace

bool is_pcap(std::span<const uint8_t> first_bytes) { return variant_of(first_bytes).has_value(); }

Result<std::unique_ptr<FrameSource>> read_pcap(std::string name,
                                               std::unique_ptr<ByteSource> bytes) {
  const Variant variant = variant_of(bytes->window()).value_or(Variant{});
  if (!bytes->fill(kFileHeaderBytes)) {
    if (const auto& below = bytes->fault())
      return Error{broken_input(name, bytes->window().size(), *below, 0)};
    return Error{fmt::format("{}: the file header is cut at byte {} of {}; copy the file again",
                             name, bytes->window().size(), kFileHeaderBytes)};
  }
  uint32_t network;
  std::memcpy(&network, bytes->window().data() + 20, 4);
  if (variant.swapped) network = __builtin_bswap32(network);
  bytes->consume(kFileHeaderBytes);
  // The upper 16 bits tell the length of a frame check sequence, which stands behind the headers.
  const auto link_type = static_cast<LinkType>(network & 0xffff);
  return std::unique_ptr<FrameSource>(
      std::make_unique<PcapReader>(std::move(name), std::move(bytes), variant, link_type));
}

}  // namespace kanaria::capture
