// SPDX-License-Identifier: Apache-2.0
#include "detect/evidence.h"

#include <algorithm>

namespace kanaria::detect {
namespace {

// docs/definitions.md, "Verdict of the `pair` lens".
constexpr uint32_t kLeastMessages = 8;
constexpr Nanoseconds kLeastAge = 30 * kSecond;
constexpr uint32_t kLeastAlarmingForMining = 8;
constexpr uint32_t kLeastAlarmingForSuspicion = 4;

}  // namespace

void FrequentSizes::add(uint32_t bytes) {
  for (TypicalSize& size : kept_) {
    if (size.messages > 0 && size.bytes == bytes) {
      ++size.messages;
      return;
    }
  }
  for (TypicalSize& size : kept_) {
    if (size.messages == 0) {
      size = {bytes, 1};
      return;
    }
  }
  for (TypicalSize& size : kept_) --size.messages;
}

TypicalSize FrequentSizes::most_frequent() const {
  return *std::max_element(
      kept_.begin(), kept_.end(),
      [](const TypicalSize& a, const TypicalSize& b) { return a.messages < b.messages; });
}

void Evidence::add_segment(Timestamp time) {
  if (segments_++ == 0) first_segment_ = last_row_ = time;
}

void Evidence::add_message(const flow::Message& message) {
  ++messages_;
  sizes_[flow::index_of(message.direction)].add(message.bytes);
}

bool Evidence::add_row(float log_odds, const Alarm& at, const model::Thresholds& thresholds) {
  ++rows_;
  if (log_odds > thresholds.alarming_logit) ++alarming_rows_;
  last_row_ = std::max(last_row_, at.time);
  if (alarm_ || !judged() || alarming_rows_ < kLeastAlarmingForMining ||
      strength() <= thresholds.alarming_share)
    return false;
  alarm_ = at;
  return true;
}

Verdict Evidence::verdict(const model::Thresholds& thresholds) const {
  if (alarm_) return Verdict::kMining;
  if (!judged()) return Verdict::kUndecided;
  const bool suspicious =
      alarming_rows_ >= kLeastAlarmingForSuspicion && strength() > thresholds.alarming_share / 2;
  return suspicious ? Verdict::kSuspicious : Verdict::kClear;
}

double Evidence::strength() const {
  return rows_ == 0 ? 0.0 : static_cast<double>(alarming_rows_) / rows_;
}

bool Evidence::judged() const {
  return messages_ >= kLeastMessages && last_row_ - first_segment_ >= kLeastAge;
}

Reason Evidence::reason() const {
  return {.rows = rows_,
          .alarming_rows = alarming_rows_,
          .typical_size = {sizes_[0].most_frequent(), sizes_[1].most_frequent()},
          .span = last_row_ - first_segment_};
}

}  // namespace kanaria::detect
