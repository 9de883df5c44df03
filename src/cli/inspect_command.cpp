// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "capture/bpf_filter.h"
#include "capture/byte_source.h"
#include "cli/capture_words.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/usage.h"
#include "report/inspect_report.h"
#include "report/output.h"

namespace kanaria::cli {
namespace {

struct Options {
  Input input;
  std::string format = "table";
  bool gate_sets_exit_code = false;
  flow::TableOptions table;
};

struct Parsed {
  std::optional<int> exit_code;
  Options options;
};

Parsed parse_options(std::span<char*> arguments) {
  Parsed parsed;
  Options& o = parsed.options;
  std::vector<std::string> words;
  CLI::App app{"What is in a capture, and did the capturing device see everything?",
               "kanaria inspect"};
  app.option_defaults()->always_capture_default();
  app.add_option("FILE", words,
                 "captures: pcap or pcapng, plain, .gz or .zst; - is stdin; then, if wanted, a "
                 "pcap-filter(7) expression")
      ->required();
  app.add_option("--format", o.format, "how to tell it")
      ->check(CLI::IsMember({"table", "json"}))
      ->type_name("table|json");
  app.add_flag("--exit-code", o.gate_sets_exit_code,
               "exit with 3 when a capture fails the quality gate");
  app.add_flag("--vlan-key", o.table.vlan_key, "VLAN ids tell connections apart");
  app.footer(
      "examples:\n"
      "  kanaria inspect office.pcap\n"
      "  kanaria inspect monday.pcap.gz tuesday.pcap.gz tcp port 3333 --format json\n\n"
      "exit code: 0 ran, 1 input not read whole, 2 wrong use, 3 gate failed (--exit-code)");
  if ((parsed.exit_code =
           parse(app, "usage: kanaria inspect FILE... [FILTER] [OPTION]...", arguments)))
    return parsed;
  auto [captures, filter] = captures_and_filter(words, {});
  o.input = {.captures = std::move(captures), .interface = "", .filter = std::move(filter)};
  if (const auto checked = capture::check_filter(o.input.filter); !checked) {
    complain(checked.error().sentence);
    parsed.exit_code = kUsage;
  }
  return parsed;
}

struct Inspected {
  report::InspectedCapture capture;
  bool whole;
};

Inspected inspect(const Options& o, capture::FrameSource& source, const std::string& label) {
  flow::CaptureInspection inspection(o.table);
  const bool whole = read_frames(source, label, [&](const capture::FrameBurst& burst) {
    inspection.add(burst);
    return Reading::kGoOn;
  });
  return {{label, std::string(source.format()), source.dropped(), inspection.finish()}, whole};
}

int run(const Options& o) {
  report::Output output(stdout);
  std::vector<report::InspectedCapture> inspected;
  bool whole = true, gate_failed = false;
  for (const std::string& name : o.input.captures) {
    auto source = open_input(o.input, name);
    if (!source) {
      complain(source.error().sentence);
      whole = false;
      continue;
    }
    Inspected one = inspect(o, **source, capture::input_name(name));
    whole = whole && one.whole;
    const auto& capture = inspected.emplace_back(std::move(one.capture));
    gate_failed |= !capture.summary.quality.passes_gate();
    if (o.format == "table" && inspected.size() > 1) output.write("\n");
    output.write(o.format == "json" ? report::inspect_json(capture)
                                    : report::inspect_text(capture));
  }
  if (o.format == "table" && inspected.size() > 1)
    output.write("\n" + report::inspect_total(inspected));
  output.flush();
  if (const auto& fault = output.fault()) {
    complain(fault->sentence);
    return kFailed;
  }
  if (!whole) return kFailed;
  return o.gate_sets_exit_code && gate_failed ? kGateFailed : kRan;
}

}  // namespace

int inspect_main(std::span<char*> arguments) {
  const Parsed parsed = parse_options(arguments);
  return parsed.exit_code ? *parsed.exit_code : run(parsed.options);
}

}  // namespace kanaria::cli
