// SPDX-License-Identifier: Apache-2.0
// Frames for tests of record/: cut behind their headers, and anonymised by one key.
#pragma once

#include <numeric>

#include "decode/header_trace.h"
#include "record/anonymize.h"
#include "record/header_cut.h"
#include "tests/base/bytes.h"
#include "tests/decode/decoded.h"

namespace kanaria::test {

// 0, 1, 2 … 31.
inline record::CryptoPanKey counting_key() {
  record::CryptoPanKey key;
  std::iota(key.begin(), key.end(), uint8_t{0});
  return key;
}

inline capture::Frame frame_of(capture::LinkType link_type, std::span<const uint8_t> bytes) {
  return {.bytes = bytes.data(),
          .captured = static_cast<uint32_t>(bytes.size()),
          .original = static_cast<uint32_t>(bytes.size()),
          .time = {7},
          .number = 3,
          .link_type = link_type};
}

struct Cut {
  decode::DecodeStatus status;
  Bytes bytes;  // what is left of the frame
};

inline Cut cut(capture::LinkType link_type, const Bytes& bytes) {
  const ExactCopy copy(bytes);
  capture::Frame frame = frame_of(link_type, copy.view());
  decode::HeaderTrace trace;
  const auto status = record::cut_to_headers(frame, trace);
  const auto left = frame.captured_bytes();
  return {status, {left.begin(), left.end()}};
}

// Requires: a frame of status kTcp.
inline Bytes anonymized(capture::LinkType link_type, const Bytes& bytes) {
  const ExactCopy copy(bytes);
  capture::Frame frame = frame_of(link_type, copy.view());
  decode::HeaderTrace trace;
  if (record::cut_to_headers(frame, trace) != decode::DecodeStatus::kTcp) return {};
  static auto names = record::CryptoPan::create(counting_key());
  const auto left = frame.captured_bytes();
  Bytes headers(left.begin(), left.end());
  record::anonymize(headers, trace, *names);
  return headers;
}

}  // namespace kanaria::test
