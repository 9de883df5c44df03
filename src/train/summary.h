// SPDX-License-Identifier: Apache-2.0
// Cases with a label, a verdict and a score -> every measure of detection with its 95 % interval.
// Cases of one capture are not independent, so intervals are bootstrapped over whole captures
// (Field & Welsh 2007), and never narrower than Wilson's (1927) for independent cases: docs/
// evaluation.md, "Intervals".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/confusion.h"

namespace kanaria::train {

// A row, a connection or a host.
struct Case {
  uint32_t cluster;  // the capture it stands in
  bool mining;       // the label
  bool found;        // the verdict
  float score;       // what the verdict rests on: the higher, the more it looks like mining
};

// A case's score is a log-odds (then there is a calibration error), or only an order.
enum class ScoreKind : uint8_t { kLogOdds, kOrder };

// With fewer cases behind it no rate is told, only the cases.
inline constexpr uint64_t kLeastCases = 10;

struct Estimate {
  double value = 0;
  double low = 0;  // of the 95 % interval
  double high = 0;
  uint64_t cases = 0;  // that it rests on
};

enum class Measure : uint8_t {
  kRecall,
  kFalsePositiveRate,
  kPrecision,
  kF1,
  kAccuracy,
  kErrorRate,
  kMcc,
  kRocArea,
  kPrArea,            // average precision
  kCalibrationError,  // expected, 15 bins of equal width (Naeini et al. 2015); log-odds only
};
inline constexpr size_t kMeasures = 10;
std::string_view name(Measure measure);

// Shares of mining cases that precision is told for.
inline constexpr std::array<double, 4> kBaseRates{1e-2, 1e-3, 1e-4, 1e-5};

struct Summary {
  Confusion counts;
  uint64_t clusters = 0;
  std::array<std::optional<Estimate>, kMeasures> measures;  // nullopt: fewer than kLeastCases
  // Precision where that share of all cases mines, from recall and false-positive rate.
  std::array<std::optional<Estimate>, kBaseRates.size()> precision_at;

  const std::optional<Estimate>& of(Measure measure) const {
    return measures[static_cast<size_t>(measure)];
  }
};

// The same seed gives the same intervals.
Summary summarise(std::span<const Case> cases, ScoreKind kind, uint64_t seed);

// "0.9540 (0.8877–0.9900)", or that there were too few cases.
std::string estimate_text(const std::optional<Estimate>& estimate);
// The same to two digits, however small: "4.8e-05 (1.9e-05–0.00013)".
std::string small_estimate_text(const std::optional<Estimate>& estimate);

// 95 % interval of Wilson (1927) for `hits` of `cases` > 0.
Estimate wilson(uint64_t hits, uint64_t cases);

}  // namespace kanaria::train
