// SPDX-License-Identifier: Apache-2.0
#include "train/evidence_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "detect/evidence_sum.h"
#include "feature/message_window.h"
#include "train/training_rows.h"
#include "train/unit.h"

namespace kanaria::train {
namespace {

struct Bin {
  double logits = 0;             // weighted sum
  std::array<double, 2> mass{};  // by class
  double weight() const { return mass[0] + mass[1]; }
  double logit() const { return logits / weight(); }
  // Mass that no bin goes below, so that an empty one says little: one row in 50,000.
  double log_odds() const {
    constexpr double kLeastMass = 2e-5;
    return std::log((mass[1] + kLeastMass) / (mass[0] + kLeastMass));
  }
  void join(const Bin& other) {
    logits += other.logits;
    for (size_t c = 0; c < 2; ++c) mass[c] += other.mass[c];
  }
};

// Bins of a nat's half within ±16, classes of mass 1 each; empty ones left out.
std::vector<Bin> bins_of(const DataSet& data, std::span<const uint32_t> rows,
                         std::span<const float> logits, std::span<const float> weights) {
  constexpr double kHalfWidth = 16;
  std::vector<Bin> bins(static_cast<size_t>(4 * kHalfWidth));
  std::array<double, 2> total{};
  for (size_t i = 0; i < rows.size(); ++i) {
    const double logit = std::clamp(static_cast<double>(logits[i]), -kHalfWidth, kHalfWidth - 0.01);
    const auto weight = static_cast<double>(weights[rows[i]]);
    const bool mines = data.labels[rows[i]] > 0.5F;
    Bin& bin = bins[static_cast<size_t>((logit + kHalfWidth) * 2)];
    bin.logits += weight * logit;
    bin.mass[mines] += weight;
    total[mines] += weight;
  }
  for (Bin& bin : bins) {
    const double scale = bin.weight() > 0 ? bin.logit() : 0;
    for (size_t c = 0; c < 2; ++c) bin.mass[c] /= total[c];
    bin.logits = scale * bin.weight();
  }
  std::erase_if(bins, [](const Bin& bin) { return bin.weight() == 0; });
  return bins;
}

// Pools adjacent bins until log-odds rise.
model::Calibration rising(const std::vector<Bin>& bins, double handicap) {
  std::vector<Bin> pooled;
  for (const Bin& bin : bins) {
    pooled.push_back(bin);
    while (pooled.size() > 1 && pooled[pooled.size() - 2].log_odds() >= pooled.back().log_odds()) {
      pooled[pooled.size() - 2].join(pooled.back());
      pooled.pop_back();
    }
  }
  model::Calibration calibration;
  for (const Bin& bin : pooled)
    calibration.points.push_back({bin.logit(), bin.log_odds() - handicap});
  if (calibration.points.size() == 1)
    calibration.points.push_back({calibration.points[0].logit + 1, calibration.points[0].log_odds});
  return calibration;
}

// The messages that are new in each row of a connection, from how the rows' windows grow; rows in
// the order of their times.
std::vector<uint32_t> new_messages(const DataSet& data, std::span<const uint32_t> rows_of_one) {
  constexpr uint32_t kNewWhenFull = 6;  // from row to row
  constexpr uint32_t kWindow = feature::MessageWindow::kMost;
  const auto name = std::ranges::find(data.value_names, "messages");
  const auto column = static_cast<size_t>(name - data.value_names.begin());
  std::vector<uint32_t> fresh;
  uint32_t before = 0;
  for (const uint32_t row : rows_of_one) {
    const uint32_t in_window = column < data.width()
                                   ? static_cast<uint32_t>(std::lround(data.row(row)[column] *
                                                                       static_cast<float>(kWindow)))
                                   : kWindow;
    fresh.push_back(before < kWindow ? in_window - std::min(before, in_window) : kNewWhenFull);
    before = in_window;
  }
  return fresh;
}

struct Peak {
  double evidence = 0;
  double weight = 0;
};

// The highest evidence of a connection.
double peak_of(const DataSet& data, std::span<const uint32_t> rows, std::span<const float> logits,
               const model::Calibration& calibration) {
  const auto fresh = new_messages(data, rows);
  detect::EvidenceSum evidence;
  double peak = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const double log_odds = calibration.log_odds(static_cast<double>(logits[i]));
    evidence.add(static_cast<float>(log_odds), fresh[i]);
    peak = std::max(peak, evidence.value());
  }
  return peak;
}

// Of benign connections, each unit weighing the root of its number. Rows of a connection stand one
// behind the other.
std::vector<Peak> benign_peaks(const DataSet& data, std::span<const uint32_t> rows,
                               std::span<const float> logits,
                               const model::Calibration& calibration) {
  std::map<Unit, std::vector<double>> peaks;
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin;
    while (end < rows.size() && data.connection[rows[end]] == data.connection[rows[begin]]) ++end;
    if (data.labels[rows[begin]] < 0.5F)
      peaks[unit_of(data.connections[data.connection[rows[begin]]])].push_back(peak_of(
          data, rows.subspan(begin, end - begin), logits.subspan(begin, end - begin), calibration));
    begin = end;
  }
  std::vector<Peak> all;
  for (const auto& [unit, of_unit] : peaks)
    for (const double peak : of_unit)
      all.push_back({peak, 1 / std::sqrt(static_cast<double>(of_unit.size()))});
  return all;
}

double quantile_from_above(std::vector<Peak> peaks, double share) {
  std::ranges::sort(peaks, std::greater{}, &Peak::evidence);
  double left = 0;
  for (const Peak& peak : peaks) left += peak.weight * share;
  for (const Peak& peak : peaks)
    if ((left -= peak.weight) < 0) return peak.evidence;
  return 0;
}

// Rows and their logits with each connection's rows together, in their order.
void gather_connections(const DataSet& data, std::vector<uint32_t>& rows,
                        std::vector<float>& logits) {
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return data.connection[rows[i]]; });
  std::vector<uint32_t> rows_before = std::exchange(rows, {});
  std::vector<float> logits_before = std::exchange(logits, {});
  for (const size_t i : order) {
    rows.push_back(rows_before[i]);
    logits.push_back(logits_before[i]);
  }
}

}  // namespace

EvidenceFit fit_evidence(const DataSet& data, std::span<const uint32_t> rows,
                         std::span<const float> logits, const EvidenceOptions& options) {
  std::vector<uint32_t> originals;
  std::vector<float> of_originals;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (std::ranges::binary_search(data.copies, rows[i])) continue;
    originals.push_back(rows[i]);
    of_originals.push_back(logits[i]);
  }
  gather_connections(data, originals, of_originals);
  const auto weights = weights_of(data, originals, RowWeights::kSources);
  EvidenceFit fit;
  fit.calibration = rising(bins_of(data, originals, of_originals, weights), options.handicap);
  fit.threshold =
      std::max(options.least_threshold,
               quantile_from_above(benign_peaks(data, originals, of_originals, fit.calibration),
                                   options.false_alarms));
  return fit;
}

}  // namespace kanaria::train
