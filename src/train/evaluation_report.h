// SPDX-License-Identifier: Apache-2.0
// An evaluation boiled down to what is told of it: summaries by scope, finds by source, controls
// and baselines. Text, CSV and page are made from this alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/baselines.h"
#include "train/detection_time.h"
#include "train/evaluation_cases.h"
#include "train/false_alarms.h"
#include "train/kind_result.h"
#include "train/score_curve.h"
#include "train/source_control.h"
#include "train/summary.h"
#include "train/wrong_verdict.h"

namespace kanaria::train {

struct ScopeResult {
  std::string scope;  // "rows", "connections", "channels", "hosts"
  Summary summary;
  std::vector<CurvePoint> curve;
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
  std::vector<KindResult> kinds;  // miners first, then by the number of connections
  std::vector<WrongVerdict> wrong;
  std::vector<DetectionTimes> detection_times;  // of all miners first; none: no miner
  FalseAlarms per_connection_hour;              // of benign connections, however short
  FalseAlarms per_host_day;                     // of hosts that do not mine
  std::vector<std::string> perturbations;       // of the traffic judged, as they were named
  PerturbationCost cost;                        // of them
  double area_of_knowing_the_source = 0.5;
  std::vector<SourceGuess> guesses;
  std::vector<BaselineResult> baselines;
};

// All but guesses and baselines, which cost time of their own.
EvaluationReport summarise(const DataSet& data, const EvaluationPlan& plan,
                           const Evaluation& evaluation, uint32_t least_messages);

// "scope,measure,value,low,high,cases" with a line a measure.
std::string csv_of(const EvaluationReport& report);

}  // namespace kanaria::train
