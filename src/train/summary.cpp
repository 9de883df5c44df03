// SPDX-License-Identifier: Apache-2.0
#include "train/summary.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/random.h"
#include "nn/backprop.h"
#include "train/score_curve.h"

namespace kanaria::train {
namespace {

constexpr size_t kResamples = 1000;
constexpr size_t kProbabilityBins = 15;
// Of either class, for a capture's curve while resampling.
constexpr size_t kResampledParts = 64;

using MeasureValues = std::array<double, kMeasures>;
double& at(MeasureValues& values, Measure measure) { return values[static_cast<size_t>(measure)]; }

// Shares of mining and mean predicted probability by bin of the prediction.
struct Reliability {
  std::array<double, kProbabilityBins> cases{}, mining{}, probability{};

  void add(float log_odds, bool is_mining) {
    const auto p = static_cast<double>(nn::sigmoid(log_odds));
    const auto bin = std::min(kProbabilityBins - 1, static_cast<size_t>(p * kProbabilityBins));
    cases[bin] += 1;
    mining[bin] += is_mining ? 1 : 0;
    probability[bin] += p;
  }
  Reliability& operator+=(const Reliability& other) {
    for (size_t bin = 0; bin < kProbabilityBins; ++bin) {
      cases[bin] += other.cases[bin];
      mining[bin] += other.mining[bin];
      probability[bin] += other.probability[bin];
    }
    return *this;
  }
  double error() const {
    double distance = 0, all = 0;
    for (size_t bin = 0; bin < kProbabilityBins; ++bin) {
      distance += std::fabs(mining[bin] - probability[bin]);
      all += cases[bin];
    }
    return all == 0 ? 0 : distance / all;
  }
};

// All that the measures need to know of a set of cases; sets add up.
struct Tally {
  explicit Tally(size_t cells) : curve(cells) {}

  void add(const Case& one, size_t cell) {
    counts.add(one.mining, one.found);
    curve.add(cell, one.mining);
    reliability.add(one.score, one.mining);
  }
  Tally& operator+=(const Tally& other) {
    counts += other.counts;
    curve += other.curve;
    reliability += other.reliability;
    return *this;
  }
  void clear() {
    counts = {};
    curve.clear();
    reliability = {};
  }
  MeasureValues measures() const {
    MeasureValues values{};
    at(values, Measure::kRecall) = counts.recall();
    at(values, Measure::kFalsePositiveRate) = counts.false_positive_rate();
    at(values, Measure::kPrecision) = counts.precision();
    at(values, Measure::kF1) = counts.f1();
    at(values, Measure::kAccuracy) = counts.accuracy();
    at(values, Measure::kErrorRate) = counts.error_rate();
    at(values, Measure::kMcc) = counts.mcc();
    at(values, Measure::kRocArea) = curve.roc_area();
    at(values, Measure::kPrArea) = curve.pr_area();
    at(values, Measure::kCalibrationError) = reliability.error();
    return values;
  }

