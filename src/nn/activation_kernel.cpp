// SPDX-License-Identifier: Apache-2.0
// Compiled once for each instruction set, into the namespace named by KANARIA_KERNEL; nothing but
// primitive types in here (dense_kernel.cpp says why).
#include "nn/activation_kernel.h"

#include <cstdint>

#include "nn/lane.h"

namespace kanaria::nn::KANARIA_KERNEL {
namespace {

typedef uint32_t LaneBits __attribute__((vector_size(kRegisterLanes * sizeof(uint32_t))));

inline Lane magnitude(Lane x) { return x < 0.0F ? -x : x; }

// From here on the nearest float32 to tanh is 1: 1 - tanh(9.02) < 2^-25.
constexpr float kTanhBound = 9.02F;

// tanh(x) = d / (d + 2) with d = e^2x - 1, which keeps its digits near 0. As 2x = n ln 2 + r with
// |r| <= ln 2 / 2, d = 2^n (e^r - 1) + (2^n - 1), and e^r - 1 is Taylor's polynomial of degree 7
// (1.5e-8 off beside r). std::tanh instead made a step of training 3 to 6 times slower
// (bench/mlp_benchmark, train_step_corner).
inline Lane tanh_of(Lane x) {
  const Lane bound = Lane{} + kTanhBound;
  Lane doubled = x > bound ? bound : x;  // in this order NaN stays NaN
  doubled = doubled < -bound ? -bound : doubled;
  doubled += doubled;

  constexpr float kLog2E = 1.44269504F;
  constexpr float kLn2High = 0.693359375F;  // so short that n times it is exact
  constexpr float kLn2Low = -2.12194440e-4F;
  constexpr float kRounds =
      12582912.0F;  // 1.5 * 2^23: a sum with it has no digits behind the point
  const Lane shifted = doubled * kLog2E + kRounds;
  const Lane n = shifted - kRounds;
  const Lane r = (doubled - n * kLn2High) - n * kLn2Low;

  Lane tail = r * (1.0F / 5040) + 1.0F / 720;
  tail = tail * r + 1.0F / 120;
  tail = tail * r + 1.0F / 24;
  tail = tail * r + 1.0F / 6;
  tail = tail * r + 0.5F;
  const Lane exp_minus_1 = r * r * tail + r;

  // n stands in the lowest bits of `shifted`; moved into the exponent it makes 2^n.
  constexpr uint32_t kOne = 0x3f800000;
  const LaneBits power_bits = (__builtin_bit_cast(LaneBits, shifted) << 23) + kOne;
  const Lane power = __builtin_bit_cast(Lane, power_bits);
  const Lane d = power * exp_minus_1 + (power - 1.0F);
  return d / (d + 2.0F);
}

void relu(float* values, size_t count) {
  for (size_t i = 0; i < count; i += kRegisterLanes) {
    const Lane x = lane(values + i);
    lane(values + i) = x > 0.0F ? x : Lane{};
  }
}

void tanh(float* values, size_t count) {
  for (size_t i = 0; i < count; i += kRegisterLanes) lane(values + i) = tanh_of(lane(values + i));
}

void softsign(float* values, size_t count) {
  for (size_t i = 0; i < count; i += kRegisterLanes) {
    const Lane x = lane(values + i);
    lane(values + i) = x / (1.0F + magnitude(x));
  }
}

void relu_slope(const float* outputs, float* gradient, size_t count) {
  for (size_t i = 0; i < count; i += kRegisterLanes)
    lane(gradient + i) = lane(outputs + i) > 0.0F ? lane(gradient + i) : Lane{};
}

void tanh_slope(const float* outputs, float* gradient, size_t count) {
  for (size_t i = 0; i < count; i += kRegisterLanes) {
    const Lane y = lane(outputs + i);
    lane(gradient + i) *= 1.0F - y * y;
  }
}

void softsign_slope(const float* outputs, float* gradient, size_t count) {
  for (size_t i = 0; i < count; i += kRegisterLanes) {
    const Lane rest = 1.0F - magnitude(lane(outputs + i));  // f' = (1 - |f|)^2
    lane(gradient + i) *= rest * rest;
  }
}

}  // namespace

extern const ActivationKernel kActivationKernel;
const ActivationKernel kActivationKernel{relu,       tanh,       softsign,
                                         relu_slope, tanh_slope, softsign_slope};

}  // namespace kanaria::nn::KANARIA_KERNEL
