// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/progress_bar.h"
#include "cli/command.h"
#include "cli/evaluation_text.h"
#include "cli/interrupt.h"
#include "cli/model_file.h"
#include "cli/text_file.h"
#include "cli/training_options.h"
#include "cli/usage.h"
#include "detect/model_lens.h"
#include "train/evaluation_page.h"
#include "train/evaluation_report.h"
#include "train/labelled_rows.h"
#include "train/split.h"

namespace kanaria::cli {
namespace {

constexpr size_t kSourcesGuessed = 5;

struct Options {
  DataChoice data;
  TrainingChoice training;
  std::string model_path;
  std::string split = "capture";
  size_t folds = 5;
  uint32_t least_messages = 24;
  bool controls = false;
  std::vector<std::string> perturbations;
  std::string csv_path;
  std::string errors_path;
  std::string page_path;
};

struct Parsed {
  std::optional<int> exit_code;
  Options options;
};

Parsed parse_options(std::span<char*> arguments) {
  Parsed parsed;
  Options& o = parsed.options;
  CLI::App app{"How well are miners found that were not learnt from?", "kanaria evaluate"};
  app.option_defaults()->always_capture_default();
  add_data_options(app, o.data);
  app.add_option(
         "--split", o.split,
         "what is never on both sides: capture, kind, source, time (the latest are tested), "
         "or random rows (the thesis; flatters)")
      ->type_name("NAME");
  app.add_option("--folds", o.folds,
                 "parts that are tested in turn, by models trained on the others")
      ->check(CLI::Range(2, 1000))
      ->type_name("N");
  app.add_option("--model", o.model_path, "evaluate this model as it is, instead of training any")
      ->type_name("MODEL.onnx");
  app.add_option("--least-messages", o.least_messages,
                 "connections and hosts with fewer are not counted")
      ->type_name("N");
  app.add_flag("--controls", o.controls,
               "beside it: how well the source is guessed, and simpler ways of finding miners");
  app.add_option("--perturb", o.perturbations,
                 "verdicts on traffic changed like this, e.g. padding:256; may be repeated "
                 "(docs/dataset.md)")
      ->allow_extra_args(false)
      ->type_name("NAME:AMOUNT")
      ->default_str("");
  app.add_option("--errors", o.errors_path, "a line for each connection judged wrongly")
      ->type_name("FILE.csv");
  app.add_option("-o", o.csv_path, "every measure with its interval")->type_name("FILE.csv");
  app.add_option("--html", o.page_path, "a page with charts")->type_name("FILE.html");
  add_background_option(app, o.data);
  add_network_options(app, o.training);
  add_training_options(app, o.training);
  app.footer(
      "examples:\n"
      "  kanaria evaluate captures/LABELS.csv --split source\n"
      "  kanaria evaluate captures/LABELS.csv --model own.onnx\n\n"
      "exit code: 0 evaluated, 1 failed, 2 wrong use");
  if ((parsed.exit_code = parse(app, "usage: kanaria evaluate DATA... [OPTION]...", arguments)))
    return parsed;
  if (!is_usable(o.data) || !is_one_of("split", o.split, train::split_names()))
    parsed.exit_code = kUsage;
  if (!o.model_path.empty() && !parsed.exit_code)
    parsed.exit_code = refuse_training_options(app, "--model");
  if (!o.model_path.empty() && app.get_option("--split")->count() > 0) {
    complain("--model is evaluated as it is, on all data: leave --split or --model out");
    parsed.exit_code = kUsage;
  }
  return parsed;
}

// Perturbations as told; a sentence when one is not known or there is nothing to see of it.
Result<std::vector<train::Perturbation>> perturbations_of(const Options& o, std::string_view lens) {
  train::RowOptions rows{.lens = std::string(lens)};
  for (const std::string& spec : o.perturbations) {
    const auto perturbation = train::parse_perturbation(spec);
    if (!perturbation) return perturbation.error();
    rows.perturbations.push_back(*perturbation);
  }
  if (const auto checked = train::check_row_options(rows); !checked) return checked.error();
  return rows.perturbations;
}

// A model is refused before captures are read, which may take long.
Result<train::EvaluationPlan> plan_of(const Options& o) {
  train::EvaluationPlan plan;
  plan.by = train::split_named(o.split).value_or(train::SplitBy::kCapture);
  plan.folds = o.folds;
  plan.training = training_of(o.training);
  if (!o.model_path.empty()) {
    auto model = load_model(o.model_path, o.data.lens);
    if (!model) return model.error();
    if (const auto lens = detect::lens_of(*model, {}); !lens) return lens.error();
    plan.model = *std::move(model);
  }
  auto perturbations =
      perturbations_of(o, plan.model ? plan.model->lens : o.data.lens.value_or("pair"));
  if (!perturbations) return perturbations.error();
  plan.perturbations = *std::move(perturbations);
  return plan;
}

// Rows of the model's own lens when there is a model.
Result<train::DataSet> data_of(const Options& o, const train::EvaluationPlan& plan) {
  DataChoice choice = o.data;
  choice.rows.seed = plan.training.seed;
  if (plan.model) {
    choice.lens = plan.model->lens;
    choice.without_shipped_background = true;
  }
  auto data = read_data(choice);
  if (data && plan.model && plan.model->provenance.training_data == train::fingerprint(*data))
    complain("this model was trained on these very rows: what follows flatters");
  return data;
}

size_t connections_beside_background(const train::DataSet& data) {
  return static_cast<size_t>(
      std::ranges::count(data.connections, false, &train::LabelledConnection::background));
}

Result<train::EvaluationReport> evaluate(const Options& o, const train::EvaluationPlan& plan,
                                         const train::DataSet& data) {
  const auto simd = nn::choose_simd();
  if (!simd) return simd.error();
  const size_t from_captures = train::connections_from_captures(data);
  const bool by_rows_only =
      from_captures == 0 || (!plan.model && plan.by == train::SplitBy::kRandom);
  if (from_captures == 0)
    complain("a data file holds rows only: name LABELS.csv for verdicts on connections and hosts");
  else if (const size_t all = connections_beside_background(data);
           !by_rows_only && from_captures < all)
    complain(fmt::format("data files hold rows only: verdicts are told of {} of {} connections",
                         from_captures, all));
  if (by_rows_only && !plan.perturbations.empty())
    return Error{
        "--perturb asks for verdicts, and there are none of a data file or a random split; name "
        "LABELS.csv and another --split"};
  ProgressBar bar("folds", plan.folds);
  const auto evaluation = train::evaluate(
      data, plan, by_rows_only ? train::Verdicts::kNone : train::Verdicts::kOfConnections, *simd,
      {interrupt_flag(), [&](size_t fold) { bar.update(fold + 1); }});
  bar.finish();
  if (!evaluation) return evaluation.error();
  auto report = train::summarise(data, plan, *evaluation, o.least_messages);
  report.split = plan.model ? "" : o.split;
  report.perturbations = o.perturbations;
  if (!o.controls) return report;
  auto guesses =
      train::guess_sources(data, plan.training, kSourcesGuessed, *simd, interrupt_flag());
  if (!guesses) return guesses.error();
  report.guesses = *std::move(guesses);
  auto baselines =
      train::baselines(data, plan, *evaluation, o.least_messages, *simd, interrupt_flag());
  if (!baselines) return baselines.error();
  report.baselines = *std::move(baselines);
  return report;
}

int run(const Options& o) {
  const auto fail = [](const Error& error) {
    complain(error.sentence);
    return kFailed;
  };
  auto plan = plan_of(o);
  if (!plan) return fail(plan.error());
  const auto data = data_of(o, *plan);
  if (!data) return fail(data.error());
  plan->training = training_of(o.training, *data);
  plan->evidence = evidence_of(data->lens);
  if (plan->evidence && !plan->model) complain_of_one_unit(*data, train::all_rows(*data));
  const auto report = evaluate(o, *plan, *data);
  if (!report) return fail(report.error());
  say(text_of(*report));
  if (!o.csv_path.empty())
    if (auto written = write_text_file(o.csv_path, csv_of(*report)); !written)
      return fail(written.error());
  if (!o.errors_path.empty())
    if (auto written = write_text_file(o.errors_path, csv_of(report->wrong)); !written)
      return fail(written.error());
  if (!o.page_path.empty())
    if (auto written = write_text_file(o.page_path, html_of(*report)); !written)
      return fail(written.error());
  return data->faults.empty() ? kRan : kFailed;
}

}  // namespace

int evaluate_main(std::span<char*> arguments) {
  const Parsed parsed = parse_options(arguments);
  return parsed.exit_code ? *parsed.exit_code : run(parsed.options);
}

}  // namespace kanaria::cli
