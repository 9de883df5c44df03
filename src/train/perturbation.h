// SPDX-License-Identifier: Apache-2.0
// Disguises of a connection's traffic, and what networks do to it, as changes of its sequence of
// segments (time, direction, length): padding, dummies, splitting, merging, jitter, loss and so on,
// each defined in docs/dataset.md. Blind to labels. Lenses and detection see the changed sequence
// through flow/segment_events.h.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "train/segment_sequence.h"

namespace kanaria::train {

enum class PerturbationKind : uint8_t {
  kPadding,  // most bytes added to a message
  kBuckets,  // bytes of which every message becomes a multiple
  kOffset,   // bytes added to every message
  kClientOffset,
  kServerOffset,
  kScale,         // by which the bytes of every message are multiplied
  kDummies,       // messages added, as a share of those that are there
  kJitter,        // longest delay of a message, seconds
  kDelay,         // of the server's segments, seconds
  kSplitting,     // share of messages sent as two writes
  kMerging,       // time within which one side's messages become one, seconds
  kLoss,          // share of segments that arrive a retransmission timeout later
  kSpeed,         // by which all gaps are divided
  kClientUnseen,  // longest delay of the server's acknowledgements, seconds
  kServerUnseen,
};

struct Perturbation {
  PerturbationKind kind = PerturbationKind::kOffset;
  double amount = 0;  // unit: see the kind
};

// "padding:256": name and amount.
Result<Perturbation> parse_perturbation(std::string_view spec);

// Changes the sequence by one after the other, and leaves it in the order of its times. Amounts
// that change nothing (0; speed 1) leave it untouched. The same sequence, perturbations and random
// numbers give the same result. Times beyond 292 years from 1970 wrap.
void perturb(SegmentSequence& sequence, std::span<const Perturbation> perturbations,
             Random& random);

}  // namespace kanaria::train
