// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/progress_bar.h"
#include "cli/command.h"
#include "cli/grid_options.h"
#include "cli/interrupt.h"
#include "cli/text_file.h"
#include "cli/training_options.h"
#include "cli/usage.h"
#include "train/fingerprint.h"
#include "train/grid.h"
#include "train/grid_file.h"
#include "train/grid_page.h"
#include "train/row_scores.h"
#include "train/split.h"
#include "train/subset.h"

namespace kanaria::cli {
namespace {

// Spaces with more combinations are halved unless told otherwise: of the thesis's two, the second.
constexpr uint64_t kMostWithoutHalving = 10'000;
constexpr uint64_t kDefaultLeastRows = 2048;

// The rows of a search: what is learnt from, what is chosen by, what is only looked at at the end.
struct Parts {
  std::vector<uint32_t> train, validation, test;
};

Parts divide(const train::DataSet& data, const GridChoice& o, uint64_t seed) {
  const auto by = train::split_named(o.split).value_or(train::SplitBy::kCapture);
  auto outer = train::split(data, train::all_rows(data), by, o.test_share, seed);
  auto inner = train::split(data, outer.train, by, o.validation_share, seed);
  return {std::move(inner.train), std::move(inner.test), std::move(outer.test)};
}

// The data, or as many rows of it as were asked for.
Result<train::DataSet> read_rows(const GridChoice& o) {
  DataChoice choice = o.data;
  choice.without_shipped_background = true;
  choice.rows.seed = o.training.options.seed;
  auto data = read_data(choice);
  if (!data || !o.most_rows || *o.most_rows >= data->rows()) return data;
  const auto dealt = train::dealt_rows(*data, train::all_rows(*data));
  const double share = static_cast<double>(*o.most_rows) / static_cast<double>(dealt.size());
  const auto drawn = train::split(*data, dealt, train::SplitBy::kRandom, std::min(1.0, share),
                                  o.training.options.seed);
  return train::subset(*data, drawn.test);
}

template <typename T>
std::string_view bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// What must be the same for the rows of two runs to stand in one file. The parts, not the options
// they were drawn by: labels may have got other groups or kinds since.
std::string run_name(const train::DataSet& data, const train::GridSpace& space, const GridChoice& o,
                     const train::GridPlan& plan, const Parts& parts) {
  const train::TrainOptions t = training_of(o.training);
  train::Fingerprint print;
  print.add(space.text());
  print.add(train::fingerprint(data));
  print.add(bytes_of(data.connection));
  print.add(bytes_of(parts.train));
  print.add(bytes_of(parts.validation));
  print.add(fmt::format("{} {} {} {} {} {} {}", parts.train.size(), o.rank, plan.least_rows,
                        t.epochs, static_cast<int>(t.weights), static_cast<int>(t.schedule),
                        t.seed));
  return print.hexadecimal().substr(0, 16);
}

struct Extremes {
  train::GridScore best, worst;
};

// Those where training diverged are none.
void take(std::optional<Extremes>& extremes, const train::GridScore& score, train::Rank rank) {
  const double value = value_of(score, rank);
  if (!std::isfinite(value)) return;
  if (!extremes) extremes = {score, score};
  if (value > value_of(extremes->best, rank)) extremes->best = score;
  if (value < value_of(extremes->worst, rank)) extremes->worst = score;
}

void print_score(std::string_view label, const train::Combination& c,
                 const train::Confusion& counts) {
  say(fmt::format(
      "{:<16} {:<22} {:>5} {:<8} {:<8} {:>7.4f} {:>8.5f} {:>9.4f} {:>7.4f} {:>7.4f} {:>8.4f}\n",
      label, train::widths_text(c.hidden), c.batch, nn::name(c.optimizer), nn::name(c.activation),
      counts.recall(), counts.false_positive_rate(), counts.precision(), counts.f1(), counts.mcc(),
      counts.accuracy()));
}

class GridRun {
 public:
  GridRun(const GridChoice& o, const train::DataSet& data, train::GridSpace space, nn::Simd simd)
      : o_(o),
        data_(data),
        space_(std::move(space)),
        simd_(simd),
        training_(training_of(o.training)) {
    options_.training = training_;
    options_.rank = train::rank_named(o.rank).value_or(train::Rank::kF1);
    options_.workers = o.workers;
    options_.plan.least_rows =
        o.least_rows.value_or(space_.size() > kMostWithoutHalving ? kDefaultLeastRows : 0);
    parts_ = divide(data, o, training_.seed);
  }

