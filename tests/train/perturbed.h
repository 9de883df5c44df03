// SPDX-License-Identifier: Apache-2.0
// Perturbed sequences, told plainly enough to be compared.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "tests/train/sequences.h"
#include "train/perturbation.h"

namespace kanaria::train {

inline SegmentSequence perturbed(SegmentSequence sequence, std::string_view spec,
                                 uint64_t seed = 1) {
  Random random(seed);
  const auto perturbation = parse_perturbation(spec);
  EXPECT_TRUE(perturbation) << spec;
  perturb(sequence, std::array{*perturbation}, random);
  return sequence;
}

// (time, direction, bytes) of each segment.
using Plain = std::vector<std::tuple<Nanoseconds, flow::Direction, uint32_t>>;
inline Plain plain(const SegmentSequence& sequence) {
  Plain segments;
  for (const auto& s : sequence)
    segments.emplace_back(s.time.ns, s.segment.direction, s.segment.bytes);
  return segments;
}

inline Plain of_side(const SegmentSequence& sequence, flow::Direction side) {
  Plain segments = plain(sequence);
  std::erase_if(segments, [&](const auto& s) { return std::get<1>(s) != side; });
  return segments;
}

inline std::vector<SegmentSequence> sequences() {
  std::vector<SegmentSequence> all;
  for (uint64_t seed = 1; seed <= 30; ++seed) all.push_back(random_sequence(seed, 5 * seed));
  return all;
}

// Sides take turns, and no message ends with a full segment: messages stay apart whatever comes.
inline SegmentSequence in_turn(size_t messages) {
  Random random(1001);  // not the perturbations' seed: sizes and delays are to be independent
  SequenceBuilder builder;
  for (size_t m = 0; m < messages; ++m) {
    const auto time = static_cast<Nanoseconds>(m * 2000);
    const auto bytes =
        static_cast<uint32_t>(1 + random.below(900) + (random.below(3) == 0 ? kLargest : 0));
    m % 2 == 0 ? builder.client(time, bytes) : builder.server(time, bytes);
  }
  return builder.sequence();
}

}  // namespace kanaria::train
