// SPDX-License-Identifier: Apache-2.0
// The instruction sets this machine can run, each asked for by its name as a user would.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "nn/simd.h"

namespace kanaria::nn {

// Sets (or, with nullptr, unsets) KANARIA_SIMD and puts back what was there.
class SimdEnvironment {
 public:
  explicit SimdEnvironment(const char* value) {
    if (const char* before = std::getenv(kName)) before_ = before;
    if (value != nullptr)
      setenv(kName, value, 1);
    else
      unsetenv(kName);
  }
  ~SimdEnvironment() {
    if (before_)
      setenv(kName, before_->c_str(), 1);
    else
      unsetenv(kName);
  }
  SimdEnvironment(const SimdEnvironment&) = delete;
  SimdEnvironment& operator=(const SimdEnvironment&) = delete;

 private:
  static constexpr const char* kName = "KANARIA_SIMD";
  std::optional<std::string> before_;
};

inline Result<Simd> simd_named(const char* name) {
  const SimdEnvironment environment(name);
  return choose_simd();
}

inline std::vector<Simd> every_simd() {
  std::vector<Simd> all;
  for (const char* name : {"baseline", "v3", "v4"})
    if (auto simd = simd_named(name)) all.push_back(*simd);
  return all;
}

}  // namespace kanaria::nn
