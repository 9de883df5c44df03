// SPDX-License-Identifier: Apache-2.0
// A trained detector: which lens its rows come from, how they are scaled, the MLP, and the
// thresholds that turn logits into verdicts. Kept in one ONNX file (docs/model.md).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "nn/input_scaling.h"
#include "nn/mlp.h"

namespace kanaria::model {

// A hundred times the thesis's largest MLP, and few enough that no file can ask for the machine's
// memory. Files with more weights are refused.
inline constexpr size_t kMostWeights = 1 << 20;

// What happens to a raw row: scaled, then scored with one logit.
struct Network {
  nn::InputScaling scaling;
  nn::Mlp mlp;
};

struct CalibrationPoint {
  double logit = 0;
  double log_odds = 0;
};

// The log-odds of mining that a logit means: on the lines that join the points, the end points'
// beyond them; without points slope * logit + intercept (Platt 1999). The identity unless something
// was fitted.
struct Calibration {
  double slope = 1;
  double intercept = 0;
  std::vector<CalibrationPoint> points{};  // none, or at least 2; logits rise, log-odds never fall

  double log_odds(double logit) const;
  // Logits become log-odds, in place.
  void apply(std::span<float> logits) const;
};

// How a connection's rows become a verdict (docs/definitions.md): by the sum of their log-odds
// where there is an evidence threshold, by the share of alarming ones where there is none.
struct Thresholds {
  float alarming_logit = 0.0F;                 // a row whose log-odds are above it is alarming
  double alarming_share = 0.5;                 // T of the share
  std::optional<double> evidence_threshold{};  // T of the sum

  double threshold() const { return evidence_threshold.value_or(alarming_share); }
};

// How the model came to be; written into the file, never used to decide.
struct Provenance {
  std::string training_data;  // SHA-256 of the data set, hexadecimal
  std::string description;
  uint64_t seed = 0;
  std::string program_version;
};

struct Model {
  std::string lens;
  int lens_version = 1;
  std::vector<std::string> value_names;
  nn::InputScaling scaling;
  nn::Mlp mlp;
  Calibration calibration{};
  Thresholds thresholds;
  Provenance provenance;
};

// ONNX, opset 13, IR version 8: raw row -> Sub, Div, Clip -> (Gemm, activation)… -> Gemm -> logit
// -> Sigmoid. The same model gives the same bytes.
std::string to_onnx(const Model& model);
// `name` begins error sentences. Refuses what is not an MLP by naming the operator in the way.
Result<Model> from_onnx(std::string_view name, std::span<const uint8_t> bytes);

Result<Model> load_model(const std::string& path);

// The network of any ONNX file that holds an MLP, such as Keras, PyTorch and scikit-learn export
// them (docs/model.md); its metadata do not matter.
Result<Network> network_from_onnx(std::string_view name, std::span<const uint8_t> bytes);
Result<Network> load_network(const std::string& path);

Status save_model(const Model& model, const std::string& path);

// The model built into the program for a lens; fails for lenses that have none.
Result<Model> default_model(std::string_view lens);

}  // namespace kanaria::model
