// SPDX-License-Identifier: Apache-2.0
// An evaluation boiled down to what is told of it: summaries by scope, finds by source, controls
// and baselines. Text, CSV and page are made from this alone.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "train/evaluation.h"
#include "train/header_rules.h"
#include "train/score_curve.h"
#include "train/source_control.h"
#include "train/summary.h"

namespace kanaria::train {

struct ScopeResult {
  std::string scope;  // "rows", "connections", "hosts"
  Summary summary;
  std::vector<CurvePoint> curve;
};

// Connections of one source: how many there are and of how many detect said `mining`.
struct SourceResult {
  std::string source;
  bool mining = false;
  uint64_t connections = 0;
  uint64_t found = 0;
};

struct BaselineResult {
  std::string name;
  Confusion counts;  // of connections
};

struct EvaluationReport {
  std::string split;
  size_t folds = 0;
  std::string lens;
  uint64_t rows = 0, connections = 0, captures = 0;
  uint32_t least_messages = 0;
  std::vector<ScopeResult> scopes;
  std::vector<SourceResult> sources;  // miners first, then by the number of connections
  uint64_t undecided_mining = 0, undecided_benign = 0;  // connections with too little to judge
  std::vector<double> seconds_to_alarm;                 // of found miners, ascending
  double area_of_knowing_the_source = 0.5;
  std::vector<SourceGuess> guesses;
  std::vector<BaselineResult> baselines;
};

// All but guesses and baselines, which cost time of their own.
EvaluationReport summarise(const DataSet& data, const EvaluationPlan& plan,
                           const Evaluation& evaluation, uint32_t least_messages);

// The rules of header_rules.h and "never mining" on the connections that were evaluated.
Result<std::vector<BaselineResult>> baselines(const DataSet& data, const Evaluation& evaluation,
                                              uint32_t least_messages);

// "Found after 85 s in the median and 390 s for 95 %, of 92 connections found." Requires: one was.
std::string found_after(const EvaluationReport& report);

// "scope,measure,value,low,high,cases" with a line a measure.
std::string csv_of(const EvaluationReport& report);

}  // namespace kanaria::train
