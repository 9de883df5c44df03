// SPDX-License-Identifier: Apache-2.0
#include "cli/text_file.h"

#include "capture/byte_sink.h"

namespace kanaria::cli {

Status write_text_file(const std::string& path, std::string_view text) {
  auto sink = capture::create_bytes(path);
  if (!sink) return sink.error();
  (*sink)->write(text);
  return (*sink)->finish();
}

}  // namespace kanaria::cli
