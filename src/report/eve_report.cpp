// SPDX-License-Identifier: Apache-2.0
#include "report/eve_report.h"

#include <fmt/format.h>

#include "detect/policy.h"
#include "report/community_id.h"
#include "report/json_text.h"

namespace kanaria::report {
namespace {

using detect::ConnectionReport;

// A generator id of our own: Suricata's rules are 1, Snort's preprocessors below 500 (its SnortML
// 411).
constexpr int kGeneratorId = 7146;
constexpr int kRevision = 1;
// Of classtype coin-mining in Suricata's classification.config.
constexpr std::string_view kCategory = "Crypto Currency Mining Activity Detected";
constexpr int kSeverity = 2;
constexpr int kAuthorisedSeverity = 3;

int signature_id(detect::Scope scope) { return 1000001 + static_cast<int>(scope); }

// Suricata's form (src/flow.h): 51 bits, so that JavaScript keeps it exact; equal in all records of
// a connection.
uint64_t flow_id(const ConnectionReport& c) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  const auto mix = [&hash](uint64_t value) { hash = (hash ^ value) * 0x100000001b3; };
  for (const IpAddress& address : {c.ends.client, c.ends.server})
    for (const uint8_t byte : address.bytes) mix(byte);
  mix(c.ends.client_port);
  mix(c.ends.server_port);
  mix(c.first_number);
  const auto second = static_cast<uint64_t>(c.start.ns / kSecond) & 0xffff;
  const auto microsecond = static_cast<uint64_t>(c.start.ns / 1000 % 1'000'000) & 0xffff;
  return (second << 48 | microsecond << 32 | (hash >> 32)) & 0x7ffffffffffff;
}

std::string flow_counters(const ConnectionReport& c) {
  return fmt::format(
      R"("pkts_toserver":{},"pkts_toclient":{},"bytes_toserver":{},"bytes_toclient":{},"start":"{}")",
      c.packets[0], c.packets[1], c.frame_bytes[0], c.frame_bytes[1], eve_time(c.start));
}

std::string vlan_tags(const ConnectionReport& c) {
  if (c.vlan_count == 0) return "";
  return c.vlan_count == 1 ? fmt::format(R"("vlan":[{}],)", c.vlan[0])
                           : fmt::format(R"("vlan":[{},{}],)", c.vlan[0], c.vlan[1]);
}

std::string_view flow_state(const ConnectionReport& c) {
  if (c.closed) return "closed";
  return c.established ? "established" : "new";
}

std::string_view flow_reason(flow::EndReason reason) {
  switch (reason) {
    case flow::EndReason::kTimeout: return "timeout";
    case flow::EndReason::kForced: return "forced";
    case flow::EndReason::kInputEnd: break;
  }
  return "shutdown";
}

// Everything of ours but the scope.
std::string findings(const ConnectionReport& c) {
  return fmt::format(
      R"("verdict":"{}","evidence":{:.6f},"threshold":{:.6f},"messages":{},"rows":{},)"
      R"("alarming_rows":{},"authorised":{},{}"reason":{})",
      name(c.verdict), c.evidence, c.threshold, c.messages, c.reason.rows, c.reason.alarming_rows,
      c.authorisation != nullptr,
      c.authorisation != nullptr ? fmt::format(R"("note":{},)", json_string(c.authorisation->note))
                                 : "",
      json_string(explain(c)));
}

// MITRE ATT&CK T1496.001 (Compute Hijacking), in the keys and words of the Emerging Threats rules.
std::string grading(const ConnectionReport& c) {
  const bool authorised = c.authorisation != nullptr;
  return fmt::format(
      R"("severity":{},"metadata":{{"mitre_tactic_id":["TA0040"],"mitre_tactic_name":["Impact"],)"
      R"("mitre_technique_id":["T1496","T1496.001"],"mitre_technique_name":["Resource Hijacking"],)"
      R"("signature_severity":["{}"],"tag":["Coinminer"]}})",
      authorised ? kAuthorisedSeverity : kSeverity, authorised ? "Informational" : "Major");
}

}  // namespace

EveReport::EveReport(Output& output, Coverage coverage, InputKind input_kind)
    : output_(output), coverage_(coverage), input_kind_(input_kind) {}

void EveReport::begin_input(const std::string& name) { inputs_json_.push_back(json_string(name)); }

// Keys in Suricata's order (src/output-json.c).
std::string EveReport::head(const ConnectionReport& c, Timestamp time, std::string_view event_type,
                            const detect::Alarm* alarm) const {
  const bool live = input_kind_ == InputKind::kInterface;
  return fmt::format(
      R"({{"timestamp":"{}","flow_id":{},{}{}"event_type":"{}",{}"src_ip":"{}","src_port":{},)"
      R"("dest_ip":"{}","dest_port":{},"proto":"TCP","ip_v":{},"pkt_src":"wire/pcap","community_id":"{}",)",
      eve_time(time), flow_id(c),
      live ? fmt::format(R"("in_iface":{},)", inputs_json_[c.input]) : "",
      alarm != nullptr && !live ? fmt::format(R"("pcap_cnt":{},)", alarm->number) : "", event_type,
      vlan_tags(c), to_string(c.ends.client), c.ends.client_port, to_string(c.ends.server),
      c.ends.server_port, c.ends.client.is_v4() ? 4 : 6, community_id(c.ends));
}

std::string EveReport::tail(uint32_t input) const {
  if (input_kind_ == InputKind::kInterface) return "";
  return fmt::format(R"(,"pcap_filename":{})", inputs_json_[input]);
}

void EveReport::on_alert(const detect::AlertEvent& event) {
  const ConnectionReport& c = event.connection;
  if (!c.alarm) return;
  // One packet raises the alarms of a connection, its channel and its host one after another.
  if (alert_text_.input != c.alarm->input || alert_text_.number != c.alarm->number) {
    alert_text_ = {
        .input = c.alarm->input,
        .number = c.alarm->number,
        .head = head(c, c.alarm->time, "alert", &*c.alarm),
        .grading = grading(c),
        .findings = findings(c),
        .flow = fmt::format(R"({},"src_ip":"{}","dest_ip":"{}","src_port":{},"dest_port":{})",
                            flow_counters(c), to_string(c.ends.client), to_string(c.ends.server),
                            c.ends.client_port, c.ends.server_port)};
  }
  output_.write(fmt::format(
      R"({}"alert":{{"action":"allowed","gid":{},"signature_id":{},"rev":{},)"
      R"("signature":"KANARIA Cryptocurrency mining, {}","category":"{}",{},)"
      R"("context":{{"kanaria":{{"scope":"{}",{}}}}}}},"direction":"to_server","flow":{{{}}}{}}})"
      "\n",
      alert_text_.head, kGeneratorId, signature_id(event.scope), kRevision, name(event.scope),
      kCategory, alert_text_.grading, name(event.scope), alert_text_.findings, alert_text_.flow,
      tail(c.alarm->input)));
}

void EveReport::on_flow_end(const detect::FlowEndEvent& event) {
  if (coverage_ != Coverage::kEveryConnection) return;
  const ConnectionReport& c = event.connection;
  output_.write(fmt::format(
      R"({}"flow":{{{},"end":"{}","age":{},"state":"{}","reason":"{}","alerted":{}}}{}}})"
      "\n",
      head(c, c.end, "flow", nullptr), flow_counters(c), eve_time(c.end),
      (c.end - c.start) / kSecond, flow_state(c), flow_reason(event.reason), c.alarm.has_value(),
      tail(c.input)));
}

}  // namespace kanaria::report