  Result<Done> run() {
    auto prepared = train::prepare_training(data_, parts_.train, training_.weights);
    if (!prepared) return prepared.error();
    if (auto checked = check_choice(); !checked) return checked;
    say(fmt::format("{} connections in {} captures; {}\n", data_.connections.size(),
                    data_.captures.size(), data_line()));
    train::GridFile file(o_.results, space_, run_name(data_, space_, o_, options_.plan, parts_));
    if (!o_.resume && std::filesystem::exists(o_.results))
      return Error{
          fmt::format("{}: is there already; go on with it by --resume, or name another "
                      "file with -o",
                      o_.results)};
    if (o_.resume)
      if (auto resumed = file.resume(); !resumed) return resumed;
    if (auto begun = file.begin(); !begun) return begun;
    if (auto searched = search(*prepared, file); !searched) return searched;
    return report(*prepared, file);
  }

 private:
  Result<Done> check_choice() const {
    size_t mining = 0;
    for (const uint32_t row : parts_.validation) mining += data_.labels[row] > 0.5F ? 1U : 0U;
    if (mining > 0 && mining < parts_.validation.size()) return Done{};
    return Error{
        fmt::format("of the {} rows to choose by {} are mining; both classes are needed: "
                    "add captures, or take another --split or --seed",
                    parts_.validation.size(), mining)};
  }

  Result<Done> search(const train::TrainingRows& rows, train::GridFile& file) {
    const auto start = std::chrono::steady_clock::now();
    uint64_t all_rows = 0, done_rows = 0, done = 0;
    for (const train::Rung& rung :
         train::rungs(space_.size(), training_.epochs * rows.rows.size(), options_.plan))
      all_rows += rung.combinations * rung.rows;
    ProgressBar bar(fmt::format("{} combinations", space_.size()), all_rows);
    Status written = Done{};
    const bool ended = train::search_grid(
        space_, rows, parts_.validation, options_, simd_, stop_,
        [&](uint32_t rung, uint64_t combination) { return file.known(rung, combination); },
        [&](const train::GridScore& score) {
          done_rows += score.rows_trained;
          bar.update(done_rows, fmt::format("{} trained", ++done));
          written = file.add(score);
          return written.ok();
        });
    bar.finish();
    if (!written.ok()) return written;
    if (auto finished = file.finish(); !finished) return finished;
    if (!ended)
      return Error{
          fmt::format("{}: the search was stopped with {} trainings done; go on with "
                      "--resume",
                      o_.results, done + file.known_count())};
    const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::steady_clock::now() - start);
    say(fmt::format(
        "{} combinations, {} trainings in {} with {} at once{}; all of them: {}\n", space_.size(),
        done, display_duration(took.count()), o_.workers,
        file.known_count() > 0 ? fmt::format(", {} were there", file.known_count()) : "",
        o_.results));
    return Done{};
  }

  Result<Done> report(const train::TrainingRows& rows, const train::GridFile& file) {
    std::optional<Extremes> extremes;
    const auto plan =
        train::rungs(space_.size(), training_.epochs * rows.rows.size(), options_.plan);
    const auto read = file.for_each([&](const train::GridScore& score) {
      if (score.rung + 1 == plan.size()) take(extremes, score, options_.rank);
    });
    if (!read.ok()) return read;
    if (!extremes)
      return Error{
          "training diverged with every combination; give a lower learning_rate in a space "
          "of your own (docs/grid.md)"};
    auto best = train_again(rows, extremes->best.combination);
    if (!best) return best.error();
    const auto worst = train_again(rows, extremes->worst.combination);
    if (!worst) return worst.error();
    train::GridPageFacts facts{.data = data_line(), .rungs = plan, .rank = options_.rank};
    if (o_.split == "random") facts.caution = train::kRandomSplitFlatters;
    if (!parts_.test.empty()) {  // once the choice is made: what it is worth on rows without a part
      facts.best_tested = tested(*best);
      facts.worst_tested = tested(*worst);
    }
    tell(*extremes, facts);
    if (auto written = write_page(std::move(facts), file); !written) return written;
    return o_.model_path.empty() ? Result<Done>(Done{}) : write_model(*best);
  }

