// SPDX-License-Identifier: Apache-2.0
#include "train/grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "train/row_scores.h"

namespace kanaria::train {
namespace {

constexpr std::array<std::pair<std::string_view, Rank>, 4> kRanks{
    {{"f1", Rank::kF1}, {"mcc", Rank::kMcc}, {"accuracy", Rank::kAccuracy}, {"loss", Rank::kLoss}}};

class Search {
 public:
  Search(const GridSpace& space, const TrainingRows& rows, std::span<const uint32_t> validation,
         const GridOptions& options, nn::Simd simd, const std::atomic<bool>& stop)
      : space_(space),
        rows_(rows),
        validation_(validation),
        options_(options),
        simd_(simd),
        stop_(stop) {}

  // Values of the candidates in their order; empty when it was stopped.
  std::vector<double> run_rung(uint32_t rung, uint64_t most_rows,
                               std::span<const uint64_t> candidates, const KnownScores& known,
                               const TakeScore& take) {
    std::vector<double> values(candidates.size());
    std::atomic<size_t> next{0};
    std::atomic<bool> ended{false};
    std::mutex taking;
    const auto work = [&] {
      for (;;) {
        const size_t place = next.fetch_add(1, std::memory_order_relaxed);
        if (place >= candidates.size() || ended.load(std::memory_order_relaxed)) return;
        auto score = known(rung, candidates[place]);
        const bool is_new = !score.has_value();
        if (is_new) score = score_of(candidates[place], rung, most_rows);
        // A training that was cut short says nothing of its combination.
        if (stop_.load(std::memory_order_relaxed)) ended = true;
        const std::lock_guard lock(taking);
        if (ended) return;
        values[place] = value_of(*score, options_.rank);
        if (is_new && !take(*score)) ended = true;
      }
    };
    {
      std::vector<std::jthread> threads;
      for (unsigned i = 1; i < std::max(1U, options_.workers); ++i) threads.emplace_back(work);
      work();
    }
    return ended ? std::vector<double>{} : values;
  }

 private:
  GridScore score_of(uint64_t combination, uint32_t rung, uint64_t most_rows) const {
    TrainOptions options = with_combination(options_.training, space_.at(combination));
    options.most_rows = most_rows;
    options.patience = options.epochs;  // nothing is validated while training
    GridScore score{rung,
                    combination,
                    std::min<uint64_t>(most_rows, options.epochs * rows_.rows.size()),
                    std::numeric_limits<double>::quiet_NaN(),
                    {}};
    const auto model = train_on(rows_, {}, options, simd_, stop_, [](const EpochResult&) {});
    if (!model) return score;  // it diverged
    const auto logits = logits_of(*model, rows_.data, validation_, simd_);
    score.loss = mean_loss(logits, rows_.data, validation_);
    score.counts = confusion(logits, rows_.data, validation_, model->thresholds.alarming_logit);
    return score;
  }

  const GridSpace& space_;
  const TrainingRows& rows_;
  std::span<const uint32_t> validation_;
  const GridOptions& options_;
  nn::Simd simd_;
  const std::atomic<bool>& stop_;
};

// The best `count` of the candidates, in ascending order; of equal ones those that come first.
std::vector<uint64_t> best_of(std::span<const uint64_t> candidates, std::span<const double> values,
                              size_t count) {
  std::vector<size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return values[a] > values[b]; });
  std::vector<uint64_t> best;
  for (size_t i = 0; i < count; ++i) best.push_back(candidates[order[i]]);
  std::sort(best.begin(), best.end());
  return best;
}

}  // namespace

std::string_view name(Rank rank) { return kRanks[static_cast<size_t>(rank)].first; }

std::optional<Rank> rank_named(std::string_view name) {
  for (const auto& [known, rank] : kRanks)
    if (known == name) return rank;
  return std::nullopt;
}

double value_of(const GridScore& score, Rank rank) {
  if (std::isnan(score.loss)) return -std::numeric_limits<double>::infinity();
  switch (rank) {
    case Rank::kF1: return score.counts.f1();
    case Rank::kMcc: return score.counts.mcc();
    case Rank::kAccuracy: return score.counts.accuracy();
    case Rank::kLoss: break;
  }
  return -score.loss;
}

std::vector<Rung> rungs(uint64_t combinations, uint64_t all_rows, const GridPlan& plan) {
  std::vector<Rung> plan_of_rungs;
  uint64_t rows = plan.least_rows == 0 ? all_rows : plan.least_rows;
  for (; rows < all_rows && combinations > 1; rows *= GridPlan::kEta) {
    plan_of_rungs.push_back({combinations, rows});
    combinations = (combinations + GridPlan::kEta - 1) / GridPlan::kEta;
  }
  plan_of_rungs.push_back({combinations, all_rows});
  return plan_of_rungs;
}

bool search_grid(const GridSpace& space, const TrainingRows& rows,
                 std::span<const uint32_t> validation, const GridOptions& options, nn::Simd simd,
                 const std::atomic<bool>& stop, const KnownScores& known, const TakeScore& take) {
  Search search(space, rows, validation, options, simd, stop);
  std::vector<uint64_t> candidates(space.size());
  std::iota(candidates.begin(), candidates.end(), uint64_t{0});
  const auto plan = rungs(space.size(), options.training.epochs * rows.rows.size(), options.plan);
  for (uint32_t rung = 0; rung < plan.size(); ++rung) {
    const auto values = search.run_rung(rung, plan[rung].rows, candidates, known, take);
    if (values.empty()) return false;
    if (rung + 1 < plan.size())
      candidates = best_of(candidates, values, plan[rung + 1].combinations);
  }
  return true;
}

}  // namespace kanaria::train
