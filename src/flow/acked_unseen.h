// SPDX-License-Identifier: Apache-2.0
// ACKs for data the capture does not hold: the thesis's sign of a capturing device that lost
// packets. Follows tshark 4.0's `tcp.analysis.ack_lost_segment` step by step (docs/definitions.md,
// "Capture quality"), on tshark's own streams, which begin and end otherwise than our connections.
#pragma once

#include <array>
#include <cstdint>

#include "decode/packet.h"

namespace kanaria::flow {

class StreamAcks {
 public:
  // True when tshark would mark this packet. `from_low`: sent by the lower end of its tuple.
  bool count(const decode::Packet& packet, bool from_low);

 private:
  struct Side {
    uint32_t base = 0;
    uint32_t next = 0;   // after the highest byte sent; 0: unknown
    uint32_t reach = 0;  // up to here seen without a hole; 0: unknown
    uint32_t ack = 0;
    uint32_t window = UINT32_MAX;
    int32_t repeats = 0;  // duplicate ACKs since `ack` changed; -1: said once already
    bool base_known = false;
    bool heard = false;
    bool kept = false;  // its last frame was a keep-alive
  };

  static void learn_bases(const decode::Packet& packet, Side& from, Side& to);

  std::array<Side, 2> sides_{};
};

}  // namespace kanaria::flow
