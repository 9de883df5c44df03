// SPDX-License-Identifier: Apache-2.0
#include "nn/simd.h"

#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace kanaria::nn {

namespace kernel_baseline {
extern const DenseKernel kDenseKernel;
extern const ActivationKernel kActivationKernel;
extern const OptimizerKernel kOptimizerKernel;
}  // namespace kernel_baseline
#ifdef KANARIA_X86_64
namespace kernel_v3 {
extern const DenseKernel kDenseKernel;
extern const ActivationKernel kActivationKernel;
extern const OptimizerKernel kOptimizerKernel;
}  // namespace kernel_v3
namespace kernel_v4 {
extern const DenseKernel kDenseKernel;
extern const ActivationKernel kActivationKernel;
extern const OptimizerKernel kOptimizerKernel;
}  // namespace kernel_v4
#endif

namespace {

constexpr Simd kBaseline{"baseline", &kernel_baseline::kDenseKernel,
                         &kernel_baseline::kActivationKernel, &kernel_baseline::kOptimizerKernel};
#ifdef KANARIA_X86_64
constexpr Simd kV3{"v3", &kernel_v3::kDenseKernel, &kernel_v3::kActivationKernel,
                   &kernel_v3::kOptimizerKernel};
constexpr Simd kV4{"v4", &kernel_v4::kDenseKernel, &kernel_v4::kActivationKernel,
                   &kernel_v4::kOptimizerKernel};

// What of x86-64-v3 a processor or hypervisor may lack although it has AVX2.
bool has_v3() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
bool has_v4() {
  return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}
#endif

// The best one last.
std::vector<Simd> present() {
  std::vector<Simd> all{kBaseline};
#ifdef KANARIA_X86_64
  if (has_v3()) all.push_back(kV3);
  if (has_v4()) all.push_back(kV4);
#endif
  return all;
}

}  // namespace

Result<Simd> choose_simd() {
  const char* wanted = std::getenv("KANARIA_SIMD");
  const std::string_view name = wanted == nullptr ? "" : wanted;
  const std::vector<Simd> sets = present();
  if (name.empty()) return sets.back();
  std::string choices;
  for (const Simd& simd : sets) {
    if (simd.name == name) return simd;
    choices += fmt::format("{}{}", choices.empty() ? "" : " or ", simd.name);
  }
  return Error{
      fmt::format("KANARIA_SIMD is '{}', which this processor or build does not have; unset it "
                  "or choose {}",
                  name, choices)};
}

}  // namespace kanaria::nn
