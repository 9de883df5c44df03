// SPDX-License-Identifier: Apache-2.0
#include "cli/training_options.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/progress_bar.h"
#include "cli/command.h"
#include "cli/shipped_background.h"
#include "cli/usage.h"
#include "feature/lens.h"
#include "feature/rhythm_lens.h"
#include "train/load_data.h"
#include "train/out_of_fold.h"

namespace kanaria::cli {

void add_row_options(CLI::App& app, train::RowOptions& rows) {
  app.add_option("--most-rows", rows.most_rows,
                 "of a connection: the first N/2 as they come, then ever fewer; default: all")
      ->check(CLI::Range(1, 1 << 30))
      ->type_name("N")
      ->group("Rows");
  app.add_option("--augment", rows.copies,
                 "so many changed copies of each connection beside it, to learn from "
                 "(docs/dataset.md)")
      ->check(CLI::Range(0, 1000))
      ->type_name("N")
      ->group("Rows");
}

void add_data_options(CLI::App& app, DataChoice& choice) {
  app.add_option(
         "DATA", choice.paths,
         "LABELS.csv (docs/labels.md) and DATA.csv made by 'kanaria dataset', in any number")
      ->required()
      ->default_str("")
      ->type_name(" ");
  app.add_option("--lens", choice.lens,
                 "how connections are described: pair (the thesis), rhythm or header; default: "
                 "pair, or that "
                 "of DATA.csv")
      ->type_name("NAME");
  add_row_options(app, choice.rows);
}

bool is_usable(const DataChoice& choice) {
  return !choice.lens || is_one_of("lens", *choice.lens, feature::lens_names());
}

void add_background_option(CLI::App& app, DataChoice& choice) {
  app.add_option(
         "--background", choice.background,
         "LABELS.csv or DATA.csv to learn from beside DATA and never to test on; repeatable")
      ->allow_extra_args(false)
      ->default_str("")
      ->type_name("FILE")
      ->group("Training");
  app.add_flag("--no-background", choice.without_shipped_background,
               "lens rhythm: without the rows kanaria brings along")
      ->group("Training");
}

namespace {

// With a progress bar.
Result<train::DataSet> load(const std::vector<std::string>& paths,
                            const std::optional<std::string>& lens, const train::RowOptions& rows) {
  ProgressBar bar("reading", 1000);
  auto data = train::load_data(
      paths, lens, rows, [&](double share) { bar.update(static_cast<uint64_t>(share * 1000)); });
  bar.finish();
  return data;
}

}  // namespace

Result<train::DataSet> read_data(const DataChoice& choice) {
  auto data = load(choice.paths, choice.lens, choice.rows);
  if (!data) return data;
  const bool changes_rows = choice.rows.most_rows || choice.rows.copies > 0;
  if (changes_rows && train::connections_from_captures(*data) == 0)
    return Error{
        "--most-rows and --augment are for captures, and data files hold rows already: give them "
        "to 'kanaria dataset', or name LABELS.csv"};
  std::vector<std::string> files = choice.background;
  if (files.empty() && !choice.without_shipped_background &&
      data->lens == feature::RhythmLens::kName) {
    if (const auto shipped = shipped_background())
      files.push_back(*shipped);
    else
      complain(
          "there is no background.csv.zst beside the program, so your rows alone are learnt from, "
          "and look-alikes that they lack will be accused: name it with --background, or decline "
          "it with --no-background");
  }
  if (!files.empty()) {
    auto background = load(files, data->lens, choice.rows);
    if (!background) return background;
    train::make_background(*background);
    train::append(*data, *std::move(background));
  }
  for (const Error& fault : data->faults) complain(fault.sentence);
  return data;
}

void add_network_options(CLI::App& app, TrainingChoice& choice) {
  train::TrainOptions& o = choice.options;
  app.add_option(
         "--hidden", choice.hidden,
         "nodes of each hidden layer, 1 to 7 of them; default: 40,40, or 96,96 of lens rhythm")
      ->delimiter(',')
      ->expected(1, 7)
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 4096))
      ->type_name("N,N")
      ->group("Network");
  app.add_option("--activation", choice.activation, "of the hidden layers")
      ->check(CLI::IsMember({"relu", "tanh", "softsign"}))
      ->type_name("NAME")
      ->group("Network");
  app.add_option("--batch", choice.batch, "rows a step; default: 128, or 512 of lens rhythm")
      ->check(CLI::Range(1, 1 << 20))
      ->group("Training");
  app.add_option("--optimizer", choice.optimizer, "with Keras 2.1.4's update rules and defaults")
      ->check(CLI::IsMember({"sgd", "rmsprop", "adagrad", "adam", "nadam"}))
      ->type_name("NAME")
      ->group("Training");
  app.add_option("--learning-rate", o.learning_rate,
                 "of the optimizer; default: its own, 0.001 of adam")
      ->check(CLI::PositiveNumber)
      ->group("Training");
}

