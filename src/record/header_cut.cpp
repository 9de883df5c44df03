// SPDX-License-Identifier: Apache-2.0
#include "record/header_cut.h"

#include "decode/decoder.h"
#include "record/pcapng_writer.h"

namespace kanaria::record {

decode::DecodeStatus cut_to_headers(capture::Frame& frame, decode::HeaderTrace& trace) {
  using decode::DecodeStatus;
  decode::Packet packet;
  const DecodeStatus status = decode::decode_traced(frame, packet, trace);
  if (status != DecodeStatus::kTcp) return status;
  if (trace.headers_end > kLargestRecord) return DecodeStatus::kTooDeep;
  frame.captured = static_cast<uint32_t>(trace.headers_end);
  return status;
}

}  // namespace kanaria::record
