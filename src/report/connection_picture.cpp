// SPDX-License-Identifier: Apache-2.0
#include "report/connection_picture.h"

#include <fmt/format.h>

#include "report/connection_chart.h"
#include "report/counted.h"

namespace kanaria::report {
namespace {

struct TimeUnit {
  const char* name;
  double seconds;
};

TimeUnit unit_for(Nanoseconds span) {
  if (span < 3 * kMinute) return {"seconds", 1};
  if (span < 180 * kMinute) return {"minutes", 60};
  return span < 72 * 60 * kMinute ? TimeUnit{"hours", 3600} : TimeUnit{"days", 86400};
}

std::string caption_of(const detect::ConnectionReport& report, const detect::History& history) {
  std::string caption;
  const uint32_t seen = history.messages.seen();
  if (history.messages.one_in() > 1)
    caption = fmt::format("{} of {} messages are drawn, chosen at random.",
                          grouped(history.messages.points().size()), grouped(seen));
  if (report.messages > seen)
    caption += fmt::format("{}The first {} were not kept: too many connections were open.",
                           caption.empty() ? "" : " ", counted(report.messages - seen, "message"));
  return caption;
}

}  // namespace

Chart picture_of(const detect::ConnectionReport& report, const detect::History& history) {
  const TimeUnit unit = unit_for(report.end - report.start);
  const auto x = [&](Timestamp time) { return seconds(time - report.start) / unit.seconds; };
  ConnectionChart chart{
      .x_title = fmt::format("{} since {} UTC", unit.name, display_time(report.start)),
      .threshold = report.threshold};
  for (const detect::MessagePoint& message : history.messages.points()) {
    const double bytes = message.bytes;
    chart.messages.push_back(
        {x(message.time), message.direction == flow::Direction::kToServer ? bytes : -bytes});
  }
  for (const detect::EvidencePoint& point : history.evidence.points())
    chart.evidence.push_back({x(point.time), point.evidence});
  if (const auto& alarm = history.alarm) chart.alarm = Point{x(alarm->time), alarm->evidence};
  return to_chart(chart, caption_of(report, history));
}

}  // namespace kanaria::report
