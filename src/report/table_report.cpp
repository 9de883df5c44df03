// SPDX-License-Identifier: Apache-2.0
#include "report/table_report.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "detect/policy.h"

namespace kanaria::report {
namespace {

using detect::ConnectionReport;
using detect::Verdict;

std::string server_of(const ConnectionReport& c) {
  return endpoint_text(c.ends.server, c.ends.server_port);
}

auto by_host(const ConnectionReport& c) {
  return std::tuple(c.ends.client, c.ends.server, c.ends.server_port, c.start);
}

std::string plural(uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

TableReport::TableReport(Output& output, Coverage coverage)
    : output_(output), coverage_(coverage) {}

void TableReport::begin_input(const std::string& name) { inputs_.push_back(name); }

void TableReport::on_flow_end(const detect::FlowEndEvent& event) {
  ++verdicts_[static_cast<size_t>(event.connection.verdict)];
  if (event.connection.verdict == Verdict::kMining && event.connection.authorisation)
    ++authorised_miners_;
  if (coverage_ == Coverage::kEveryConnection || event.connection.alarm)
    rows_.push_back(event.connection);
}

void TableReport::finish(const detect::CaptureQuality& quality) {
  std::stable_sort(
      rows_.begin(), rows_.end(),
      [](const ConnectionReport& a, const ConnectionReport& b) { return by_host(a) < by_host(b); });
  if (coverage_ == Coverage::kEveryConnection)
    print_everything();
  else
    print_miners();
  print_summary(quality);
  output_.flush();
}

void TableReport::print_miners() {
  const auto authorised = std::stable_partition(
      rows_.begin(), rows_.end(), [](const ConnectionReport& c) { return !c.authorisation; });
  if (authorised == rows_.begin())
    output_.write(authorised == rows_.end() ? "No host was found mining.\n"
                                            : "No host was found mining without authorisation.\n");
  if (!rows_.empty())
    output_.write(fmt::format("{:<28} {:<32} {:<20} {:>9}\n", "HOST", "MINES WITH", "SINCE (UTC)",
                              "EVIDENCE"));
  for (auto row = rows_.begin(); row != rows_.end(); ++row) {
    if (row == authorised) output_.write("authorised:\n");
    print_miner(*row);
  }
}

void TableReport::print_miner(const ConnectionReport& c) {
  output_.write(fmt::format("{:<28} {:<32} {:<20} {:>9.2f}\n    {}\n", to_string(c.ends.client),
                            server_of(c), display_time(c.start), c.evidence, explain(c)));
  if (c.authorisation != nullptr)
    output_.write(fmt::format("    {}\n", describe(*c.authorisation)));
  if (inputs_.size() > 1) output_.write(fmt::format("    in {}\n", inputs_[c.input]));
}

void TableReport::print_everything() {
  output_.write(fmt::format("{:<34} {:<34} {:<20} {:>8} {:<10} {:>9}\n", "CLIENT", "SERVER",
                            "START (UTC)", "MESSAGES", "VERDICT", "EVIDENCE"));
  for (const ConnectionReport& c : rows_) {
    output_.write(fmt::format("{:<34} {:<34} {:<20} {:>8} {:<10} {:>9.2f}{}\n",
                              endpoint_text(c.ends.client, c.ends.client_port), server_of(c),
                              display_time(c.start), c.messages, name(c.verdict), c.evidence,
                              c.authorisation ? "  " + describe(*c.authorisation) : ""));
  }
}

void TableReport::print_summary(const detect::CaptureQuality& quality) {
  uint64_t connections = 0;
  for (const uint64_t count : verdicts_) connections += count;
  const auto of = [this](Verdict verdict) { return verdicts_[static_cast<size_t>(verdict)]; };
  output_.write(fmt::format(
      "\n{} in {} ({} TCP): {} mining{}, {} suspicious, {} clear, {} too short to judge.\n",
      plural(connections, "connection"), plural(quality.frames, "frame"), quality.tcp(),
      of(Verdict::kMining),
      authorised_miners_ > 0 ? fmt::format(" ({} authorised)", authorised_miners_) : "",
      of(Verdict::kSuspicious), of(Verdict::kClear), of(Verdict::kUndecided)));
  if (quality.flow.one_sided > 0)
    output_.write(
        quality.flow.one_sided == 1
            ? "1 connection shows one direction only: its verdict is less certain.\n"
            : fmt::format("{} connections show one direction only: their verdicts are less "
                          "certain.\n",
                          quality.flow.one_sided));
}

}  // namespace kanaria::report
