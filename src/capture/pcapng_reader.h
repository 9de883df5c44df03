// SPDX-License-Identifier: Apache-2.0
// pcapng (draft-ietf-opsawg-pcapng): several sections and interfaces, either byte order, any time
// resolution and offset; enhanced, simple and old packet blocks. Other blocks are passed over.
#pragma once

#include <memory>
#include <string>

#include "capture/byte_source.h"
#include "capture/frame.h"

namespace kanaria::capture {

bool is_pcapng(std::span<const uint8_t> first_bytes);
// `name` begins error sentences. Requires: is_pcapng(bytes->window()).
Result<std::unique_ptr<FrameSource>> read_pcapng(std::string name,
                                                 std::unique_ptr<ByteSource> bytes);

}  // namespace kanaria::capture
