// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "capture/byte_source.h"
#include "cli/capture_options.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/usage.h"
#include "record/crypto_pan_key.h"
#include "record/recorder.h"

namespace kanaria::cli {
namespace {

using decode::DecodeStatus;

Result<std::optional<record::CryptoPan>> choose_names(const CaptureOptions& o) {
  if (o.addresses == Addresses::kKept) return std::optional<record::CryptoPan>{};
  const auto key = o.key_path.empty() ? record::random_key() : record::read_key(o.key_path);
  if (!key) return key.error();
  auto names = record::CryptoPan::create(*key);
  if (!names) return names.error();
  return std::optional{*std::move(names)};
}

std::vector<record::FileIdentity> files_read(const Input& input) {
  std::vector<record::FileIdentity> identities;
  for (const std::string& capture : input.captures)
    if (const auto identity = record::identity_of_input(capture)) identities.push_back(*identity);
  return identities;
}

Result<record::CaptureFiles> create_files(const CaptureOptions& o) {
  std::string comment = "IP and TCP headers only";
  if (o.addresses == Addresses::kAnonymized) comment += "; addresses anonymised with Crypto-PAn";
  return record::CaptureFiles::create({.path = o.output,
                                       .rotation = o.rotation,
                                       .words = {.application = "kanaria " KANARIA_VERSION,
                                                 .comment = std::move(comment),
                                                 .interface = o.input.interface},
                                       .inputs = files_read(o.input)});
}

Result<record::Recorder> create_recorder(const CaptureOptions& o) {
  auto names = choose_names(o);
  if (!names) return names.error();
  auto files = create_files(o);
  if (!files) return files.error();
  return record::Recorder(*std::move(files), *std::move(names));
}

// Reads one input to its end; false when it could not be read whole.
bool record_input(capture::FrameSource& source, const std::string& label,
                  record::Recorder& recorder) {
  recorder.begin_input();
  const auto whole = read_frames(source, label, [&](const capture::FrameBurst& burst) {
    recorder.record(burst);
    recorder.note_dropped(source.dropped());
    // A live input has run dry for now: nothing that has arrived may wait in a buffer.
    if (source.progress() < 0 && !burst.full()) recorder.files().flush();
    return recorder.files().fault() ? Reading::kStop : Reading::kGoOn;
  });
  recorder.note_dropped(source.dropped());
  return whole;
}

std::string files_text(const record::CaptureFiles& files) {
  const auto& names = files.files();
  if (names.empty()) return "no file";
  if (files.files_begun() == 1) return names.front() == "-" ? "stdout" : names.front();
  const uint64_t removed = files.files_begun() - names.size();
  return fmt::format("{} files, {} to {}{}", files.files_begun(), names.front(), names.back(),
                     removed > 0 ? fmt::format(" ({} older removed)", removed) : "");
}

std::string summary(record::Recorder& recorder) {
  const record::RecordCounts& counts = recorder.counts();
  std::string text = fmt::format(
      "{} frames read, {} bytes on the wire; {} with TCP written, {} bytes of headers, to {}.\n",
      counts.frames, counts.wire_bytes, counts.written(), counts.header_bytes,
      files_text(recorder.files()));
  std::vector<std::string> others;
  for (size_t i = 0; i < decode::kDecodeStatuses; ++i) {
    const auto status = static_cast<DecodeStatus>(i);
    if (const uint64_t frames = counts.statuses.of(status);
        status != DecodeStatus::kTcp && frames > 0)
      others.push_back(fmt::format("{} {}", frames, name(status)));
  }
  if (!others.empty()) text += fmt::format("Not written: {}.\n", fmt::join(others, ", "));
  if (counts.dropped)
    text += fmt::format("Dropped before they could be seen: {}.\n", *counts.dropped);
  return text;
}

int fail(const Error& error) {
  complain(error.sentence);
  return kFailed;
}

// Completes the last file and tells what was done.
int finish(const CaptureOptions& o, record::Recorder& recorder) {
  const Status written = recorder.files().finish();
  const std::string told = summary(recorder);
  std::fwrite(told.data(), 1, told.size(), o.output == "-" ? stderr : stdout);
  return written ? kRan : fail(written.error());
}

int run(const CaptureOptions& o) {
  std::optional<record::Recorder> recorder;
  int exit_code = kRan;
  for (const std::string& input : o.input.names()) {
    auto source = open_input(o.input, input);
    if (!source) {
      exit_code = fail(source.error());
      continue;
    }
    if (!recorder) {  // nothing is overwritten before there is something to write
      auto created = create_recorder(o);
      if (!created) return fail(created.error());
      recorder.emplace(*std::move(created));
    }
    if (!record_input(**source, capture::input_name(input), *recorder)) exit_code = kFailed;
    if (recorder->files().fault()) break;
  }
  if (!recorder) return exit_code;
  const int finished = finish(o, *recorder);
  return exit_code != kRan ? exit_code : finished;
}

}  // namespace

int capture_main(std::span<char*> arguments) {
  const ParsedCaptureOptions parsed = parse_capture_options(arguments);
  return parsed.exit_code ? *parsed.exit_code : run(parsed.options);
}

}  // namespace kanaria::cli
