// SPDX-License-Identifier: Apache-2.0
#include "cli/input.h"

#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/progress_bar.h"
#include "capture/bpf_filter.h"
#include "capture/capture_file.h"
#include "capture/live_capture.h"
#include "cli/capture_words.h"
#include "cli/interrupt.h"
#include "cli/usage.h"

namespace kanaria::cli {
namespace {

bool is_interrupted() { return interrupt_flag().load(std::memory_order_relaxed); }

}  // namespace

void add_input_options(CLI::App& app, InputWords& words) {
  app.add_option("-r", words.read, "capture files: pcap or pcapng, plain, .gz or .zst; - is stdin")
      ->type_name("FILE...")
      ->group("Input");
  app.add_option("-i", words.interface, "capture from this interface until Ctrl-C")
      ->type_name("INTERFACE")
      ->group("Input");
  app.add_option("FILTER", words.filter, "only packets that match this pcap-filter(7) expression")
      ->group("Input");
}

std::optional<Input> named_input(const InputWords& words, std::string_view command) {
  auto [captures, filter] = captures_and_filter(words.read, words.filter);
  Input input{
      .captures = std::move(captures), .interface = words.interface, .filter = std::move(filter)};
  if (input.captures.empty() == input.interface.empty()) {
    complain(
        fmt::format("name captures with -r FILE or an interface with -i INTERFACE, one of the "
                    "two; see 'kanaria {} --help'",
                    command));
    return std::nullopt;
  }
  if (const auto checked = capture::check_filter(input.filter); !checked) {
    complain(checked.error().sentence);
    return std::nullopt;
  }
  return input;
}

Result<std::unique_ptr<capture::FrameSource>> open_input(const Input& input,
                                                         const std::string& name) {
  return open_input(input, name, interrupt_flag());
}

Result<std::unique_ptr<capture::FrameSource>> open_input(const Input& input,
                                                         const std::string& name,
                                                         const std::atomic<bool>& stop) {
  if (input.is_live())
    return capture::open_interface({.interface = name, .filter = input.filter}, stop);
  auto source = capture::open_capture(name, stop);
  if (!source || input.filter.empty()) return source;
  return capture::filter_frames(*std::move(source), input.filter);
}

bool read_frames(capture::FrameSource& source, const std::string& label,
                 const std::function<Reading(const capture::FrameBurst&)>& use) {
  ProgressBar bar(label, 1000);
  capture::FrameBurst burst;
  bool go_on = true;
  while (go_on) {
    const capture::ReadState state = source.read(burst);
    go_on = use(burst) == Reading::kGoOn && state == capture::ReadState::kMore;
    if (const double part = source.progress(); part >= 0) {
      bar.update(static_cast<uint64_t>(part * 1000));
      go_on = go_on && !is_interrupted();
    }
  }
  bar.finish();
  // What is interrupted ends in the middle, as it was asked to.
  const auto& fault = source.fault();
  if (!fault || is_interrupted()) return true;
  complain(fault->sentence);
  return false;
}

}  // namespace kanaria::cli
