// SPDX-License-Identifier: Apache-2.0
#include "report/output.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace kanaria::report {

void Output::write(std::string_view text) {
  if (fault_) return;
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) note_fault();
}

void Output::flush() {
  if (!fault_ && std::fflush(file_) != 0) note_fault();
}

void Output::note_fault() {
  fault_ =
      Error{fmt::format("results could not be written ({}); check the space left and the reader of "
                        "the pipe",
                        std::strerror(errno))};
}

}  // namespace kanaria::report
