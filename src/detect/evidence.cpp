// SPDX-License-Identifier: Apache-2.0
#include "detect/evidence.h"

#include <algorithm>

namespace kanaria::detect {
namespace {

// docs/definitions.md, "Verdict of the `pair` lens", "Verdict of the `rhythm` lens".
constexpr uint32_t kLeastMessages = 8;
constexpr Nanoseconds kLeastAge = 30 * kSecond;
constexpr uint32_t kLeastAlarmingForMining = 8;
constexpr uint32_t kLeastAlarmingForSuspicion = 4;

}  // namespace

bool Evidence::add_row(float log_odds, uint32_t messages, const Alarm& at,
                       const model::Thresholds& thresholds) {
  last_row_ = rows_++ == 0 ? at.time : std::max(last_row_, at.time);
  if (log_odds > thresholds.alarming_logit) ++alarming_rows_;
  const uint32_t at_row = messages > 0 ? messages : this->messages();
  sum_.add(log_odds, at_row - sum_.messages());
  if (alarm_ || !judged() || !is_mining(thresholds)) return false;
  alarm_ = at;
  return true;
}

bool Evidence::is_mining(const model::Thresholds& thresholds) const {
  return strength(thresholds) > thresholds.threshold() &&
         (thresholds.evidence_threshold || alarming_rows_ >= kLeastAlarmingForMining);
}

bool Evidence::is_suspicious(const model::Thresholds& thresholds) const {
  return strength(thresholds) > thresholds.threshold() / 2 &&
         (thresholds.evidence_threshold || alarming_rows_ >= kLeastAlarmingForSuspicion);
}

Verdict Evidence::verdict(const model::Thresholds& thresholds) const {
  if (alarm_) return Verdict::kMining;
  if (!judged()) return Verdict::kUndecided;
  return is_suspicious(thresholds) ? Verdict::kSuspicious : Verdict::kClear;
}

double Evidence::strength(const model::Thresholds& thresholds) const {
  if (thresholds.evidence_threshold) return sum_.value();
  return rows_ == 0 ? 0.0 : static_cast<double>(alarming_rows_) / rows_;
}

bool Evidence::judged() const { return messages() >= kLeastMessages && age() >= kLeastAge; }

Reason Evidence::reason() const {
  return {.rows = rows_,
          .alarming_rows = alarming_rows_,
          .roles = ledger_.roles(),
          .reply_time = ledger_.reply_time(),
          .span = age()};
}

}  // namespace kanaria::detect
