// SPDX-License-Identifier: Apache-2.0
#include "cli/grid_options.h"

#include <array>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/usage.h"
#include "train/split.h"

namespace kanaria::cli {
namespace {

constexpr std::array<std::string_view, 3> kSpaces{"thesis", "thesis-independent", "FILE.toml"};

void add_grid_options(CLI::App& app, GridChoice& o) {
  app.add_option(
         "--space", o.space,
         "thesis (672 combinations), thesis-independent (524,256), or a file (docs/grid.md)")
      ->type_name("NAME|FILE.toml")
      ->group("Search");
  app.add_option("--rank", o.rank,
                 "what is best: f1, mcc, accuracy or loss, on the rows to choose by")
      ->check(CLI::IsMember({"f1", "mcc", "accuracy", "loss"}))
      ->type_name("NAME")
      ->group("Search");
  app.add_option("--halving", o.least_rows,
                 "rows that all combinations are trained on before the best quarter goes on with "
                 "four times as many; 0: all on everything; default: 2048 for spaces above 10,000")
      ->type_name("ROWS")
      ->group("Search");
  app.add_option("--rows", o.most_rows, "draw so many rows of the data at random; default: all")
      ->check(CLI::Range(10, 1 << 30))
      ->type_name("N")
      ->group("Search");
  app.add_option("-j", o.workers, "trainings at once")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->group("Search");
  app.add_flag("--resume", o.resume, "go on where an interrupted search with the same -o stopped")
      ->group("Search");
  app.add_option("--test", o.test_share, "share of the data put aside; scored once, at the end")
      ->check(CLI::Range(0.0, 0.9))
      ->group("Split");
  app.add_option("--validation", o.validation_share, "share of the rest to choose by")
      ->check(CLI::Range(0.01, 0.9))
      ->group("Split");
  app.add_option(
         "--split", o.split,
         "what both shares are drawn from: capture, kind, source, time, or random rows (the "
         "thesis; flatters)")
      ->type_name("NAME")
      ->group("Split");
}

}  // namespace

ParsedGridChoice parse_grid_options(std::span<char*> arguments) {
  ParsedGridChoice parsed;
  GridChoice& o = parsed.choice;
  CLI::App app{
      "Which network and which way of training is best? Tries every combination of a space.",
      "kanaria grid"};
  app.option_defaults()->always_capture_default();
  add_data_options(app, o.data);
  app.add_option("-o", o.results, "a row a combination, as they are finished")
      ->type_name("FILE.csv");
  app.add_option("--html", o.page_path, "a page with charts")->type_name("FILE.html");
  app.add_option("--model", o.model_path, "write the best model here")->type_name("MODEL.onnx");
  add_grid_options(app, o);
  add_training_options(app, o.training);
  app.footer(
      "examples:\n"
      "  kanaria grid captures/LABELS.csv\n"
      "  kanaria grid pairs.csv.zst --split random --weights equal -o thesis.csv\n\n"
      "exit code: 0 searched, 1 failed or stopped before the end, 2 wrong use");
  if ((parsed.exit_code =
           parse(app, "usage: kanaria grid DATA... [-o FILE.csv] [OPTION]...", arguments)))
    return parsed;
  if (!is_usable(o.data) || !is_one_of("split", o.split, train::split_names()) ||
      !(o.space.ends_with(".toml") || is_one_of("space", o.space, kSpaces)))
    parsed.exit_code = kUsage;
  return parsed;
}

}  // namespace kanaria::cli
