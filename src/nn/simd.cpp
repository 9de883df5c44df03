// SPDX-License-Identifier: Apache-2.0
#include "nn/simd.h"

#include <cstdlib>

#include <fmt/format.h>

namespace kanaria::nn {

namespace kernel_baseline {
extern const DenseKernel kDenseKernel;
extern const ActivationKernel kActivationKernel;
extern const OptimizerKernel kOptimizerKernel;
}  // namespace kernel_baseline
#ifdef KANARIA_HAS_V3
namespace kernel_v3 {
extern const DenseKernel kDenseKernel;
extern const ActivationKernel kActivationKernel;
extern const OptimizerKernel kOptimizerKernel;
}  // namespace kernel_v3
#endif

namespace {

constexpr Simd kBaseline{"baseline", &kernel_baseline::kDenseKernel,
                         &kernel_baseline::kActivationKernel, &kernel_baseline::kOptimizerKernel};
#ifdef KANARIA_HAS_V3
constexpr Simd kV3{"v3", &kernel_v3::kDenseKernel, &kernel_v3::kActivationKernel,
                   &kernel_v3::kOptimizerKernel};
// What of x86-64-v3 a processor or hypervisor may lack although it has AVX2.
bool has_v3() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
#else
constexpr Simd kV3 = kBaseline;
bool has_v3() { return false; }
#endif

}  // namespace

Result<Simd> choose_simd() {
  const char* wanted = std::getenv("KANARIA_SIMD");
  const std::string_view name = wanted == nullptr ? "" : wanted;
  if (name.empty()) return has_v3() ? kV3 : kBaseline;
  if (name == "baseline") return kBaseline;
  if (name == "v3" && has_v3()) return kV3;
  return Error{
      fmt::format("KANARIA_SIMD is '{}', which this processor or build does not have; unset it "
                  "or choose {}",
                  name, has_v3() ? "baseline or v3" : "baseline")};
}

}  // namespace kanaria::nn
