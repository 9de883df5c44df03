// SPDX-License-Identifier: Apache-2.0
#include "cli/alarmed_packets.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/progress_bar.h"
#include "capture/byte_source.h"
#include "cli/interrupt.h"
#include "decode/decoder.h"
#include "record/header_cut.h"

namespace kanaria::cli {
namespace {

// What holds bytes on a disk gives the same ones again.
bool can_be_read_again(const Input& input) {
  return !input.is_live() &&
         std::all_of(input.captures.begin(), input.captures.end(), [](const std::string& capture) {
           return capture != "-" && record::identity_of_input(capture);
         });
}

std::vector<record::FileIdentity> files_read(const Input& input) {
  std::vector<record::FileIdentity> identities;
  for (const std::string& capture : input.captures)
    if (const auto identity = record::identity_of_input(capture)) identities.push_back(*identity);
  return identities;
}

}  // namespace

Result<AlarmedPackets> AlarmedPackets::create(const std::string& path, const Input& input) {
  const bool again = can_be_read_again(input);
  auto files = record::CaptureFiles::create(
      {.path = path,
       .rotation = {},
       .words = {.application = "kanaria " KANARIA_VERSION,
                 .comment = again ? "IP and TCP headers of channels that mine"
                                  : "IP and TCP headers of channels that mine, since their alarms",
                 .interface = input.interface},
       .inputs = files_read(input)});
  if (!files) return files.error();
  return AlarmedPackets(*std::move(files), again);
}

void AlarmedPackets::note(const detect::AlertEvent& event) {
  const detect::ConnectionReport& c = event.connection;
  if (event.scope == detect::Scope::kHost || c.authorisation != nullptr) return;
  alarms_.try_emplace(Channel(c.ends.client, c.ends.server, c.ends.server_port),
                      c.alarm ? Position{c.alarm->input, c.alarm->number} : Position{});
}

void AlarmedPackets::write_since_alarms(const capture::FrameBurst& burst, uint32_t input) {
  if (alarms_.empty()) return;
  for (const capture::Frame& frame : burst.view()) write(frame, {input, frame.number});
  if (!burst.full()) files_.flush();  // the input has run dry: nothing may wait in a buffer
}

void AlarmedPackets::read_again(const Input& input, const std::vector<uint64_t>& frames) {
  // An interrupt that ended the first reading does not end this one: what was judged is written.
  static constexpr std::atomic<bool> kNever{false};
  if (alarms_.empty()) return;
  const auto& stop = interrupt_flag();
  const bool was_interrupted = stop;
  const auto names = input.names();
  for (size_t i = 0; i < frames.size(); ++i) {
    if (frames[i] == 0) continue;
    const auto source = open_input(input, names[i], was_interrupted ? kNever : stop);
    if (!source) continue;  // it is gone; its verdicts were told
    ProgressBar bar(capture::input_name(names[i]) + " again", frames[i]);
    capture::FrameBurst burst;
    auto state = capture::ReadState::kMore;
    for (uint64_t read = 0; read < frames[i] && state == capture::ReadState::kMore;) {
      state = (*source)->read(burst);
      burst.size = static_cast<size_t>(std::min<uint64_t>(burst.size, frames[i] - read));
      for (const capture::Frame& frame : burst.view()) write(frame, {UINT32_MAX, UINT64_MAX});
      bar.update(read += burst.size);
      if (files_.fault() || (!was_interrupted && stop)) return;
    }
  }
}

void AlarmedPackets::write(capture::Frame frame, Position position) {
  decode::Packet packet;
  if (decode::decode(frame, packet) != decode::DecodeStatus::kTcp) return;
  if (!is_wanted({packet.src, packet.dst, packet.dst_port}, position) &&
      !is_wanted({packet.dst, packet.src, packet.src_port}, position))
    return;
  if (record::cut_to_headers(frame, trace_) == decode::DecodeStatus::kTcp) files_.write(frame);
}

bool AlarmedPackets::is_wanted(const Channel& channel, Position position) const {
  const auto found = alarms_.find(channel);
  return found != alarms_.end() && position >= found->second;
}

}  // namespace kanaria::cli
