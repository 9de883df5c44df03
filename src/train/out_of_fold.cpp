// SPDX-License-Identifier: Apache-2.0
#include "train/out_of_fold.h"

#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"
#include "train/row_scores.h"
#include "train/training_rows.h"
#include "train/unit.h"

namespace kanaria::train {
namespace {

Unit unit_of_row(const DataSet& data, uint32_t row) {
  return unit_of(data.connections[data.connection[row]]);
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
    return Dealt{unit_of_row(data, row), by_connection ? data.connection[row] : 0};
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

}  // namespace

std::array<bool, 2> classes_of_one_unit(const DataSet& data, std::span<const uint32_t> rows) {
  std::array<std::set<Unit>, 2> units;
  for (const uint32_t row : rows) units[data.labels[row] > 0.5F].insert(unit_of_row(data, row));
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

}  // namespace kanaria::train
