// SPDX-License-Identifier: Apache-2.0
#include "feature/lengths_lens.h"

#include <array>

#include "decode/packet.h"

namespace kanaria::feature {
namespace {

constexpr size_t kValuesPerSegment = 3;
constexpr std::array<std::string_view, 2 * kValuesPerSegment> kNames{
    "direction_1", "psh_1", "length_1", "direction_2", "psh_2", "length_2"};

void describe(const flow::Segment& segment, std::span<float> out) {
  out[0] = static_cast<float>(segment.direction);
  out[1] = (segment.flags & decode::kPsh) != 0 ? 1.0F : 0.0F;
  out[2] = static_cast<float>(segment.bytes);
}

}  // namespace

std::span<const std::string_view> LengthsLens::value_names() const { return kNames; }

void LengthsLens::append_rows(const LensInput& input, RowBatch& out) {
  for (const flow::SegmentEvent& event : input.batch.segments) {
    if (!event.makes_pair(max_gap_)) continue;
    const auto row = out.append({event.connection, event.number, event.time});
    describe(event.previous, row.first(kValuesPerSegment));
    describe(event.segment, row.last(kValuesPerSegment));
  }
}

}  // namespace kanaria::feature
