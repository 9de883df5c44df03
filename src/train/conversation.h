// SPDX-License-Identifier: Apache-2.0
// One connection of a dialect, as a sensor on the client's side would have seen its segments.
#pragma once

#include "base/random.h"
#include "train/dialect.h"
#include "train/segment_sequence.h"

namespace kanaria::train {

// In the order of time, from `start` on; numbered from 1. Ends with the connection's life, or with
// so many messages (no fewer than those of its beginning). May be empty: nothing was said in a
// short life. The same dialect and random numbers give the same sequence.
SegmentSequence converse(const Dialect& dialect, Timestamp start, size_t most_messages,
                         Random& random);

}  // namespace kanaria::train
