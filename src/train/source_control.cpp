// SPDX-License-Identifier: Apache-2.0
#include "train/source_control.h"

#include <algorithm>
#include <map>
#include <set>

#include "train/row_scores.h"
#include "train/score_curve.h"
#include "train/subset.h"

namespace kanaria::train {
namespace {

constexpr size_t kMostRows = 20'000;
constexpr double kTestShare = 0.3;

double roc_area(std::span<const float> scores, const DataSet& data,
                std::span<const uint32_t> rows) {
  const ScoreCells cells = score_cells(scores, std::max<size_t>(scores.size(), 1));
  ScoreCurve curve(cells.count);
  for (size_t i = 0; i < rows.size(); ++i)
    curve.add(cells.of_score[i], data.labels[rows[i]] > 0.5F);
  return curve.roc_area();
}

const std::string& group_of(const DataSet& data, uint32_t row) {
  return data.connections[data.connection[row]].group;
}

// At most kMostRows benign rows, as a data set of their own.
DataSet some_benign_rows(const DataSet& data, uint64_t seed) {
  std::vector<uint32_t> rows;
  for (const uint32_t row : dealt_rows(data, all_rows(data)))
    if (data.labels[row] < 0.5F) rows.push_back(row);
  if (rows.size() > kMostRows) {
    const double share = static_cast<double>(kMostRows) / static_cast<double>(rows.size());
    rows = split(data, rows, SplitBy::kRandom, share, seed).test;
  }
  return subset(data, rows);
}

size_t mining_rows(const DataSet& data, std::span<const uint32_t> rows) {
  return static_cast<size_t>(std::count_if(rows.begin(), rows.end(),
                                           [&](uint32_t row) { return data.labels[row] > 0.5F; }));
}

// Of each test row: the share of mining among the training rows of its source; of an unknown
// source, among all of them.
std::vector<float> shares_of_sources(const DataSet& data, const Split& fold) {
  std::map<std::string, std::pair<double, double>> seen;  // rows of a source, mining ones
  std::pair<double, double> all;
  for (const uint32_t row : fold.train) {
    auto& of_source = seen[group_of(data, row)];
    for (auto* counts : {&of_source, &all}) {
      counts->first += 1;
      counts->second += static_cast<double>(data.labels[row]);
    }
  }
  std::vector<float> shares;
  for (const uint32_t row : fold.test) {
    const auto known = seen.find(group_of(data, row));
    const auto& counts = known == seen.end() ? all : known->second;
    shares.push_back(static_cast<float>(counts.second / std::max(1.0, counts.first)));
  }
  return shares;
}

// Groups by the number of their rows, the largest first; those with at least 2 captures.
std::vector<std::pair<uint64_t, std::string>> largest_groups(const DataSet& data) {
  std::map<std::string, uint64_t> rows;
  std::map<std::string, std::set<uint32_t>> captures;
  for (uint32_t row = 0; row < data.rows(); ++row) {
    ++rows[group_of(data, row)];
    captures[group_of(data, row)].insert(data.connections[data.connection[row]].capture);
  }
  std::vector<std::pair<uint64_t, std::string>> groups;
  for (const auto& [group, count] : rows)
    if (captures[group].size() >= 2) groups.emplace_back(count, group);
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  return groups;
}

}  // namespace

// Rows of different folds are not compared: a fold that tests much of a class has little of it to
// learn from, so that its scores are the lower for it.
double area_of_knowing_the_source(const DataSet& data, std::span<const Split> folds) {
  double pairs_won = 0, pairs = 0;
  for (const Split& fold : folds) {
    const auto mining = static_cast<double>(mining_rows(data, fold.test));
    const double of_fold = mining * (static_cast<double>(fold.test.size()) - mining);
    pairs_won += of_fold * roc_area(shares_of_sources(data, fold), data, fold.test);
    pairs += of_fold;
  }
  return pairs == 0 ? 0.5 : pairs_won / pairs;
}

Result<std::vector<SourceGuess>> guess_sources(const DataSet& data, const TrainOptions& options,
                                               size_t most, nn::Simd simd,
                                               const std::atomic<bool>& stop) {
  DataSet some = some_benign_rows(data, options.seed);
  TrainOptions guessing = options;
  guessing.validation_share = 0;
  std::vector<SourceGuess> guesses;
  for (const auto& [count, group] : largest_groups(some)) {
    if (guesses.size() == most || count == some.rows()) break;
    for (uint32_t row = 0; row < some.rows(); ++row)
      some.labels[row] = group_of(some, row) == group ? 1.0F : 0.0F;
    const Split parts = split(some, all_rows(some), SplitBy::kCapture, kTestShare, options.seed);
    const size_t of_group = mining_rows(some, parts.test);
    if (of_group == 0 || of_group == parts.test.size()) continue;  // nothing to tell it from
    const auto model =
        train_model(some, parts.train, guessing, simd, stop, [](const EpochResult&) {});
    if (!model) return model.error();
    if (stop.load(std::memory_order_relaxed))
      return Error{"stopped while sources were guessed; nothing is told of a part"};
    const auto logits = logits_of(*model, some, parts.test, simd);
    guesses.push_back({group, count, roc_area(logits, some, parts.test)});
  }
  return guesses;
}

}  // namespace kanaria::train
