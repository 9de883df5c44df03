// SPDX-License-Identifier: Apache-2.0
#include "report/verdict_words.h"

#include <fmt/format.h>

#include "report/counted.h"

namespace kanaria::report {

using detect::ConnectionReport;
using detect::Verdict;

std::string alarm_sentence(const ConnectionReport& report, const detect::History& history,
                           const std::string& input) {
  const auto& alarm = report.alarm;
  if (!alarm) return "";
  std::string text = fmt::format(
      "Alarm on {} UTC, {} after its first packet, by packet {} of {}", display_time(alarm->time),
      display_duration(alarm->time - report.start), grouped(alarm->number), input);
  if (history.alarm)
    text += fmt::format(", with evidence {:.3g} (threshold {:.3g})", history.alarm->evidence,
                        report.threshold);
  return text + ".";
}

std::string certainty_sentences(const ConnectionReport& report) {
  std::string text;
  if (report.verdict == Verdict::kMining && report.evidence <= report.threshold)
    text += fmt::format(
        "Its evidence has fallen to {:.3g} since, to or below the threshold: look at it twice. ",
        report.evidence);
  if (!report.established)
    text += "Only one direction of it was seen: the verdict is less certain. ";
  if (report.acked_unseen > 0)
    text += fmt::format(
        "{} of its packets acknowledge data that the capture does not hold: the verdict is less "
        "certain. ",
        report.acked_unseen);
  if (!report.began_with_syn) text += "Its beginning was not captured. ";
  if (!text.empty()) text.pop_back();
  return text;
}

std::string change_of_mind_sentence(const ConnectionReport& report) {
  const double threshold = report.threshold;
  if (report.verdict == Verdict::kMining)
    return fmt::format(
        "What would change this verdict: with evidence that never exceeded {:.3g} it would be "
        "suspicious, with at most {:.3g} clear. It ended with {:.3g}.",
        threshold, threshold / 2, report.evidence);
  return fmt::format("evidence {:.3g}: mining above {:.3g}, clear at or below {:.3g}",
                     report.evidence, threshold, threshold / 2);
}

}  // namespace kanaria::report
