// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/progress_bar.h"
#include "cli/calibrate_from.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/training_options.h"
#include "cli/usage.h"
#include "train/out_of_fold.h"
#include "train/row_scores.h"
#include "train/split.h"
#include "train/trainer.h"

namespace kanaria::cli {
namespace {

struct Options {
  DataChoice data;
  TrainingChoice training;
  std::string model_path;
  std::string from_path;  // empty: train
  std::string split = "capture";
  double test_share = 0;
  std::vector<std::string> left_out;  // kinds
};

struct Parsed {
  std::optional<int> exit_code;
  Options options;
};

Parsed parse_options(std::span<char*> arguments) {
  Parsed parsed;
  Options& o = parsed.options;
  CLI::App app{"Train a model on captures and their labels.", "kanaria train"};
  app.option_defaults()->always_capture_default();
  add_data_options(app, o.data);
  app.add_option("-o", o.model_path, "write the model here")->type_name("MODEL.onnx");
  const CLI::Option* from =
      app.add_option(
             "--from", o.from_path,
             "do not train: calibrate this model of Keras, PyTorch, scikit-learn or kanaria")
          ->type_name("FILE.onnx");
  add_background_option(app, o.data);
  app.add_option("--leave-out", o.left_out, "kinds never to learn from")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->default_str("")
      ->type_name("KIND,KIND")
      ->group("Training");
  add_network_options(app, o.training);
  add_training_options(app, o.training);
  app.add_option("--validation", o.training.validation_share,
                 "share of the captures that decides when to stop; 0: none; default: 0.2, or 0 of "
                 "lens rhythm")
      ->check(CLI::Range(0.0, 0.9))
      ->group("Training");
  app.add_option("--test", o.test_share,
                 "share put aside, never learnt from, and scored at the end; 0: none")
      ->check(CLI::Range(0.0, 0.9))
      ->group("Test");
  app.add_option("--split", o.split,
                 "what the test share is drawn from: capture, kind, source, time (the latest), or "
                 "random rows (flatters)")
      ->type_name("NAME")
      ->group("Test");
  app.footer(
      "examples:\n"
      "  kanaria train captures/LABELS.csv -o office.onnx\n"
      "  kanaria train captures/LABELS.csv --test 0.2 --split random --weights equal\n"
      "  kanaria train captures/LABELS.csv --from keras.onnx -o office.onnx\n\n"
      "exit code: 0 trained, 1 failed, 2 wrong use");
  if ((parsed.exit_code =
           parse(app, "usage: kanaria train DATA... [-o MODEL.onnx] [OPTION]...", arguments)))
    return parsed;
  if (from->count() > 0) parsed.exit_code = refuse_training_options(app, "--from");
  if (!is_usable(o.data) || !is_one_of("split", o.split, train::split_names()))
    parsed.exit_code = kUsage;
  if (o.model_path.empty() && o.test_share == 0) {
    complain("nothing to do: name a model to write with -o, or a share to test on with --test");
    parsed.exit_code = kUsage;
  }
  return parsed;
}

void print_confusion(const train::Confusion& c, const std::string& split) {
  say(fmt::format("{:<18} {:>12} {:>12}\n", "", "found mining", "found benign"));
  say(fmt::format("{:<18} {:>12} {:>12}\n", "mining", c.true_positives, c.false_negatives));
  say(fmt::format("{:<18} {:>12} {:>12}\n", "benign", c.false_positives, c.true_negatives));
  say(fmt::format("recall {:.4f}  FPR {:.5f}  precision {:.4f}  F1 {:.4f}  accuracy {:.4f}\n",
                  c.recall(), c.false_positive_rate(), c.precision(), c.f1(), c.accuracy()));
  if (split == "random") say(fmt::format("{}\n", train::kRandomSplitFlatters));
}

// Of rows to learn from.
Status leave_out(const std::vector<std::string>& kinds, const train::DataSet& data,
                 std::vector<uint32_t>& rows) {
  for (const std::string& kind : kinds) {
    if (std::ranges::find(data.connections, kind, &train::LabelledConnection::kind) ==
        data.connections.end())
      return Error{fmt::format(
          "--leave-out: no connection is of kind '{}'; see the labels' column 'kind'", kind)};
    std::erase_if(
        rows, [&](uint32_t row) { return data.connections[data.connection[row]].kind == kind; });
  }
  return Done{};
}

Result<model::Model> train_anew(const train::TrainOptions& training, const train::DataSet& data,
                                std::span<const uint32_t> rows, nn::Simd simd) {
  if (training.validation_share > 0 && train::check_classes(data, rows).ok() &&
      train::validation_split(data, rows) == train::SplitBy::kConnection)
    complain(
        "fewer than 2 captures hold mining, or fewer than 2 hold benign rows: connections instead "
        "of captures decide when to stop, which flatters; add captures");
  ProgressBar bar("training", training.epochs);
  return train::train_model(
      data, rows, training, simd, interrupt_flag(), [&](const train::EpochResult& result) {
        bar.update(result.epoch, std::isnan(result.validation_loss)
                                     ? fmt::format("loss {:.5f}", result.loss)
                                     : fmt::format("loss {:.5f}, validation {:.5f}", result.loss,
                                                   result.validation_loss));
      });
}

// Whether it got better on the rows at hand: each judged by models that learnt from none of its
// kind, beside the built-in model.
void compare_with_built_in(const model::Model& model, const train::DataSet& data,
                           std::span<const uint32_t> rows, std::span<const float> logits,
                           nn::Simd simd) {
  const auto built_in = model::default_model(data.lens);
  if (!built_in) return;
  const auto own = train::dealt_rows(data, rows);
  std::vector<float> log_odds;
  for (size_t i = 0, next = 0; i < rows.size() && next < own.size(); ++i) {
    if (rows[i] != own[next]) continue;
    log_odds.push_back(logits[i]);
    ++next;
  }
  model.calibration.apply(log_odds);
  const auto one_unit = train::classes_of_one_unit(data, rows);
  const auto line = [](std::string_view name, const train::Confusion& c) {
    say(fmt::format("{:<32} recall {:.4f}  FPR {:.5f}\n", name, c.recall(),
                    c.false_positive_rate()));
  };
  say(fmt::format("On your {} rows, a row alarming above log-odds 0:\n", own.size()));
  line(one_unit[0] || one_unit[1] ? "this model, connections left out"
                                  : "this model, kinds left out",
       train::confusion(log_odds, data, own, 0.0F));
  line("the built-in model",
       train::confusion(train::logits_of(*built_in, data, own, simd), data, own, 0.0F));
}

// Makes the model's logits evidence where its lens sums them up.
Status fit_evidence(model::Model& model, const train::TrainOptions& training,
                    const train::DataSet& data, std::span<const uint32_t> rows, nn::Simd simd) {
  const auto options = evidence_of(data.lens);
  if (!options) return Done{};
  complain_of_one_unit(data, rows);
  ProgressBar bar("calibrating", options->folds);
  const auto logits =
      train::logits_out_of_fold(data, rows, training, options->folds, simd, interrupt_flag(),
                                [&](size_t fold) { bar.update(fold + 1); });
  bar.finish();
  if (!logits) return logits.error();
  auto fit = train::fit_evidence(data, rows, *logits, *options);
  model.calibration = std::move(fit.calibration);
  model.thresholds.evidence_threshold = fit.threshold;
  say(fmt::format("evidence threshold {:.2f}\n", fit.threshold));
  compare_with_built_in(model, data, rows, *logits, simd);
  return Done{};
}

int run(const Options& o) {
  const auto fail = [](const Error& error) {
    complain(error.sentence);
    return kFailed;
  };
  const auto simd = nn::choose_simd();
  if (!simd) return fail(simd.error());
  if (!o.from_path.empty())  // refused before captures are read, which may take long
    if (const auto network = model::load_network(o.from_path); !network)
      return fail(network.error());
  DataChoice choice = o.data;
  choice.rows.seed = o.training.options.seed;
  const auto data = read_data(choice);
  if (!data) return fail(data.error());
  const int exit_code = data->faults.empty() ? kRan : kFailed;
  const train::TrainOptions training = training_of(o.training, *data);

  const auto every_row = train::all_rows(*data);
  train::Split parts{every_row, {}};
  if (o.test_share > 0) {
    const auto by = train::split_named(o.split).value_or(train::SplitBy::kCapture);
    parts = train::split(*data, every_row, by, o.test_share, training.seed);
  }
  if (auto left = leave_out(o.left_out, *data, parts.train); !left) return fail(left.error());
  say(fmt::format("{} rows of {} connections in {} captures; {} to learn from, {} to test on\n",
                  data->rows(), data->connections.size(), data->captures.size(), parts.train.size(),
                  parts.test.size()));

  auto model = o.from_path.empty() ? train_anew(training, *data, parts.train, *simd)
                                   : calibrate_from(o.from_path, *data, parts.train, *simd);
  if (!model) return fail(model.error());
  if (o.from_path.empty())
    if (auto fitted = fit_evidence(*model, training, *data, parts.train, *simd); !fitted)
      return fail(fitted.error());

  // A foreign model is shown on the rows it was calibrated on when no others were put aside.
  const auto shown = o.from_path.empty() || !parts.test.empty()
                         ? parts.test
                         : train::dealt_rows(*data, parts.train);
  if (!shown.empty()) {
    const auto log_odds = train::logits_of(*model, *data, shown, *simd);
    print_confusion(train::confusion(log_odds, *data, shown, model->thresholds.alarming_logit),
                    o.split);
  }
  if (o.model_path.empty()) return exit_code;
  model->provenance.training_data = train::fingerprint(*data);
  model->provenance.program_version = KANARIA_VERSION;
  if (auto saved = model::save_model(*model, o.model_path); !saved) return fail(saved.error());
  say(fmt::format("{}: {} parameters written\n", o.model_path, model->mlp.parameter_count()));
  return exit_code;
}

}  // namespace

int train_main(std::span<char*> arguments) {
  const Parsed parsed = parse_options(arguments);
  return parsed.exit_code ? *parsed.exit_code : run(parsed.options);
}

}  // namespace kanaria::cli
