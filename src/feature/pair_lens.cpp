// SPDX-License-Identifier: Apache-2.0
#include "feature/pair_lens.h"

#include <array>

#include "decode/packet.h"

namespace kanaria::feature {
namespace {

constexpr std::array<std::string_view, 30> kNames{"direction_1",
                                                  "fin_1",
                                                  "syn_1",
                                                  "rst_1",
                                                  "psh_1",
                                                  "ack_1",
                                                  "urg_1",
                                                  "ece_1",
                                                  "cwr_1",
                                                  "ttl_1",
                                                  "df_1",
                                                  "mf_1",
                                                  "fragment_offset_1",
                                                  "window_1",
                                                  "length_1",
                                                  "direction_2",
                                                  "fin_2",
                                                  "syn_2",
                                                  "rst_2",
                                                  "psh_2",
                                                  "ack_2",
                                                  "urg_2",
                                                  "ece_2",
                                                  "cwr_2",
                                                  "ttl_2",
                                                  "df_2",
                                                  "mf_2",
                                                  "fragment_offset_2",
                                                  "window_2",
                                                  "length_2"};

constexpr std::array<std::string_view, 6> kLengthsNames{"direction_1", "psh_1", "length_1",
                                                        "direction_2", "psh_2", "length_2"};

// docs/features.md, "pair": the order is the contract with every trained model.
void describe(const flow::Segment& segment, std::span<float> out) {
  out[0] = static_cast<float>(segment.direction);
  for (unsigned bit = 0; bit < 8; ++bit)
    out[1 + bit] = static_cast<float>(segment.flags >> bit & 1);
  out[9] = segment.ttl;
  out[10] = segment.dont_fragment ? 1.0F : 0.0F;
  out[11] = segment.more_fragments ? 1.0F : 0.0F;
  out[12] = segment.fragment_offset;
  out[13] = segment.window;
  out[14] = static_cast<float>(segment.bytes);
}

void describe_length(const flow::Segment& segment, std::span<float> out) {
  out[0] = static_cast<float>(segment.direction);
  out[1] = (segment.flags & decode::kPsh) != 0 ? 1.0F : 0.0F;
  out[2] = static_cast<float>(segment.bytes);
}

}  // namespace

std::span<const std::string_view> PairLens::value_names() const {
  if (values_ == Values::kAll) return kNames;
  return kLengthsNames;
}

void PairLens::append_rows(const LensInput& input, RowBatch& out) {
  const auto tell = values_ == Values::kAll ? describe : describe_length;
  const size_t of_a_segment = width() / 2;
  for (const flow::SegmentEvent& event : input.batch.segments) {
    if (!event.makes_pair(max_gap_)) continue;
    const auto row = out.append({event.connection, event.number, event.time});
    tell(event.previous, row.first(of_a_segment));
    tell(event.segment, row.last(of_a_segment));
  }
}

}  // namespace kanaria::feature
