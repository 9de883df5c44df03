// SPDX-License-Identifier: Apache-2.0
#include "train/perturbation_cost.h"

namespace kanaria::train {
namespace {

double byte_seconds(const SegmentSequence& sequence, Timestamp since) {
  double sum = 0;
  for (const flow::TimedSegment& segment : sequence)
    sum += segment.segment.bytes * seconds(segment.time - since);
  return sum;
}

}  // namespace

PerturbationCost& PerturbationCost::operator+=(const PerturbationCost& other) {
  bytes += other.bytes;
  bytes_added += other.bytes_added;
  messages += other.messages;
  messages_added += other.messages_added;
  byte_seconds += other.byte_seconds;
  return *this;
}

PerturbationCost perturb_at_cost(SegmentSequence& sequence,
                                 std::span<const Perturbation> perturbations, Random& random) {
  PerturbationCost cost;
  if (sequence.empty()) return cost;
  const Timestamp begin = sequence.front().time;
  cost.bytes = bytes_of(sequence);
  cost.messages = messages_of(sequence).size();
  for (const Perturbation& perturbation : perturbations) {
    const uint64_t bytes_before = bytes_of(sequence);
    const double before = byte_seconds(sequence, begin);
    perturb(sequence, {&perturbation, 1}, random);
    if (bytes_of(sequence) == bytes_before)
      cost.byte_seconds += byte_seconds(sequence, begin) - before;
  }
  cost.bytes_added = bytes_of(sequence) - cost.bytes;
  cost.messages_added =
      static_cast<int64_t>(messages_of(sequence).size()) - static_cast<int64_t>(cost.messages);
  return cost;
}

}  // namespace kanaria::train
