// SPDX-License-Identifier: Apache-2.0
// What a detector tells, recorded, and as lines of text that can be compared.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "detect/detector.h"
#include "tests/detect/length_model.h"
#include "tests/flow/conversation.h"
#include "tests/flow/frame_writer.h"

namespace kanaria::detect {

struct Told {
  std::string what;  // "alert connection", "end timeout" …
  ConnectionReport report;
  Standing channel, host;
};

class RecordedEvents final : public EventSink {
 public:
  void on_alert(const AlertEvent& event) override {
    told.push_back({fmt::format("alert {}", name(event.scope)), event.connection, {}, {}});
  }
  void on_flow_end(const FlowEndEvent& event) override {
    constexpr const char* kReasons[] = {"timeout", "forced", "input end"};
    const flow::Ends& ends = event.connection.ends;
    told.push_back({fmt::format("end {}", kReasons[static_cast<size_t>(event.reason)]),
                    event.connection, event.standings.channel(ends), event.standings.host(ends)});
  }

  std::vector<std::string> what() const {
    std::vector<std::string> all;
    for (const Told& one : told) all.push_back(one.what);
    return all;
  }
  std::vector<ConnectionReport> alerts() const { return reports("alert connection"); }
  std::vector<ConnectionReport> ends() const { return reports("end"); }

  std::vector<Told> told;

 private:
  std::vector<ConnectionReport> reports(std::string_view beginning) const {
    std::vector<ConnectionReport> found;
    for (const Told& one : told)
      if (one.what.starts_with(beginning)) found.push_back(one.report);
    return found;
  }
};

inline std::string text(const ConnectionReport& r) {
  const auto role = [&r](MessageRole of) {
    const RoleSummary& summary = r.reason.of(of);
    return fmt::format("{}: {}x{}", summary.messages, summary.typical_size.bytes,
                       summary.typical_size.messages);
  };
  return fmt::format(
      "{} > {} input {} vlan {}/{}/{} time {}..{} first {} packets {}/{} bytes {}/{} established "
      "{} "
      "closed {} syn {} unseen {} messages {} {} {:.17g} of {} alarm {}/{}/{} rows {}/{} "
      "up {} push {} reply {} after {} span {}",
      endpoint_text(r.ends.client, r.ends.client_port),
      endpoint_text(r.ends.server, r.ends.server_port), r.input, r.vlan_count, r.vlan[0], r.vlan[1],
      r.start.ns, r.end.ns, r.first_number, r.packets[0], r.packets[1], r.frame_bytes[0],
      r.frame_bytes[1], r.established, r.closed, r.began_with_syn, r.acked_unseen, r.messages,
      name(r.verdict), r.evidence, r.threshold, r.alarm ? r.alarm->time.ns : 0,
      r.alarm ? r.alarm->number : 0, r.alarm ? r.alarm->input : 0, r.reason.alarming_rows,
      r.reason.rows, role(MessageRole::kUp), role(MessageRole::kPush), role(MessageRole::kReply),
      r.reason.reply_time, r.reason.span);
}

// One line an event; `leave_out` blanks what is not compared.
inline std::vector<std::string> lines(
    const RecordedEvents& events,
    const std::function<void(ConnectionReport&)>& leave_out = [](ConnectionReport&) {}) {
  std::vector<std::string> all;
  for (Told one : events.told) {
    leave_out(one.report);
    all.push_back(fmt::format("{}: {} channel {} {} host {} {}", one.what, text(one.report),
                              name(one.channel.verdict), one.channel.evidence,
                              name(one.host.verdict), one.host.evidence));
  }
  return all;
}

// Hands frames over in bursts of the given sizes, again and again from the first.
inline void hand_over(std::span<const flow::WrittenFrame> frames, std::span<const size_t> sizes,
                      Detector& detector) {
  capture::FrameBurst burst;
  size_t which = 0;
  for (const flow::WrittenFrame& frame : frames) {
    burst.push(frame.frame());
    if (burst.size < sizes[which % sizes.size()]) continue;
    detector.process(burst);
    burst.size = 0;
    ++which;
  }
  detector.process(burst);
}

inline constexpr size_t kWholeBursts[] = {capture::kBurstFrames};

inline DetectorOptions with_workers(unsigned workers, const flow::TableOptions& table = {}) {
  return {.table = table, .lens = {}, .workers = workers};
}

// All frames as one input, judged by length_model().
inline RecordedEvents detected(std::span<const flow::WrittenFrame> frames,
                               const DetectorOptions& options = {},
                               std::span<const size_t> burst_sizes = kWholeBursts) {
  const model::Model model = length_model();
  RecordedEvents events;
  const auto detector = *Detector::create(options, model, events);
  detector->begin_input();
  hand_over(frames, burst_sizes, *detector);
  detector->finish();
  return events;
}

}  // namespace kanaria::detect
