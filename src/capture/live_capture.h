// SPDX-License-Identifier: Apache-2.0
// Live capture from an interface through libpcap, headers only.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "capture/frame.h"

namespace kanaria::capture {

struct LiveOptions {
  std::string interface;
  std::string filter;           // pcap-filter(7); empty: everything
  int snap_length = 256;        // headers behind three tunnels fit
  int buffer_bytes = 32 << 20;  // kernel ring
};

// Never sends. `stop` must outlive the source; raising it makes read() return kEnd once the packets
// that the kernel held by then have been handed out.
Result<std::unique_ptr<FrameSource>> open_interface(const LiveOptions& options,
                                                    const std::atomic<bool>& stop);

}  // namespace kanaria::capture
