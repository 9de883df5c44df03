// SPDX-License-Identifier: Apache-2.0
// What is left of a conversation where a sensor sees the packets of one side alone (asymmetric
// routing, a mirror of one direction): the other side's bytes, as they are acknowledged
// (docs/definitions.md, "A side that is not seen").
#pragma once

#include "base/timestamp.h"
#include "flow/direction.h"
#include "train/segment_sequence.h"

namespace kanaria::train {

// Puts in place of the unseen side's segments what the side that is seen would have acknowledged:
// all that reached it, with the next segment of its own; at the latest `wait` later, and at once
// for two full segments (RFC 1122 §4.2.3.2, RFC 5681 §4.2). What the client sends reaches the
// server a round trip later, as the sensor sees it. Nobody can measure a round trip any more.
// Requires: in the order of times.
void leave_side_out(SegmentSequence& sequence, flow::Direction unseen, Nanoseconds wait);

}  // namespace kanaria::train
