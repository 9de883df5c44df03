// SPDX-License-Identifier: Apache-2.0
// A frame without its payload: what ends behind the innermost TCP header.
#pragma once

#include "capture/frame.h"
#include "decode/header_trace.h"
#include "decode/status.h"

namespace kanaria::record {

// Shortens the frame's captured bytes; its original length stays. `trace` then tells its headers.
// Any status but kTcp: the frame holds no TCP header, and is as it was. Headers beyond the largest
// record (pcapng_writer.h) are kTooDeep.
decode::DecodeStatus cut_to_headers(capture::Frame& frame, decode::HeaderTrace& trace);

}  // namespace kanaria::record
