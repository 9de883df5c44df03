// SPDX-License-Identifier: Apache-2.0
#include "cli/detect_options.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/usage.h"
#include "feature/lens.h"

namespace kanaria::cli {
namespace {

// What is wrong with the files to write; empty when nothing is.
std::string contradiction(const DetectOptions& o) {
  if (o.report_path == "-" || o.packets_path == "-")
    return fmt::format("{}: stdout is for the results; name a file",
                       o.packets_path == "-" ? "-w" : "--report");
  if (!o.report_path.empty() && o.report_path == o.packets_path)
    return fmt::format("-w and --report both name {}; name two files", o.report_path);
  return "";
}

}  // namespace

ParsedDetectOptions parse_detect_options(std::span<char*> arguments) {
  ParsedDetectOptions parsed;
  DetectOptions& o = parsed.options;
  InputWords input;
  double idle_minutes = 15, max_gap = 0;
  bool numeric = false;

  CLI::App app{"Which hosts mine cryptocurrency, with whom, since when, how sure, and why?",
               "kanaria detect"};
  app.option_defaults()->always_capture_default();
  add_input_options(app, input);
  app.add_option("--format", o.format, "how to tell it")
      ->check(CLI::IsMember({"table", "eve", "csv"}))
      ->type_name("table|eve|csv")
      ->group("Output");
  app.add_flag("--all", o.all, "every connection, not only those that mine")->group("Output");
  app.add_option("--report", o.report_path, "write an HTML page of who mines and why")
      ->type_name("FILE.html")
      ->group("Output");
  app.add_option("-w", o.packets_path, "write the headers of those who mine: pcapng, .gz, .zst")
      ->type_name("FILE")
      ->group("Output");
  app.add_flag("--exit-code", o.mining_sets_exit_code,
               "exit with 3 when mining was found that no policy authorises")
      ->group("Output");
  app.add_flag("-n", numeric, "accepted for tcpdump's sake: names are never looked up")
      ->group("Output");
  app.add_option("--lens", o.lens,
                 "how connections are described: rhythm, pair (the thesis) or header")
      ->default_str("rhythm")
      ->group("Detection");
  app.add_option("--model", o.model_path, "model file instead of the built-in one")
      ->type_name("FILE")
      ->group("Detection");
  app.add_option("--policy", o.policy_path, "who may mine: alarms of theirs are authorised")
      ->type_name("FILE.toml")
      ->group("Detection");
  app.add_option("--max-gap", max_gap,
                 "lens pair: longest time between a pair's segments, seconds (0: any)")
      ->check(CLI::NonNegativeNumber)
      ->group("Detection");
  app.add_option("-j", o.detector.workers, "threads")
      ->check(CLI::Range(1, 64))
      ->type_name("N")
      ->group("Resources");
  app.add_option("--idle-timeout", idle_minutes,
                 "minutes after which a silent connection is forgotten")
      ->check(CLI::PositiveNumber)
      ->type_name("MINUTES")
      ->group("Resources");
  app.add_option("--max-connections", o.detector.table.most_connections,
                 "connections kept at once; 0.5 KiB each")
      ->check(CLI::Range(64, 64 << 20))
      ->type_name("N")
      ->group("Resources");
  app.add_flag("--vlan-key", o.detector.table.vlan_key, "VLAN ids tell connections apart")
      ->group("Resources");
  app.footer(
      "examples:\n"
      "  kanaria detect -r office.pcap\n"
      "  tcpdump -i eth0 -s 128 -w - | kanaria detect -r - --format eve\n\n"
      "exit code: 0 ran, 1 input not read whole or failed, 2 wrong use, 3 mining found "
      "(--exit-code)");
  if ((parsed.exit_code = parse(
           app,
           "usage: kanaria detect -r FILE... [FILTER]\n       kanaria detect -i INTERFACE [FILTER]",
           arguments)))
    return parsed;

  o.detector.table.idle_timeout = static_cast<Nanoseconds>(std::min(idle_minutes, 1e7) * 60e9);
  if (max_gap > 0) o.detector.lens.max_gap = static_cast<Nanoseconds>(std::min(max_gap, 1e9) * 1e9);

  if (const auto named = named_input(input, arguments[0]))
    o.input = *named;
  else
    parsed.exit_code = kUsage;
  if (const std::string wrong = contradiction(o); !wrong.empty()) {
    complain(wrong);
    parsed.exit_code = kUsage;
  }
  if (!parsed.exit_code && o.lens && !is_one_of("lens", *o.lens, feature::lens_names()))
    parsed.exit_code = kUsage;
  return parsed;
}

}  // namespace kanaria::cli
