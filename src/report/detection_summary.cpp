// SPDX-License-Identifier: Apache-2.0
#include "report/detection_summary.h"

#include <algorithm>
#include <numeric>

namespace kanaria::report {

using detect::ConnectionReport;
using detect::Verdict;

void DetectionSummary::add(const detect::FlowEndEvent& event) {
  const ConnectionReport& report = event.connection;
  ++verdicts_[static_cast<size_t>(report.verdict)];
  if (!period_) period_ = {report.start, report.end};
  period_->first = std::min(period_->first, report.start);
  period_->second = std::max(period_->second, report.end);
  if (report.verdict == Verdict::kMining) return add_miner(event);
  (report.verdict == Verdict::kSuspicious ? suspicious_ : others_).add(report);
}

void DetectionSummary::add_miner(const detect::FlowEndEvent& event) {
  const ConnectionReport& report = event.connection;
  const bool authorised = report.authorisation != nullptr;
  authorised_miners_ += authorised ? 1 : 0;
  const Channel key(report.ends.client, report.ends.server, report.ends.server_port);
  if (channels_.size() >= kMostChannels && !channels_.contains(key)) {
    ++channels_left_out_;
    return;
  }
  MiningChannel& channel = channels_[key];
  const Timestamp alarm = report.alarm ? report.alarm->time : report.end;
  channel.first_alarm = channel.connections == 0 ? alarm : std::min(channel.first_alarm, alarm);
  channel.last_packet = std::max(channel.last_packet, report.end);
  channel.evidence = std::max(channel.evidence, report.evidence);
  ++channel.connections;
  channel.authorised += authorised ? 1 : 0;
  if (event.history != nullptr)
    (authorised ? authorised_pictures_ : pictures_).add(report, *event.history);
}

uint64_t DetectionSummary::connections() const {
  return std::accumulate(verdicts_.begin(), verdicts_.end(), uint64_t{0});
}

}  // namespace kanaria::report
