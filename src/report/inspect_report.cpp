// SPDX-License-Identifier: Apache-2.0
#include "report/inspect_report.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "decode/decoder.h"

namespace kanaria::report {
namespace {

using decode::DecodeStatus;
using flow::CaptureSummary;
using flow::PacketClass;

// By division: multiplied by 1e-9, 90.0015 s would show as 90.00150000000001.
double decimal_seconds(Nanoseconds span) { return static_cast<double>(span) / 1e9; }

double percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string link_text(capture::LinkType link_type) {
  const std::string_view name = decode::link_name(link_type);
  return name.empty() ? fmt::format("link type {}", link_type) : std::string(name);
}

std::string link_types_text(const CaptureSummary& summary) {
  std::vector<std::string> parts;
  parts.reserve(summary.link_types.size());
  for (const auto& [link_type, frames] : summary.link_types)
    parts.push_back(summary.link_types.size() == 1
                        ? link_text(link_type)
                        : fmt::format("{} ({})", link_text(link_type), frames));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string line(std::string_view label, const std::string& text) {
  return fmt::format("  {:<18} {}\n", label, text);
}

std::string frames_text(const CaptureSummary& s) {
  std::string text =
      line("frames", fmt::format("{}, {} bytes captured of {}; {} frames cut", s.quality.frames,
                                 s.captured_bytes, s.original_bytes, s.cut_frames));
  if (const auto& period = s.period)
    text += line("time (UTC)",
                 fmt::format("{} to {}, {}", display_time(period->first),
                             display_time(period->last), display_duration(period->span())));
  for (size_t i = 0; i < decode::kDecodeStatuses; ++i) {
    const auto status = static_cast<DecodeStatus>(i);
    if (const uint64_t count = s.quality.statuses.of(status); count > 0)
      text += line(name(status), fmt::format("{:<10} {}", count, sentence(status)));
  }
  return text;
}

std::string packets_text(const CaptureSummary& s) {
  const uint64_t tcp = s.quality.tcp();
  return line(
             "TCP packets",
             fmt::format("{}: {} segments, {} retransmissions, {} keep-alives, {} pure ACKs, {} "
                         "control, {} stray",
                         tcp, s.packets_of(PacketClass::kSegment),
                         s.packets_of(PacketClass::kRetransmission),
                         s.packets_of(PacketClass::kKeepAlive), s.packets_of(PacketClass::kPureAck),
                         s.packets_of(PacketClass::kControl), s.quality.flow.stray)) +
         line("of these", fmt::format("IPv6 {:.1f} %, with VLAN {:.1f} %",
                                      percent(s.ipv6_packets, tcp), percent(s.vlan_packets, tcp))) +
         line("connections",
              fmt::format("{}: {} seen from their SYN, {} closed, {} one-sided; {} messages",
                          s.quality.flow.connections, s.began_with_syn, s.closed,
                          s.quality.flow.one_sided, s.messages));
}

std::string quality_text(const InspectedCapture& capture) {
  const CaptureSummary& s = capture.summary;
  const flow::CaptureQuality& q = s.quality;
  const uint64_t cut = q.statuses.of(DecodeStatus::kCutBeforeIp) +
                       q.statuses.of(DecodeStatus::kCutInIp) +
                       q.statuses.of(DecodeStatus::kCutInTcp);
  std::string text =
      line("acked unseen",
           fmt::format("{} of {} TCP packets ({:.2f} %), in {} connections", q.flow.acked_unseen,
                       q.tcp(), q.acked_unseen_ratio() * 100, s.with_acked_unseen));
  text += line("gate (10 %)",
               q.passes_gate() ? "passed"
                               : "FAILED: the capturing device lost packets; capture with a larger "
                                 "buffer or closer to the hosts");
  if (capture.dropped)
    text += line("dropped",
                 fmt::format("{} packets, by the count of the capturing system", *capture.dropped));
  text += line("cut in headers",
               fmt::format("{} frames; {} more within the TCP options", cut, q.options_cut));
  text += line("clock steps",
               fmt::format("{} packets more than 1 s older than one before them", q.clock_steps));
  return text;
}

std::string lists_text(const CaptureSummary& s) {
  std::string text;
  for (const flow::ConnectionSummary& c : s.longest)
    text += line(text.empty() ? "longest" : "",
                 fmt::format("{} -> {}: {}, {} packets, {} messages",
                             endpoint_text(c.ends.client, c.ends.client_port),
                             endpoint_text(c.ends.server, c.ends.server_port),
                             display_duration(c.span), c.packets, c.messages));
  bool first = true;
  for (const flow::HostSummary& host : s.busiest) {
    text += line(std::exchange(first, false) ? "busiest clients" : "",
                 fmt::format("{}: {} connection{}", to_string(host.client), host.connections,
                             host.connections == 1 ? "" : "s"));
  }
  return text;
}

nlohmann::ordered_json packets_json(const CaptureSummary& s) {
  return {{"tcp", s.quality.tcp()},
          {"segments", s.packets_of(PacketClass::kSegment)},
          {"retransmissions", s.packets_of(PacketClass::kRetransmission)},
          {"keep_alives", s.packets_of(PacketClass::kKeepAlive)},
          {"pure_acks", s.packets_of(PacketClass::kPureAck)},
          {"control", s.packets_of(PacketClass::kControl)},
          {"stray", s.quality.flow.stray},
          {"ipv6", s.ipv6_packets},
          {"vlan", s.vlan_packets}};
}

nlohmann::ordered_json quality_json(const InspectedCapture& capture) {
  const flow::CaptureQuality& q = capture.summary.quality;
  nlohmann::ordered_json json{{"acked_unseen", q.flow.acked_unseen},
                              {"acked_unseen_ratio", q.acked_unseen_ratio()},
                              {"passes_gate", q.passes_gate()},
                              {"options_cut", q.options_cut},
                              {"clock_steps", q.clock_steps}};
  if (capture.dropped) json["dropped"] = *capture.dropped;
  return json;
}

nlohmann::ordered_json connections_json(const CaptureSummary& s) {
  nlohmann::ordered_json json{{"count", s.quality.flow.connections},
                              {"began_with_syn", s.began_with_syn},
                              {"closed", s.closed},
                              {"one_sided", s.quality.flow.one_sided},
                              {"with_acked_unseen", s.with_acked_unseen},
                              {"messages", s.messages},
                              {"longest", nlohmann::ordered_json::array()}};
  for (const flow::ConnectionSummary& c : s.longest)
    json["longest"].push_back({{"src_ip", to_string(c.ends.client)},
                               {"src_port", c.ends.client_port},
                               {"dest_ip", to_string(c.ends.server)},
                               {"dest_port", c.ends.server_port},
                               {"start", eve_time(c.start)},
                               {"seconds", decimal_seconds(c.span)},
                               {"packets", c.packets},
                               {"messages", c.messages}});
  return json;
}

}  // namespace

std::string inspect_text(const InspectedCapture& capture) {
  const CaptureSummary& s = capture.summary;
  const std::string links = link_types_text(s);
  return fmt::format("{}: {}{}{}\n", capture.name, capture.format, links.empty() ? "" : ", ",
                     links) +
         frames_text(s) + packets_text(s) + quality_text(capture) + lists_text(s);
}

std::string inspect_total(std::span<const InspectedCapture> captures) {
  uint64_t frames = 0, tcp = 0, connections = 0, acked_unseen = 0, failed = 0;
  for (const InspectedCapture& capture : captures) {
    const flow::CaptureQuality& q = capture.summary.quality;
    frames += q.frames;
    tcp += q.tcp();
    connections += q.flow.connections;
    acked_unseen += q.flow.acked_unseen;
    failed += !q.passes_gate();
  }
  return fmt::format(
      "{} captures: {} frames, {} TCP packets, {} connections; acked unseen {} ({:.2f} %); {} pass "
      "the gate, {} fail\n",
      captures.size(), frames, tcp, connections, acked_unseen, percent(acked_unseen, tcp),
      captures.size() - failed, failed);
}

std::string inspect_json(const InspectedCapture& capture) {
  const CaptureSummary& s = capture.summary;
  nlohmann::ordered_json json{{"file", capture.name}, {"format", capture.format}};
  json["link_types"] = nlohmann::ordered_json::array();
  for (const auto& [link_type, frames] : s.link_types)
    json["link_types"].push_back(
        {{"number", link_type}, {"name", decode::link_name(link_type)}, {"frames", frames}});
  if (const auto& period = s.period) {
    json["first"] = eve_time(period->first);
    json["last"] = eve_time(period->last);
    json["seconds"] = decimal_seconds(period->span());
  }
  json["frames"] = {{"count", s.quality.frames},
                    {"captured_bytes", s.captured_bytes},
                    {"original_bytes", s.original_bytes},
                    {"cut", s.cut_frames}};
  for (size_t i = 0; i < decode::kDecodeStatuses; ++i) {
    const auto status = static_cast<DecodeStatus>(i);
    if (const uint64_t count = s.quality.statuses.of(status); count > 0)
      json["statuses"][std::string(name(status))] = count;
  }
  json["packets"] = packets_json(s);
  json["connections"] = connections_json(s);
  json["quality"] = quality_json(capture);
  json["busiest_clients"] = nlohmann::ordered_json::array();
  for (const flow::HostSummary& host : s.busiest)
    json["busiest_clients"].push_back(
        {{"ip", to_string(host.client)}, {"connections", host.connections}});
  // A file name may hold bytes that are no UTF-8.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace kanaria::report
