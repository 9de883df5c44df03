// SPDX-License-Identifier: Apache-2.0
// What the commands that train have in common: the data they read, the network and how it learns.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/data_set.h"
#include "train/evidence_fit.h"
#include "train/labelled_rows.h"
#include "train/trainer.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's own
class App;
}

namespace kanaria::cli {

// --most-rows and --augment, of every command that reads captures for their rows.
void add_row_options(CLI::App& app, train::RowOptions& rows);

struct DataChoice {
  std::vector<std::string> paths;
  std::optional<std::string> lens;  // none: pair, or that of a data file
  train::RowOptions rows;           // of the captures, but for their lens
  std::vector<std::string> background;
  bool without_shipped_background = false;
};
void add_data_options(CLI::App& app, DataChoice& choice);
// --background, --no-background
void add_background_option(CLI::App& app, DataChoice& choice);
// Complains of an unknown lens.
bool is_usable(const DataChoice& choice);
// With a progress bar; complains of captures that could not be read whole (DataSet::faults).
Result<train::DataSet> read_data(const DataChoice& choice);

struct TrainingChoice {
  train::TrainOptions options;
  std::string activation = "relu";
  std::string optimizer = "adam";
  // Those not given follow from the lens.
  std::optional<std::string> weights, schedule;
  std::optional<std::vector<size_t>> hidden;
  std::optional<size_t> epochs, batch;
  std::optional<double> validation_share;
};
// --hidden, --activation, --batch, --optimizer, --learning-rate: what a grid's space decides.
void add_network_options(CLI::App& app, TrainingChoice& choice);
// --epochs, --schedule, --weights, --seed
void add_training_options(CLI::App& app, TrainingChoice& choice);
// Wrong use when any of those was given but --seed, or --augment or --background: `instead` names
// the option that brings a finished model, of which they say nothing.
std::optional<int> refuse_training_options(const CLI::App& app, std::string_view instead);
// What was chosen, the thesis's values where nothing was.
train::TrainOptions training_of(const TrainingChoice& choice);
// The same for these rows: lens `rhythm` has defaults of its own (docs/detection.md).
train::TrainOptions training_of(const TrainingChoice& choice, const train::DataSet& data);
// How rows of this lens become evidence; none: by the share of alarming ones, which needs no fit.
std::optional<train::EvidenceOptions> evidence_of(std::string_view lens);
// Says where log-odds are fitted on connections left out because a class has one unit alone.
void complain_of_one_unit(const train::DataSet& data, std::span<const uint32_t> rows);

}  // namespace kanaria::cli
