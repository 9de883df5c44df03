// SPDX-License-Identifier: Apache-2.0
#include "report/csv_report.h"

#include <fmt/format.h>

#include "report/community_id.h"

namespace kanaria::report {
namespace {

constexpr std::string_view kHeader =
    "file,start,end,src_ip,src_port,dest_ip,dest_port,community_id,verdict,evidence,threshold,"
    "messages,alarm_time,reason,authorised,channel_verdict,host_verdict,host_evidence,rows,"
    "alarming_rows,packets_toserver,packets_toclient,bytes_toserver,bytes_toclient\n";

std::string quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

}  // namespace

CsvReport::CsvReport(Output& output, Coverage coverage) : output_(output), coverage_(coverage) {
  output_.write(kHeader);
}

void CsvReport::on_flow_end(const detect::FlowEndEvent& event) {
  const detect::ConnectionReport& c = event.connection;
  if (coverage_ == Coverage::kAlarms && !c.alarm) return;
  const detect::Standing channel = event.standings.channel(c.ends);
  const detect::Standing host = event.standings.host(c.ends);
  output_.write(fmt::format(
      "{},{},{},{},{},{},{},{},{},{:.6f},{:.6f},{},{},{},{},{},{},{:.6f},{},{},{},{},{},{}\n",
      quoted(inputs_[c.input]), epoch_time(c.start), epoch_time(c.end), to_string(c.ends.client),
      c.ends.client_port, to_string(c.ends.server), c.ends.server_port, community_id(c.ends),
      name(c.verdict), c.evidence, c.threshold, c.messages,
      c.alarm ? epoch_time(c.alarm->time) : "", quoted(explain(c)),
      c.authorisation != nullptr ? "yes" : "no", name(channel.verdict), name(host.verdict),
      host.evidence, c.reason.rows, c.reason.alarming_rows, c.packets[0], c.packets[1],
      c.frame_bytes[0], c.frame_bytes[1]));
}

}  // namespace kanaria::report
