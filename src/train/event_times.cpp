// SPDX-License-Identifier: Apache-2.0
#include "train/event_times.h"

namespace kanaria::train {
namespace {

// Choices: timers of programs are a fraction of a percent to a tenth off; people's gaps vary by a
// factor of 2 to 5; bursts of a few.
constexpr Range kJitter{0.0005, 0.1};
constexpr Range kSigma{0.7, 1.6};
constexpr Range kCoin{0.1, 0.9};
constexpr Range kBetween{0.25, 2};
constexpr Range kBurstSize{2, 12};
constexpr Range kBurstGap{0.003, 0.1};

// Trials up to the first success. Requires: 0 < probability < 1.
double trials(double probability, Random& random) {
  return 1 + std::floor(-exponential(random) / std::log1p(-probability));
}

}  // namespace

EventTimes::EventTimes(Timing timing, Random& random)
    : timing_(timing),
      jitter_(kJitter.draw(random)),
      sigma_(kSigma.draw(random)),
      coin_(kCoin.draw(random)),
      between_(kBetween.draw(random)),
      to_tick_(random.uniform()),
      burst_size_(kBurstSize.draw(random)),
      burst_gap_(kBurstGap.draw(random)) {}

double EventTimes::first(Random& random) {
  switch (timing_) {
    case Timing::kRegular:
    case Timing::kGeometric:
    case Timing::kHuman: return random.uniform() * gap(random);
    default: return gap(random);
  }
}

double EventTimes::gap(Random& random) {
  switch (timing_) {
    case Timing::kExponential: return exponential(random);
    case Timing::kMixed: return mixed(random);
    case Timing::kHuman: return factor(sigma_, random) * std::exp(-sigma_ * sigma_ / 2);
    case Timing::kBursts: return burst(random);
    case Timing::kGeometric: return ticks_by_coin(random);
    case Timing::kRegular:
    case Timing::kSilence: break;
  }
  return tick(random);
}

// Both together have mean 1: a clock of period 1 + between, and `between` random events a tick of
// it. What is left to a random event does not depend on how long one has waited.
double EventTimes::mixed(Random& random) {
  const double clock = 1 + between_;
  const double to_event = exponential(random) * clock / between_;
  const double to_tick = to_tick_ * clock;
  if (to_event < to_tick) {
    to_tick_ -= to_event / clock;
    return to_event;
  }
  to_tick_ = tick(random);
  return to_tick;
}

double EventTimes::burst(Random& random) {
  if (left_ > 0) {
    --left_;
    return burst_gap_ * exponential(random);
  }
  left_ = static_cast<uint64_t>(trials(1 / burst_size_, random)) - 1;
  const double between_bursts = burst_size_ - (burst_size_ - 1) * burst_gap_;
  return between_bursts * exponential(random);
}

double EventTimes::ticks_by_coin(Random& random) const {
  return coin_ * (trials(coin_, random) + tick(random) - 1);
}

}  // namespace kanaria::train
