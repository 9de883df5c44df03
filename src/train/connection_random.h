// SPDX-License-Identifier: Apache-2.0
// Random numbers that follow from a seed and a connection: what else is captured changes nothing.
#pragma once

#include <cstdint>

#include "base/random.h"
#include "train/labelled_connection.h"

namespace kanaria::train {

// Of the connection's ends and start, and of a number that tells what they are for.
Random random_of(const LabelledConnection& connection, uint64_t seed, uint64_t purpose);

// A seed of its own for each copy of a connection.
uint64_t seed_of_copy(uint64_t seed, uint32_t copy);

}  // namespace kanaria::train