void add_training_options(CLI::App& app, TrainingChoice& choice) {
  train::TrainOptions& o = choice.options;
  app.add_option("--epochs", choice.epochs,
                 "at the most; default: 50, or of lens rhythm as many as make 24 million rows")
      ->check(CLI::Range(1, 100000))
      ->group("Training");
  app.add_option("--schedule", choice.schedule,
                 "of the learning rate over the epochs: constant, or linear to 0 (lens rhythm)")
      ->check(CLI::IsMember({"constant", "linear"}))
      ->type_name("NAME")
      ->group("Training");
  app.add_option(
         "--weights", choice.weights,
         "rows: equal (the thesis), balanced by class and connection, or by sources: class, "
         "group and kind (lens rhythm; docs/evaluation.md)")
      ->check(CLI::IsMember(
          std::vector<std::string>(train::weights_names().begin(), train::weights_names().end())))
      ->type_name("NAME")
      ->group("Training");
  app.add_option("--seed", o.seed, "same seed, same result")->group("Training");
}

std::optional<int> refuse_training_options(const CLI::App& app, std::string_view instead) {
  for (const CLI::Option* option : app.get_options()) {
    const bool trains = option->get_group() == "Network" || option->get_group() == "Training";
    const bool chooses_rows = option->check_name("--augment");
    if (!(trains || chooses_rows) || option->count() == 0 || option->check_name("--seed")) continue;
    complain(fmt::format("{} is for training, and {} does not train; leave one of the two out",
                         option->get_name(), instead));
    return kUsage;
  }
  return std::nullopt;
}

train::TrainOptions training_of(const TrainingChoice& choice) {
  train::TrainOptions options = choice.options;
  options.hidden = choice.hidden.value_or(options.hidden);
  options.batch = choice.batch.value_or(options.batch);
  options.epochs = choice.epochs.value_or(options.epochs);
  options.validation_share = choice.validation_share.value_or(options.validation_share);
  options.activation = nn::activation_named(choice.activation).value_or(nn::Activation::kRelu);
  options.optimizer = nn::optimizer_named(choice.optimizer).value_or(nn::OptimizerKind::kAdam);
  options.schedule = choice.schedule.value_or("constant") == "linear"
                         ? train::LearningRate::kLinear
                         : train::LearningRate::kConstant;
  options.weights = train::weights_named(choice.weights.value_or("balanced"))
                        .value_or(train::RowWeights::kBalanced);
  return options;
}

train::TrainOptions training_of(const TrainingChoice& choice, const train::DataSet& data) {
  if (data.lens != feature::RhythmLens::kName) return training_of(choice);
  constexpr size_t kRowsLearnt = 24'000'000;
  TrainingChoice chosen = choice;
  chosen.hidden = choice.hidden.value_or(std::vector<size_t>{96, 96});
  chosen.batch = choice.batch.value_or(512);
  chosen.epochs = choice.epochs.value_or(
      std::clamp<size_t>(kRowsLearnt / std::max<size_t>(1, data.rows()), 5, 100));
  chosen.schedule = choice.schedule.value_or("linear");
  chosen.weights = choice.weights.value_or("sources");
  chosen.validation_share = choice.validation_share.value_or(0.0);
  if (!choice.options.learning_rate) chosen.options.learning_rate = 3e-3;
  chosen.options.weight_decay = 1e-3;
  return training_of(chosen);
}

std::optional<train::EvidenceOptions> evidence_of(std::string_view lens) {
  if (lens != feature::RhythmLens::kName) return std::nullopt;
  return train::EvidenceOptions();
}

void complain_of_one_unit(const train::DataSet& data, std::span<const uint32_t> rows) {
  const auto [benign, mining] = train::classes_of_one_unit(data, rows);
  if (!benign && !mining) return;
  const std::string_view classes = benign && mining ? "mining and benign"
                                   : mining         ? "mining"
                                                    : "benign";
  complain(
      fmt::format("{} rows are all of one group and kind: log-odds are fitted on connections left "
                  "out instead of kinds, which flatters; add captures of other kinds",
                  classes));
}

}  // namespace kanaria::cli
