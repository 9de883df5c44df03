// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/progress_bar.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/usage.h"
#include "feature/lens.h"
#include "train/labels.h"
#include "train/row_scores.h"
#include "train/split.h"
#include "train/trainer.h"

namespace kanaria::cli {
namespace {

struct Options {
  std::string labels_path;
  std::string model_path;
  std::string lens = "pair";
  std::string activation = "relu";
  std::string optimizer = "adam";
  std::string weights = "balanced";
  std::string schedule = "constant";
  std::string split = "capture";
  double test_share = 0;
  train::TrainOptions training;
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
  app.add_option("LABELS", o.labels_path,
                 "which connections of which captures mine (docs/labels.md)")
      ->required();
  app.add_option("-o", o.model_path, "write the model here")->type_name("MODEL.onnx");
  app.add_option("--lens", o.lens, "how connections are described: pair or header");
  app.add_option("--hidden", o.training.hidden, "nodes of each hidden layer")
      ->delimiter(',')
      ->check(CLI::Range(1, 4096))
      ->type_name("N,N")
      ->group("Model");
  app.add_option("--activation", o.activation, "of the hidden layers")
      ->check(CLI::IsMember({"relu", "tanh", "softsign"}))
      ->group("Model");
  app.add_option("--epochs", o.training.epochs, "at the most")
      ->check(CLI::Range(1, 100000))
      ->group("Training");
  app.add_option("--batch", o.training.batch, "rows a step")
      ->check(CLI::Range(1, 1 << 20))
      ->group("Training");
  app.add_option("--optimizer", o.optimizer, "with Keras 2.1.4's update rules and defaults")
      ->check(CLI::IsMember({"sgd", "rmsprop", "adagrad", "adam", "nadam"}))
      ->type_name("NAME")
      ->group("Training");
  app.add_option("--learning-rate", o.training.learning_rate,
                 "of the optimizer; default: its own, 0.001 of adam")
      ->check(CLI::PositiveNumber)
      ->group("Training");
  app.add_option("--schedule", o.schedule,
                 "of the learning rate over the epochs: constant, or linear to 0")
      ->check(CLI::IsMember({"constant", "linear"}))
      ->type_name("NAME")
      ->group("Training");
  app.add_option("--weights", o.weights,
                 "rows: equal (the thesis), or balanced by class and connection")
      ->check(CLI::IsMember({"equal", "balanced"}))
      ->group("Training");
  app.add_option("--validation", o.training.validation_share,
                 "share of the captures that decides when to stop; 0: none")
      ->check(CLI::Range(0.0, 0.9))
      ->group("Training");
  app.add_option("--seed", o.training.seed, "same seed, same model")->group("Training");
  app.add_option("--test", o.test_share,
                 "share put aside, never learnt from, and scored at the end; 0: none")
      ->check(CLI::Range(0.0, 0.9))
      ->group("Test");
  app.add_option("--split", o.split,
                 "what the test share is drawn from: capture, or random rows (flatters)")
      ->check(CLI::IsMember({"capture", "random"}))
      ->group("Test");
  app.footer(
      "examples:\n"
      "  kanaria train captures/LABELS.csv -o office.onnx\n"
      "  kanaria train captures/LABELS.csv --test 0.2 --split random --weights equal\n\n"
      "exit code: 0 trained, 1 failed, 2 wrong use");
  if ((parsed.exit_code =
           parse(app, "usage: kanaria train LABELS.csv [-o MODEL.onnx] [OPTION]...", arguments)))
    return parsed;
  o.training.activation = nn::activation_named(o.activation).value_or(nn::Activation::kRelu);
  o.training.optimizer = nn::optimizer_named(o.optimizer).value_or(nn::OptimizerKind::kAdam);
  o.training.schedule =
      o.schedule == "linear" ? train::LearningRate::kLinear : train::LearningRate::kConstant;
  o.training.weights =
      o.weights == "equal" ? train::RowWeights::kEqual : train::RowWeights::kBalanced;
  if (!is_one_of("lens", o.lens, feature::lens_names())) parsed.exit_code = kUsage;
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
  if (split == "random")
    say("Rows of one connection stand on both sides of a random split: this flatters.\n");
}

Result<train::DataSet> read_data(const Options& o) {
  auto labels = train::Labels::load(o.labels_path);
  if (!labels) return labels.error();
  ProgressBar bar("reading captures", labels->captures().size());
  return train::build_data_set(*labels, o.lens, [&](size_t count) { bar.update(count); });
}

int run(const Options& o) {
  const auto fail = [](const Error& error) {
    complain(error.sentence);
    return kFailed;
  };
  const auto simd = nn::choose_simd();
  if (!simd) return fail(simd.error());
  auto data = read_data(o);
  if (!data) return fail(data.error());

  for (const Error& fault : data->faults) complain(fault.sentence);
  const int exit_code = data->faults.empty() ? kRan : kFailed;

  const auto every_row = train::all_rows(*data);
  train::Split parts{every_row, {}};
  if (o.test_share > 0) {
    const auto by = train::split_named(o.split).value_or(train::SplitBy::kCapture);
    parts = train::split(*data, every_row, by, o.test_share, o.training.seed);
  }
  say(fmt::format("{} rows of {} connections in {} captures; {} to learn from, {} to test on\n",
                  data->rows(), data->connections.size(), data->captures.size(), parts.train.size(),
                  parts.test.size()));

  ProgressBar bar("training", o.training.epochs);
  auto model = train::train_model(
      *data, parts.train, o.training, *simd, interrupt_flag(),
      [&](const train::EpochResult& result) {
        bar.update(result.epoch, std::isnan(result.validation_loss)
                                     ? fmt::format("loss {:.5f}", result.loss)
                                     : fmt::format("loss {:.5f}, validation {:.5f}", result.loss,
                                                   result.validation_loss));
      });
  bar.finish();
  if (!model) return fail(model.error());

  if (!parts.test.empty()) {
    const auto logits = train::logits_of(*model, *data, parts.test, *simd);
    print_confusion(train::confusion(logits, *data, parts.test, model->thresholds.alarming_logit),
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
