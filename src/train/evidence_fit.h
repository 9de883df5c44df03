// SPDX-License-Identifier: Apache-2.0
// What a row's logit is worth on networks nobody has learnt from: its log-odds and the evidence
// threshold, fitted on logits out of fold (docs/adr/010-rhythm.md).
#pragma once

#include <span>

#include "model/model.h"
#include "train/data_set.h"

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

// Log-odds that never fall, joined by lines: of bins of logits, the logarithm of how much likelier
// mining is to be there than benign traffic, units weighed by the roots of their connections,
// pooled where it falls (Ayer et al. 1955), less the handicap. T: what the evidence of that share
// of benign connections exceeds. Copies are not looked at. Requires: rows of both classes that are
// no copies.
EvidenceFit fit_evidence(const DataSet& data, std::span<const uint32_t> rows,
                         std::span<const float> logits, const EvidenceOptions& options);

}  // namespace kanaria::train
