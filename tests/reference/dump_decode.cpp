// SPDX-License-Identifier: Apache-2.0
// Prints what the decoder made of each frame of a capture, for tools/tshark_agreement.py. A line a
// frame: number, status, then for TCP: src, dst, ttl, id, df, mf, offset, ports, flags, window,
// payload length.
#include <atomic>

#include <fmt/format.h>

#include "capture/capture_file.h"
#include "decode/decoder.h"

using namespace kanaria;

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: dump_decode FILE\n");
    return 2;
  }
  const std::atomic<bool> stop{false};
  auto source = capture::open_capture(argv[1], stop);
  if (!source) {
    fmt::print(stderr, "dump_decode: {}\n", source.error().sentence);
    return 1;
  }
  capture::FrameBurst burst;
  capture::ReadState state;
  do {
    state = (*source)->read(burst);
    for (const capture::Frame& frame : burst.view()) {
      decode::Packet p;
      const decode::DecodeStatus status = decode::decode(frame, p);
      fmt::print("{}\t{}", frame.number, name(status));
      if (status == decode::DecodeStatus::kTcp)
        fmt::print("\t{}\t{}\t{}\t{}\t{:d}\t{:d}\t{}\t{}\t{}\t{}\t{}\t{}", to_string(p.src),
                   to_string(p.dst), p.ttl, p.ip_id, p.dont_fragment, p.more_fragments,
                   p.fragment_offset, p.src_port, p.dst_port, p.flags, p.window, p.payload_bytes);
      fmt::print("\n");
    }
  } while (state == capture::ReadState::kMore);
  if (const auto& fault = (*source)->fault())
    fmt::print(stderr, "dump_decode: {}\n", fault->sentence);
  return 0;
}
