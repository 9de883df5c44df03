// SPDX-License-Identifier: Apache-2.0
// Lets only frames through that match a pcap-filter(7) expression; libpcap compiles and runs it.
#pragma once

#include <memory>
#include <string>

#include "capture/frame.h"

namespace kanaria::capture {

// Whether the expression means something on some link layer; empty: everything passes.
Status check_filter(const std::string& expression);

// Fails with the compiler's own words when the expression is wrong.
Result<std::unique_ptr<FrameSource>> filter_frames(std::unique_ptr<FrameSource> source,
                                                   const std::string& expression);

}  // namespace kanaria::capture
