// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/progress_bar.h"
#include "capture/bpf_filter.h"
#include "capture/capture_file.h"
#include "capture/live_capture.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/usage.h"
#include "detect/detector.h"
#include "model/model.h"
#include "report/csv_report.h"
#include "report/eve_report.h"
#include "report/table_report.h"

namespace kanaria::cli {
namespace {

struct Options {
  std::vector<std::string> captures;
  std::string interface;
  std::string filter;
  std::string format = "table";
  bool all = false;
  bool mining_sets_exit_code = false;
  std::string lens = "pair";
  std::string model_path;
  detect::DetectorOptions detector;
};

// Words behind -r: captures first, then the filter. A word is a capture when such a file exists or
// its name looks like one, so that a mistyped name is reported as a missing file.
bool looks_like_capture(const std::string& word) {
  if (word == "-") return true;
  for (const std::string_view ending : {".pcap", ".pcapng", ".cap", ".gz", ".zst", ".dmp"})
    if (word.size() > ending.size() && word.ends_with(ending)) return true;
  return std::filesystem::exists(word);
}

std::string joined(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

struct Parsed {
  std::optional<int> exit_code;
  Options options;
};

Parsed parse_options(std::span<char*> arguments) {
  Parsed parsed;
  Options& o = parsed.options;
  std::vector<std::string> read, filter_words;
  double idle_minutes = 15, max_gap = 0;
  bool numeric = false;

  CLI::App app{"Which hosts mine cryptocurrency, with whom, since when, how sure, and why?",
               "kanaria detect"};
  app.option_defaults()->always_capture_default();
  app.add_option("-r", read, "capture files: pcap or pcapng, plain, .gz or .zst; - is stdin")
      ->type_name("FILE...")
      ->group("Input");
  app.add_option("-i", o.interface, "capture from this interface until Ctrl-C")
      ->type_name("INTERFACE")
      ->group("Input");
  app.add_option("FILTER", filter_words, "only packets that match this pcap-filter(7) expression")
      ->group("Input");
  app.add_option("--format", o.format, "how to tell it")
      ->check(CLI::IsMember({"table", "eve", "csv"}))
      ->type_name("table|eve|csv")
      ->group("Output");
  app.add_flag("--all", o.all, "every connection, not only those that mine")->group("Output");
  app.add_flag("--exit-code", o.mining_sets_exit_code, "exit with 3 when mining was found")
      ->group("Output");
  app.add_flag("-n", numeric, "accepted for tcpdump's sake: names are never looked up")
      ->group("Output");
  app.add_option("--lens", o.lens, "how connections are described")->group("Detection");
  app.add_option("--model", o.model_path, "model file instead of the built-in one")
      ->type_name("FILE")
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

  size_t captures = read.empty() ? 0 : 1;
  while (captures < read.size() && looks_like_capture(read[captures])) ++captures;
  o.captures.assign(read.begin(), read.begin() + static_cast<std::ptrdiff_t>(captures));
  read.erase(read.begin(), read.begin() + static_cast<std::ptrdiff_t>(captures));
  filter_words.insert(filter_words.begin(), read.begin(), read.end());
  o.filter = joined(filter_words);
  o.detector.table.idle_timeout = static_cast<Nanoseconds>(std::min(idle_minutes, 1e7) * 60e9);
  if (max_gap > 0) o.detector.lens.max_gap = static_cast<Nanoseconds>(std::min(max_gap, 1e9) * 1e9);

  if (o.captures.empty() == o.interface.empty()) {
    complain(
        "name captures with -r FILE or an interface with -i INTERFACE, one of the two; see "
        "'kanaria "
        "detect --help'");
    parsed.exit_code = kUsage;
  }
  return parsed;
}

std::unique_ptr<report::RunReport> make_report(const Options& o, report::Output& output) {
  const auto coverage = o.all ? report::Coverage::kEveryConnection : report::Coverage::kAlarms;
  if (o.format == "csv") return std::make_unique<report::CsvReport>(output, coverage);
  if (o.format == "eve")
    return std::make_unique<report::EveReport>(
        output, coverage,
        o.interface.empty() ? report::InputKind::kFile : report::InputKind::kInterface);
  return std::make_unique<report::TableReport>(output, coverage);
}

// Passes events on and remembers whether any was an alarm.
class AlarmWatch final : public detect::EventSink {
 public:
  explicit AlarmWatch(report::RunReport& report) : report_(report) {}
  void on_alert(const detect::AlertEvent& event) override {
    seen_ = true;
    report_.on_alert(event);
  }
  void on_flow_end(const detect::FlowEndEvent& event) override { report_.on_flow_end(event); }
  bool seen() const { return seen_; }

 private:
  report::RunReport& report_;
  bool seen_ = false;
};

Result<std::unique_ptr<capture::FrameSource>> open_input(const Options& o,
                                                         const std::string& name) {
  const auto& stop = interrupt_flag();
  if (!o.interface.empty())
    return capture::open_interface({.interface = name, .filter = o.filter}, stop);
  auto source = capture::open_capture(name, stop);
  if (!source || o.filter.empty()) return source;
  return capture::filter_frames(*std::move(source), o.filter);
}

// Reads one input to its end; false when it could not be read whole.
bool detect_in(capture::FrameSource& source, detect::Detector& detector, const std::string& label) {
  ProgressBar bar(label, 1000);
  capture::FrameBurst burst;
  capture::ReadState state;
  do {
    state = source.read(burst);
    detector.process(burst);
    if (const double part = source.progress(); part >= 0)
      bar.update(static_cast<uint64_t>(part * 1000));
    else
      detector.flush();  // a live source: nothing may wait for more packets
  } while (state == capture::ReadState::kMore && !interrupt_flag().load(std::memory_order_relaxed));
  bar.finish();
  if (const auto dropped = source.dropped(); dropped && *dropped > 0)
    complain(
        fmt::format("{}: {} packets were dropped before they could be seen; verdicts may lack them",
                    label, *dropped));
  if (!source.fault()) return true;
  complain(source.fault()->sentence);
  return false;
}

void warn_of_quality(const detect::CaptureQuality& quality) {
  if (quality.passes_gate()) return;
  complain(
      fmt::format("{:.1f} % of TCP packets acknowledge data that the capture does not hold (limit "
                  "10 %): the capturing "
                  "device lost packets, and verdicts are less certain; capture with a larger "
                  "buffer or closer to the "
                  "hosts",
                  quality.acked_unseen_ratio() * 100));
}

int run(const Options& o) {
  auto model =
      o.model_path.empty() ? model::default_model(o.lens) : model::load_model(o.model_path);
  if (!model) {
    complain(model.error().sentence);
    return kFailed;
  }
  report::Output output(stdout);
  const auto report = make_report(o, output);
  AlarmWatch watch(*report);
  auto detector = detect::Detector::create(o.detector, *model, watch);
  if (!detector) {
    complain(detector.error().sentence);
    return kFailed;
  }

  bool whole = true;
  const auto inputs = o.interface.empty() ? o.captures : std::vector{o.interface};
  for (const std::string& name : inputs) {
    auto source = open_input(o, name);
    if (!source) {
      complain(source.error().sentence);
      whole = false;
      continue;
    }
    const std::string label = name == "-" ? "stdin" : name;
    report->begin_input(label);
    (*detector)->begin_input();
    whole &= detect_in(**source, **detector, label);
  }
  (*detector)->finish();
  const detect::CaptureQuality quality = (*detector)->quality();
  report->finish(quality);
  warn_of_quality(quality);
  if (output.fault()) complain(output.fault()->sentence);
  if (!whole || output.fault()) return kFailed;
  return o.mining_sets_exit_code && watch.seen() ? kMiningFound : kRan;
}

}  // namespace

int detect_main(std::span<char*> arguments) {
  const Parsed parsed = parse_options(arguments);
  return parsed.exit_code ? *parsed.exit_code : run(parsed.options);
}

}  // namespace kanaria::cli
