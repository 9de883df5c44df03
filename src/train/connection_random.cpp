// SPDX-License-Identifier: Apache-2.0
#include "train/connection_random.h"

namespace kanaria::train {
namespace {

// One step of SplitMix64 (Steele et al. 2014).
uint64_t mixed(uint64_t state, uint64_t more) {
  state += more + 0x9e3779b97f4a7c15U;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
  return state ^ (state >> 31);
}

}  // namespace

Random random_of(const LabelledConnection& connection, uint64_t seed, uint64_t purpose) {
  const flow::Ends& ends = connection.ends;
  for (const uint64_t part :
       {ends.client.half(0), ends.client.half(1), ends.server.half(0), ends.server.half(1),
        uint64_t{ends.client_port}, uint64_t{ends.server_port},
        static_cast<uint64_t>(connection.start.ns), purpose})
    seed = mixed(seed, part);
  return Random(seed);
}

uint64_t seed_of_copy(uint64_t seed, uint32_t copy) { return mixed(seed, copy); }

}  // namespace kanaria::train
