// SPDX-License-Identifier: Apache-2.0
// Where a command's packets come from: captures (-r) or an interface (-i), and which of them
// (FILTER). The same words in every command.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capture/frame.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's own
class App;
}

namespace kanaria::cli {

struct Input {
  std::vector<std::string> captures;
  std::string interface;
  std::string filter;

  bool is_live() const { return !interface.empty(); }
  // Captures, or the one interface.
  std::vector<std::string> names() const { return is_live() ? std::vector{interface} : captures; }
};

// As they stand on the command line.
struct InputWords {
  std::vector<std::string> read;
  std::vector<std::string> filter;
  std::string interface;
};

// `words` must outlive the parsing.
void add_input_options(CLI::App& app, InputWords& words);
// Complains and gives nothing when the words name no input, two kinds, or a filter without meaning.
std::optional<Input> named_input(const InputWords& words, std::string_view command);

// Opens one of input.names(), behind the filter. Raising `stop`, which must outlive it, ends it.
Result<std::unique_ptr<capture::FrameSource>> open_input(const Input& input,
                                                         const std::string& name,
                                                         const std::atomic<bool>& stop);
// The same; Ctrl-C ends it.
Result<std::unique_ptr<capture::FrameSource>> open_input(const Input& input,
                                                         const std::string& name);

enum class Reading : uint8_t { kGoOn, kStop };

// Hands on every burst, the last one included, and shows progress under `label`. Ctrl-C ends a file
// at the burst at hand, and a live source behind what had arrived. False when the source could not
// be read whole: it has been complained of.
bool read_frames(capture::FrameSource& source, const std::string& label,
                 const std::function<Reading(const capture::FrameBurst&)>& use);

}  // namespace kanaria::cli
