// SPDX-License-Identifier: Apache-2.0
// What `kanaria capture` was asked to do.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "cli/input.h"
#include "record/rotation.h"

namespace kanaria::cli {

enum class Addresses : uint8_t { kKept, kAnonymized };

struct CaptureOptions {
  Input input;
  std::string output;
  record::Rotation rotation;
  Addresses addresses = Addresses::kKept;
  std::string key_path;  // empty: a key of this run only
};

struct ParsedCaptureOptions {
  std::optional<int> exit_code;  // return it at once
  CaptureOptions options;
};

ParsedCaptureOptions parse_capture_options(std::span<char*> arguments);

}  // namespace kanaria::cli
