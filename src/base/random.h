// SPDX-License-Identifier: Apache-2.0
// Seeded randomness that gives the same numbers on every platform: the engine is the standard's
// mt19937_64; the standard's distributions differ between libraries, so these are spelled out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>

namespace kanaria {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  // [0, 1) with 53 random bits.
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // 0 … count − 1, without bias (Lemire 2019). Requires: count > 0.
  uint64_t below(uint64_t count) {
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(engine_()) * count;
    if (static_cast<uint64_t>(product) < count) {
      const uint64_t threshold = -count % count;
      while (static_cast<uint64_t>(product) < threshold)
        product = static_cast<Wide>(engine_()) * count;
    }
    return static_cast<uint64_t>(product >> 64);
  }
  template <typename T>
  void shuffle(std::span<T> items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace kanaria