  Confusion counts;
  ScoreCurve curve;
  Reliability reliability;
};

std::vector<float> scores_of(std::span<const Case> cases) {
  std::vector<float> scores;
  scores.reserve(cases.size());
  for (const Case& one : cases) scores.push_back(one.score);
  return scores;
}

Tally exact_tally(std::span<const Case> cases) {
  const ScoreCells cells = score_cells(scores_of(cases), cases.size());
  Tally tally(cells.count);
  for (size_t i = 0; i < cases.size(); ++i) tally.add(cases[i], cells.of_score[i]);
  return tally;
}

std::vector<Tally> tally_by_cluster(std::span<const Case> cases) {
  std::vector<bool> mining;
  for (const Case& one : cases) mining.push_back(one.mining);
  const ScoreCells cells = score_cells(scores_of(cases), mining, kResampledParts);
  std::map<uint32_t, size_t> place;
  std::vector<Tally> clusters;
  for (size_t i = 0; i < cases.size(); ++i) {
    const auto [found, is_new] = place.emplace(cases[i].cluster, clusters.size());
    if (is_new) clusters.emplace_back(cells.count);
    clusters[found->second].add(cases[i], cells.of_score[i]);
  }
  return clusters;
}

struct Bounds {
  MeasureValues low, high;
};

// Hits and cases of measures that are a share of independent cases.
struct Share {
  uint64_t hits, cases;
};
std::optional<Share> share_of(Measure measure, const Confusion& c) {
  switch (measure) {
    case Measure::kRecall: return Share{c.true_positives, c.mining()};
    case Measure::kFalsePositiveRate: return Share{c.false_positives, c.benign()};
    case Measure::kPrecision: return Share{c.true_positives, c.found()};
    case Measure::kAccuracy: return Share{c.true_positives + c.true_negatives, c.cases()};
    case Measure::kErrorRate: return Share{c.false_positives + c.false_negatives, c.cases()};
    default: return std::nullopt;
  }
}

// What a draw of captures says of a measure; nothing when it lacks the cases to say it.
bool is_defined(Measure measure, const Confusion& counts) {
  if (const auto share = share_of(measure, counts)) return share->cases > 0;
  return counts.mining() > 0 && counts.benign() > 0;
}

Bounds bootstrap(const std::vector<Tally>& clusters, uint64_t seed) {
  Random random(seed);
  std::array<std::vector<double>, kMeasures> drawn;
  Tally sum = clusters.front();
  for (size_t resample = 0; resample < kResamples; ++resample) {
    sum.clear();
    for (size_t i = 0; i < clusters.size(); ++i) sum += clusters[random.below(clusters.size())];
    const MeasureValues values = sum.measures();
    for (size_t m = 0; m < kMeasures; ++m)
      if (is_defined(static_cast<Measure>(m), sum.counts)) drawn[m].push_back(values[m]);
  }
  Bounds bounds{};
  for (size_t m = 0; m < kMeasures; ++m) {
    if (clusters.size() < 2 || drawn[m].empty()) {  // one capture tells nothing of another
      bounds.low[m] = static_cast<Measure>(m) == Measure::kMcc ? -1 : 0;
      bounds.high[m] = 1;
      continue;
    }
    std::sort(drawn[m].begin(), drawn[m].end());
    bounds.low[m] = drawn[m][drawn[m].size() * 25 / 1000];
    bounds.high[m] = drawn[m][drawn[m].size() * 975 / 1000];
  }
  return bounds;
}

// What a measure that is no share rests on: the rarer class.
uint64_t cases_behind(Measure measure, const Confusion& counts) {
  if (const auto share = share_of(measure, counts)) return share->cases;
  return std::min(counts.mining(), counts.benign());
}

Estimate widened(Estimate estimate, const Estimate& other) {
  estimate.low = std::min({estimate.low, other.low, estimate.value});
  estimate.high = std::max({estimate.high, other.high, estimate.value});
  return estimate;
}

void add_precisions(Summary& summary) {
  const auto& recall = summary.of(Measure::kRecall);
  const auto& rate = summary.of(Measure::kFalsePositiveRate);
  if (!recall || !rate) return;
  const auto precision = [](double base_rate, double found, double accused) {
    const double right = base_rate * found, wrong = (1 - base_rate) * accused;
    return right + wrong == 0 ? 0.0 : right / (right + wrong);
  };
  for (size_t i = 0; i < kBaseRates.size(); ++i)
    summary.precision_at[i] = Estimate{precision(kBaseRates[i], recall->value, rate->value),
                                       precision(kBaseRates[i], recall->low, rate->high),
                                       precision(kBaseRates[i], recall->high, rate->low),
                                       std::min(recall->cases, rate->cases)};
}

}  // namespace

std::string_view name(Measure measure) {
  static constexpr std::array<std::string_view, kMeasures> kNames{
      "recall",   "false-positive rate", "precision", "F1",
      "accuracy", "error rate",          "MCC",       "ROC area",
      "PR area",  "calibration error"};
  return kNames[static_cast<size_t>(measure)];
}

std::string estimate_text(const std::optional<Estimate>& estimate) {
  if (!estimate) return fmt::format("fewer than {} cases", kLeastCases);
  return fmt::format("{:.4f} ({:.4f}–{:.4f})", estimate->value, estimate->low, estimate->high);
}

std::string small_estimate_text(const std::optional<Estimate>& estimate) {
  if (!estimate) return estimate_text(estimate);
  return fmt::format("{:.2g} ({:.2g}–{:.2g})", estimate->value, estimate->low, estimate->high);
}

Estimate wilson(uint64_t hits, uint64_t cases) {
  constexpr double kZ = 1.959963984540054;  // 97.5 % of the standard normal
  constexpr double kSquare = kZ * kZ;
  const auto n = static_cast<double>(cases);
  const double p = static_cast<double>(hits) / n;
  const double middle = (p + kSquare / (2 * n)) / (1 + kSquare / n);
  const double half = kZ / (1 + kSquare / n) * std::sqrt(p * (1 - p) / n + kSquare / (4 * n * n));
  return {p, std::max(0.0, middle - half), std::min(1.0, middle + half), cases};
}

Summary summarise(std::span<const Case> cases, ScoreKind kind, uint64_t seed) {
  Summary summary;
  if (cases.empty()) return summary;
  const Tally exact = exact_tally(cases);
  const std::vector<Tally> clusters = tally_by_cluster(cases);
  const MeasureValues values = exact.measures();
  const Bounds bounds = bootstrap(clusters, seed);
  summary.counts = exact.counts;
  summary.clusters = clusters.size();
  for (size_t m = 0; m < kMeasures; ++m) {
    const auto measure = static_cast<Measure>(m);
    const uint64_t behind = cases_behind(measure, summary.counts);
    if (behind < kLeastCases) continue;
    if (measure == Measure::kCalibrationError && kind != ScoreKind::kLogOdds) continue;
    const Estimate estimate{values[m], bounds.low[m], bounds.high[m], behind};
    const auto share = share_of(measure, summary.counts);
    summary.measures[m] = widened(estimate, share ? wilson(share->hits, share->cases) : estimate);
  }
  add_precisions(summary);
  return summary;
}

}  // namespace kanaria::train
