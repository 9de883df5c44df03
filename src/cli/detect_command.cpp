// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <fmt/format.h>

#include "capture/byte_source.h"
#include "cli/command.h"
#include "cli/detect_options.h"
#include "cli/detect_reports.h"
#include "cli/input.h"
#include "cli/model_file.h"
#include "cli/usage.h"
#include "detect/detector.h"

namespace kanaria::cli {
namespace {

// For live sources: no alarm may wait for more packets, nor in a buffer.
void tell_at_once(detect::Detector& detector, report::Output& output) {
  detector.flush();
  output.flush();
}

struct InputsRead {
  size_t opened = 0;
  bool whole = true;
  std::vector<uint64_t> frames;  // of each of the inputs' names
};

// Reads one input to its end; false when it could not be read whole.
bool detect_in(capture::FrameSource& source, detect::Detector& detector, DetectReports& reports,
               report::Output& output, const std::string& label, uint64_t& frames) {
  const bool whole = read_frames(source, label, [&](const capture::FrameBurst& burst) {
    frames += burst.size;
    detector.process(burst);
    if (source.progress() < 0 || reports.writes_on_the_way()) tell_at_once(detector, output);
    if (reports.writes_on_the_way()) reports.write_packets(burst);
    return Reading::kGoOn;
  });
  if (const auto dropped = source.dropped(); dropped && *dropped > 0)
    reports.warn(
        fmt::format("{}: {} packets were dropped before they could be seen; verdicts may lack them",
                    label, *dropped));
  return whole;
}

void warn_of_quality(const detect::CaptureQuality& quality, DetectReports& reports) {
  using decode::DecodeStatus;
  if (const uint64_t frames = quality.statuses.of(DecodeStatus::kUnknownLinkType); frames > 0)
    reports.warn(
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
  if (o.model_path.empty()) return model::default_model(o.lens.value_or("rhythm"));
  return load_model(o.model_path, o.lens);
}

Result<detect::Policy> choose_policy(const DetectOptions& o) {
  return o.policy_path.empty() ? detect::Policy{} : detect::load_policy(o.policy_path);
}

int fail(const Error& error) {
  complain(error.sentence);
  return kFailed;
}

Result<InputsRead> detect_in_all(const DetectOptions& o, detect::Detector& detector,
                                 DetectReports& reports, report::Output& output) {
  InputsRead read;
  for (const std::string& name : o.input.names()) {
    uint64_t& frames = read.frames.emplace_back(0);
    auto source = open_input(o.input, name);
    if (!source) {
      complain(source.error().sentence);
      read.whole = false;
      continue;
    }
    if (const auto created = reports.create_files(); !created) return created.error();
    ++read.opened;
    const std::string label = capture::input_name(name);
    reports.begin_input(label);
    detector.begin_input();
    read.whole &= detect_in(**source, detector, reports, output, label, frames);
  }
  return read;
}

detect::DetectorOptions detector_options(const DetectOptions& o, const detect::Policy& policy) {
  detect::DetectorOptions options = o.detector;
  options.policy = &policy;
  if (!o.report_path.empty()) options.histories = detect::HistoryKeeping::kOfEachConnection;
  return options;
}

int run(const DetectOptions& o) {
  const auto model = choose_model(o);
  if (!model) return fail(model.error());
  const auto policy = choose_policy(o);
  if (!policy) return fail(policy.error());
  report::Output output(stdout);
  DetectReports reports(o, *model, output);
  auto detector = detect::Detector::create(detector_options(o, *policy), *model, reports);
  if (!detector) return fail(detector.error());

  auto read = detect_in_all(o, **detector, reports, output);
  if (!read) return fail(read.error());
  if (read->opened == 0) return kFailed;  // nothing was seen: there is nothing to say of it
  (*detector)->finish();
  const detect::CaptureQuality quality = (*detector)->quality();
  warn_of_quality(quality, reports);
  reports.finish(quality);
  const auto completed = reports.complete_files(read->frames);
  if (const auto& fault = output.fault()) return fail(*fault);
  if (!completed) return fail(completed.error());
  if (!read->whole) return kFailed;
  return o.mining_sets_exit_code && reports.mining_found() ? kMiningFound : kRan;
}

}  // namespace

int detect_main(std::span<char*> arguments) {
  const ParsedDetectOptions parsed = parse_detect_options(arguments);
  return parsed.exit_code ? *parsed.exit_code : run(parsed.options);
}

}  // namespace kanaria::cli
