// SPDX-License-Identifier: Apache-2.0
// Opens a capture file of any supported format as a source of frames.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "capture/frame.h"

namespace kanaria::capture {

// PATH, or "-" for stdin; pcap or pcapng; plain, gzip or Zstandard: recognised by content.
// `stop` must outlive the source; raising it ends a read that waits for more input.
Result<std::unique_ptr<FrameSource>> open_capture(const std::string& path,
                                                  const std::atomic<bool>& stop);

}  // namespace kanaria::capture
