// SPDX-License-Identifier: Apache-2.0
// Changed copies of connections to learn from: what other programs, disguises and networks would
// have made of the same conversation. Drawn at random, blind to labels (docs/dataset.md,
// "Augmented").
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "train/labelled_connection.h"
#include "train/perturbation.h"

namespace kanaria::train {

// What a copy differs by; may be nothing.
std::vector<Perturbation> draw_perturbations(Random& random);

// Makes of a connection's sequence that of its copy with that number, from 1. A connection may come
// in pieces, numbered from 0: what its copy differs by is the same for all of them.
void make_copy(SegmentSequence& sequence, const LabelledConnection& connection, uint64_t seed,
               uint32_t copy, uint64_t piece);

}  // namespace kanaria::train
