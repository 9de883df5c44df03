// SPDX-License-Identifier: Apache-2.0
// IEEE 802.11 data frames, bare or behind a radiotap header (https://www.radiotap.org). All fields
// are little endian.
#include "decode/layer.h"

namespace kanaria::decode {
namespace {

enum FrameControl : uint16_t {
  kTypeMask = 0x000c,
  kTypeData = 0x0008,
  kNoData = 0x0040,
  kQos = 0x0080,
  kToDs = 0x0100,
  kFromDs = 0x0200,
  kProtected = 0x4000,
  kOrder = 0x8000,
};

}  // namespace

DecodeStatus decode_radiotap(Walk& walk) noexcept {
  constexpr uint32_t kTsft = 1U << 0, kFlags = 1U << 1, kMoreWords = 1U << 31;
  constexpr uint8_t kDataPad = 0x20;
  ByteCursor header = walk.at;
  header.skip(2);
  const size_t length = header.le16();
  const uint32_t present = header.le32();
  for (uint32_t word = present; (word & kMoreWords) != 0 && !header.short_read();)
    word = header.le32();
  const size_t fields = header.position() - walk.at.position();
  if ((present & kTsft) != 0) header.skip((fields + 7) / 8 * 8 - fields + 8);
  const bool padded = (present & kFlags) != 0 && (header.u8() & kDataPad) != 0;
  walk.at.skip(length);
  if (header.short_read() || walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return decode_ieee80211(walk, padded ? 4 : 1);
}

// Header lengths: IEEE 802.11-2020 §9.2.3. `header_alignment`: 4 when the driver padded the header.
DecodeStatus decode_ieee80211(Walk& walk, size_t header_alignment) noexcept {
  if (!walk.enter()) return DecodeStatus::kTooDeep;
  const size_t begin = walk.at.position();
  const uint16_t control = walk.at.le16();
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  if ((control & kTypeMask) != kTypeData || (control & kNoData) != 0) return DecodeStatus::kNotIp;
  if ((control & kProtected) != 0) return DecodeStatus::kEncrypted;

  size_t header = 24;
  walk.note(HeaderPartKind::kLinkAddresses, begin + 4, 18);
  if ((control & (kToDs | kFromDs)) == (kToDs | kFromDs)) {
    walk.note(HeaderPartKind::kLinkAddresses, begin + 24, 6);
    header += 6;
  }
  walk.at.skip(header - 2);
  bool aggregated = false;
  if ((control & kQos) != 0) {
    aggregated = (walk.at.le16() & 0x80) != 0;
    header += 2;
    if ((control & kOrder) != 0) {
      walk.at.skip(4);
      header += 4;
    }
  }
  walk.at.skip((header_alignment - header % header_alignment) % header_alignment);
  if (aggregated) {  // first subframe's addresses and length
    walk.note(HeaderPartKind::kLinkAddresses, walk.at.position(), 12);
    walk.at.skip(14);
  }
  if (walk.at.short_read()) return DecodeStatus::kCutBeforeIp;
  return decode_llc(walk);
}

}  // namespace kanaria::decode