  void tell(const Extremes& extremes, const train::GridPageFacts& facts) const {
    say(fmt::format("\n{:<16} {:<22} {:>5} {:<8} {:<8} {:>7} {:>8} {:>9} {:>7} {:>7} {:>8}\n", "",
                    "hidden", "batch", "optim.", "activ.", "recall", "FPR", "precision", "F1",
                    "MCC", "accuracy"));
    const auto best = space_.at(extremes.best.combination);
    const auto worst = space_.at(extremes.worst.combination);
    print_score("best", best, extremes.best.counts);
    print_score("worst", worst, extremes.worst.counts);
    const double ahead =
        value_of(extremes.best, options_.rank) - value_of(extremes.worst, options_.rank);
    say(options_.rank == train::Rank::kLoss
            ? fmt::format("The best loss is lower by {:.4f}.\n", ahead)
            : fmt::format("The best is ahead by {:.1f} points of {}.\n", 100 * ahead, o_.rank));
    if (facts.best_tested) print_score("best, test rows", best, *facts.best_tested);
    if (facts.worst_tested) print_score("worst, test rows", worst, *facts.worst_tested);
    if (!facts.caution.empty()) say(facts.caution + "\n");
  }

  Status write_page(train::GridPageFacts facts, const train::GridFile& file) const {
    if (o_.page_path.empty()) return Done{};
    train::GridPage page(space_, std::move(facts));
    if (auto read = file.for_each([&](const train::GridScore& score) { page.take(score); });
        !read.ok())
      return read;
    return write_text_file(o_.page_path, page.to_html());
  }

  Status write_model(model::Model& model) const {
    model.provenance.training_data = train::fingerprint(data_);
    model.provenance.program_version = KANARIA_VERSION;
    if (auto saved = model::save_model(model, o_.model_path); !saved) return saved;
    say(fmt::format("{}: {} parameters written\n", o_.model_path, model.mlp.parameter_count()));
    return Done{};
  }

  std::string data_line() const {
    return fmt::format("{} rows to learn from, {} to choose by, {} to test on", parts_.train.size(),
                       parts_.validation.size(), parts_.test.size());
  }

  Result<model::Model> train_again(const train::TrainingRows& rows, uint64_t combination) const {
    train::TrainOptions options = with_combination(training_, space_.at(combination));
    options.patience = options.epochs;
    auto model = train::train_on(rows, {}, options, simd_, stop_, [](const train::EpochResult&) {});
    if (model && stop_.load(std::memory_order_relaxed))
      return Error{fmt::format("{}: stopped before {} was trained again; go on with --resume",
                               o_.results, train::widths_text(options.hidden))};
    return model;
  }

  train::Confusion tested(const model::Model& model) const {
    const auto logits = train::logits_of(model, data_, parts_.test, simd_);
    return train::confusion(logits, data_, parts_.test, model.thresholds.alarming_logit);
  }

  const GridChoice& o_;
  const train::DataSet& data_;
  train::GridSpace space_;
  nn::Simd simd_;
  const std::atomic<bool>& stop_ = interrupt_flag();
  train::TrainOptions training_;
  train::GridOptions options_;
  Parts parts_;
};

int run(const GridChoice& o) {
  const auto fail = [](const Error& error) {
    complain(error.sentence);
    return kFailed;
  };
  auto space = train::load_grid_space(o.space);
  if (!space) return fail(space.error());
  const auto simd = nn::choose_simd();
  if (!simd) return fail(simd.error());
  const auto data = read_rows(o);
  if (!data) return fail(data.error());
  GridRun grid(o, *data, *std::move(space), *simd);
  if (auto searched = grid.run(); !searched) return fail(searched.error());
  return data->faults.empty() ? kRan : kFailed;
}

}  // namespace

int grid_main(std::span<char*> arguments) {
  const ParsedGridChoice parsed = parse_grid_options(arguments);
  return parsed.exit_code ? *parsed.exit_code : run(parsed.choice);
}

}  // namespace kanaria::cli
