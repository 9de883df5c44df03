// SPDX-License-Identifier: Apache-2.0
// Bytes of a frame -> Packet. In: one frame of any known link type. Out: the innermost TCP packet,
// or the status that says why there is none. Reads headers only, through one checked cursor; does
// not allocate or throw, whatever the bytes are.
#pragma once

#include <string_view>
#include <vector>

#include "capture/frame.h"
#include "decode/header_trace.h"
#include "decode/packet.h"
#include "decode/status.h"

namespace kanaria::decode {

// `packet` is complete only when the result is kTcp.
DecodeStatus decode(const capture::Frame& frame, Packet& packet) noexcept;

// The same; `trace` then holds where the headers stand, and is complete only when the result is
// kTcp. A frame whose parts a trace cannot hold is kTooDeep.
DecodeStatus decode_traced(const capture::Frame& frame, Packet& packet,
                           HeaderTrace& trace) noexcept;

// What a capture's link type is called, "Ethernet"; empty for one that is not known here.
std::string_view link_name(capture::LinkType link_type);

// Appends the TCP packets of a burst, in order, and counts what became of each frame.
void decode_burst(const capture::FrameBurst& burst, std::vector<Packet>& packets,
                  StatusCounts& counts);

}  // namespace kanaria::decode
