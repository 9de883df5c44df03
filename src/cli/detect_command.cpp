// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include <fmt/format.h>

#include "capture/byte_source.h"
#include "cli/command.h"
#include "cli/detect_options.h"
#include "cli/input.h"
#include "cli/model_file.h"
#include "cli/usage.h"
#include "detect/detector.h"
#include "report/csv_report.h"
#include "report/eve_report.h"
#include "report/table_report.h"

namespace kanaria::cli {
namespace {

std::unique_ptr<report::RunReport> make_report(const DetectOptions& o, report::Output& output) {
  const auto coverage = o.all ? report::Coverage::kEveryConnection : report::Coverage::kAlarms;
  if (o.format == "csv") return std::make_unique<report::CsvReport>(output, coverage);
  if (o.format == "eve")
    return std::make_unique<report::EveReport>(
        output, coverage,
        o.input.is_live() ? report::InputKind::kInterface : report::InputKind::kFile);
  return std::make_unique<report::TableReport>(output, coverage);
}

// Passes events on and remembers whether any told of mining that nobody authorised.
class AlarmWatch final : public detect::EventSink {
 public:
  explicit AlarmWatch(report::RunReport& report) : report_(report) {}
  void on_alert(const detect::AlertEvent& event) override {
    seen_ = seen_ || !event.connection.authorisation;
    report_.on_alert(event);
  }
  void on_flow_end(const detect::FlowEndEvent& event) override {
    seen_ = seen_ || (event.connection.alarm && !event.connection.authorisation);
    report_.on_flow_end(event);
  }
  bool seen() const { return seen_; }

 private:
  report::RunReport& report_;
  bool seen_ = false;
};

// For live sources: no alarm may wait for more packets, nor in a buffer.
void tell_at_once(detect::Detector& detector, report::Output& output) {
  detector.flush();
  output.flush();
}

// Reads one input to its end; false when it could not be read whole.
bool detect_in(capture::FrameSource& source, detect::Detector& detector, report::Output& output,
               const std::string& label) {
  const bool whole = read_frames(source, label, [&](const capture::FrameBurst& burst) {
    detector.process(burst);
    if (source.progress() < 0) tell_at_once(detector, output);
    return Reading::kGoOn;
  });
  if (const auto dropped = source.dropped(); dropped && *dropped > 0)
    complain(
        fmt::format("{}: {} packets were dropped before they could be seen; verdicts may lack them",
                    label, *dropped));
  return whole;
}

void warn_of_quality(const detect::CaptureQuality& quality) {
  using decode::DecodeStatus;
  if (const uint64_t frames = quality.statuses.of(DecodeStatus::kUnknownLinkType); frames > 0)
    complain(
        fmt::format("{} of {} frames have a link type that is not known here and were not judged; "
                    "capture on another interface or convert them",
                    frames, quality.frames));
  if (quality.passes_gate()) return;
  complain(fmt::format(
      "{:.1f} % of TCP packets acknowledge data that the capture does not hold (limit 10 %): the "
      "capturing device lost packets, and verdicts are less certain; capture with a larger buffer "
      "or closer to the hosts",
      quality.acked_unseen_ratio() * 100));
}

Result<model::Model> choose_model(const DetectOptions& o) {
  if (o.model_path.empty()) return model::default_model(o.lens.value_or("pair"));
  return load_model(o.model_path, o.lens);
}

Result<detect::Policy> choose_policy(const DetectOptions& o) {
  return o.policy_path.empty() ? detect::Policy{} : detect::load_policy(o.policy_path);
}

struct InputsRead {
  size_t opened = 0;
  bool whole = true;
};

InputsRead detect_in_all(const DetectOptions& o, detect::Detector& detector,
                         report::RunReport& report, report::Output& output) {
  InputsRead read;
  for (const std::string& name : o.input.names()) {
    auto source = open_input(o.input, name);
    if (!source) {
      complain(source.error().sentence);
      read.whole = false;
      continue;
    }
    ++read.opened;
    const std::string label = capture::input_name(name);
    report.begin_input(label);
    detector.begin_input();
    read.whole &= detect_in(**source, detector, output, label);
  }
  return read;
}

int run(const DetectOptions& o) {
  const auto fail = [](const Error& error) {
    complain(error.sentence);
    return kFailed;
  };
  const auto model = choose_model(o);
  if (!model) return fail(model.error());
  const auto policy = choose_policy(o);
  if (!policy) return fail(policy.error());
  report::Output output(stdout);
  const auto report = make_report(o, output);
  AlarmWatch watch(*report);
  detect::DetectorOptions options = o.detector;
  options.policy = &*policy;
  auto detector = detect::Detector::create(options, *model, watch);
  if (!detector) return fail(detector.error());

  const InputsRead read = detect_in_all(o, **detector, *report, output);
  if (read.opened == 0) return kFailed;  // nothing was seen: there is nothing to say of it
  (*detector)->finish();
  const detect::CaptureQuality quality = (*detector)->quality();
  report->finish(quality);
  warn_of_quality(quality);
  if (const auto& fault = output.fault()) return fail(*fault);
  if (!read.whole) return kFailed;
  return o.mining_sets_exit_code && watch.seen() ? kMiningFound : kRan;
}

}  // namespace

int detect_main(std::span<char*> arguments) {
  const ParsedDetectOptions parsed = parse_detect_options(arguments);
  return parsed.exit_code ? *parsed.exit_code : run(parsed.options);
}

}  // namespace kanaria::cli
