// SPDX-License-Identifier: Apache-2.0
// Classic pcap (draft-ietf-opsawg-pcap): microseconds, nanoseconds, either byte order, and the
// "modified" records of 24 bytes that patched libpcaps wrote.
#pragma once

#include <memory>
#include <string>

#include "capture/byte_source.h"
#include "capture/frame.h"

namespace kanaria::capture {

bool is_pcap(std::span<const uint8_t> first_bytes);
// `name` begins error sentences. Requires: is_pcap(bytes->window()).
Result<std::unique_ptr<FrameSource>> read_pcap(std::string name, std::unique_ptr<ByteSource> bytes);

}  // namespace kanaria::capture
