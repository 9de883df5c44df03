// SPDX-License-Identifier: Apache-2.0
// Where results go: stdout, with the first failed write kept instead of lost.
#pragma once

#include <cstdio>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace kanaria::report {

class Output {
 public:
  explicit Output(std::FILE* file) : file_(file) {}

  void write(std::string_view text);
  // Sends what is buffered on its way, so that a reader of a pipe sees it now.
  void flush();
  const std::optional<Error>& fault() const { return fault_; }

 private:
  void note_fault();

  std::FILE* file_;
  std::optional<Error> fault_;
};

}  // namespace kanaria::report
