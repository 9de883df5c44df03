// SPDX-License-Identifier: Apache-2.0
#include "train/evidence_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"
#include "feature/message_window.h"
#include "train/row_scores.h"
#include "train/training_rows.h"

namespace kanaria::train {
namespace {

using Unit = std::tuple<Label, std::string_view, std::string_view>;

Unit unit_of(const DataSet& data, uint32_t row) {
  const LabelledConnection& c = data.connections[data.connection[row]];
  return {c.label, c.group, c.kind};
}

// What goes to one fold as a whole: a unit (connection 0), or one connection of it.
using Dealt = std::pair<Unit, uint32_t>;

Error one_connection(Label label) {
  return Error{
      fmt::format("log-odds are fitted on connections that were not learnt from, and there is one "
                  "{} connection alone to learn from; add captures of others",
                  label == Label::kMining ? "mining" : "benign")};
}

// The fold of each connection: units are dealt in turn, each class for itself, in a random order;
// of a class of one unit, its connections. Fails when a class has but one connection.
Result<std::vector<size_t>> deal(const DataSet& data, std::span<const uint32_t> rows, size_t folds,
                                 uint64_t seed) {
  const auto one_unit = classes_of_one_unit(data, rows);
  const auto dealt_of = [&](uint32_t row) {
    const bool by_connection = one_unit[data.labels[row] > 0.5F];
    return Dealt{unit_of(data, row), by_connection ? data.connection[row] : 0};
  };
  std::map<Dealt, size_t> fold;
  for (const uint32_t row : rows) fold.emplace(dealt_of(row), 0);
  std::vector<Dealt> order;
  order.reserve(fold.size());
  for (const auto& [dealt, unused] : fold) order.push_back(dealt);
  Random random(seed);
  random.shuffle(std::span(order));
  std::map<Label, size_t> next;
  for (const Dealt& dealt : order) fold[dealt] = next[std::get<0>(dealt.first)]++ % folds;
  for (const auto& [label, count] : next)
    if (count < 2) return one_connection(label);
  std::vector<size_t> of_connection(data.connections.size(), 0);
  for (const uint32_t row : rows) of_connection[data.connection[row]] = fold.at(dealt_of(row));
  return of_connection;
}

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

// The weight of each row of a connection in its evidence (docs/definitions.md, "Verdict of the
// `rhythm` lens"), from how the rows' windows grow; rows in the order of their times.
std::vector<float> evidence_weights(const DataSet& data, std::span<const uint32_t> rows_of_one) {
  constexpr float kNewWhenFull = 6;  // messages from row to row once the window is full
  constexpr auto kWindow = static_cast<float>(feature::MessageWindow::kMost);
  const auto name = std::ranges::find(data.value_names, "messages");
  const auto column = static_cast<size_t>(name - data.value_names.begin());
  std::vector<float> weights;
  float before = 0;
  for (const uint32_t row : rows_of_one) {
    const float in_window = column < data.width() ? data.row(row)[column] * kWindow : kWindow;
    const float fresh = before < kWindow ? in_window - before : kNewWhenFull;
    weights.push_back(std::min(0.5F, fresh / kWindow));
    before = in_window;
  }
  return weights;
}

struct Peak {
  double evidence = 0;
  double weight = 0;
};

// The highest evidence of a connection.
double peak_of(const DataSet& data, std::span<const uint32_t> rows, std::span<const float> logits,
               const model::Calibration& calibration) {
  constexpr double kMostLogOdds = 9;
  const auto weights = evidence_weights(data, rows);
  double evidence = 0, peak = 0, windows = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const double log_odds = calibration.log_odds(static_cast<double>(logits[i]));
    evidence = std::max(0.0, evidence + static_cast<double>(weights[i]) *
                                            std::clamp(log_odds, -kMostLogOdds, kMostLogOdds));
    windows += static_cast<double>(weights[i]);
    peak = std::max(peak, evidence - std::log2(std::max(1.0, windows)));
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
      peaks[unit_of(data, rows[begin])].push_back(peak_of(
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

std::array<bool, 2> classes_of_one_unit(const DataSet& data, std::span<const uint32_t> rows) {
  std::array<std::set<Unit>, 2> units;
  for (const uint32_t row : rows) units[data.labels[row] > 0.5F].insert(unit_of(data, row));
  return {units[0].size() == 1, units[1].size() == 1};
}

Result<std::vector<float>> logits_out_of_fold(const DataSet& data, std::span<const uint32_t> rows,
                                              const TrainOptions& training, size_t folds,
                                              nn::Simd simd, const std::atomic<bool>& stop,
                                              const std::function<void(size_t fold)>& progress) {
  if (auto checked = check_classes(data, rows); !checked) return checked.error();
  const auto fold_of = deal(data, rows, folds, training.seed);
  if (!fold_of) return fold_of.error();
  std::vector<float> logits(rows.size(), 0.0F);
  for (size_t fold = 0; fold < folds; ++fold) {
    std::vector<uint32_t> learnt, scored;
    std::vector<size_t> places;
    for (size_t i = 0; i < rows.size(); ++i) {
      if ((*fold_of)[data.connection[rows[i]]] != fold) {
        learnt.push_back(rows[i]);
      } else {
        scored.push_back(rows[i]);
        places.push_back(i);
      }
    }
    if (scored.empty()) continue;
    const auto model = train_model(data, learnt, training, simd, stop, [](const EpochResult&) {});
    if (!model) return model.error();
    if (stop.load(std::memory_order_relaxed)) return Error{"stopped while log-odds were fitted"};
    const auto of_fold = logits_of(*model, data, scored, simd);
    for (size_t i = 0; i < places.size(); ++i) logits[places[i]] = of_fold[i];
    progress(fold);
  }
  return logits;
}

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
