// SPDX-License-Identifier: Apache-2.0
// What a row's logit is worth on networks nobody has learnt from: its log-odds and the evidence
// threshold, fitted out of fold (docs/detection.md).
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/model.h"
#include "nn/simd.h"
#include "train/data_set.h"
#include "train/trainer.h"

namespace kanaria::train {

struct EvidenceOptions {
  size_t folds = 5;
  // Nats taken off each row's log-odds: rows of one connection repeat what they say, and networks
  // to come differ more from those learnt from than these differ from each other.
  double handicap = 1.5;
  double false_alarms = 4e-3;  // share of benign connections, each unit by the root of its number
  double least_threshold = 2;
};

struct EvidenceFit {
  model::Calibration calibration;
  double threshold = 0;
};

// Whether rows of benign, of mining connections are all of one unit: what one group says in one
// kind. Then no model is there that learnt that class from others.
std::array<bool, 2> classes_of_one_unit(const DataSet& data, std::span<const uint32_t> rows);

// Logits of rows by models that learnt from none of the same unit; where a class has but one unit,
// from none of the same connection, which flatters. In the order of `rows`. Copies and background
// are learnt from and scored like any other row. Fails when a class has but one connection.
// Requires: folds >= 2.
Result<std::vector<float>> logits_out_of_fold(const DataSet& data, std::span<const uint32_t> rows,
                                              const TrainOptions& training, size_t folds,
                                              nn::Simd simd, const std::atomic<bool>& stop,
                                              const std::function<void(size_t fold)>& progress);

// Log-odds that never fall, joined by lines: of bins of logits, the logarithm of how much likelier
// mining is to be there than benign traffic, units weighed by the roots of their connections,
// pooled where it falls (Ayer et al. 1955), less the handicap. T: what the evidence of that share
// of benign connections exceeds. Copies are not looked at. Requires: rows of both classes that are
// no copies.
EvidenceFit fit_evidence(const DataSet& data, std::span<const uint32_t> rows,
                         std::span<const float> logits, const EvidenceOptions& options);

}  // namespace kanaria::train
