// SPDX-License-Identifier: Apache-2.0
// The ONNX file around the graph, and the metadata that make a network a model.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "onnx.pb.h"
#include <fmt/format.h>

#include "model/model.h"
#include "model/onnx_metadata.h"
#include "model/onnx_network.h"

namespace kanaria::model {
namespace {

Status parse(std::string_view name, std::span<const uint8_t> bytes, onnx::Model& file) {
  const bool parsed = bytes.size() <= INT32_MAX &&
                      file.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (parsed && file.has_graph() && file.graph().node_size() > 0) return Done{};
  return Error{fmt::format("{}: is not an ONNX model; name a file made by 'kanaria train'", name)};
}

Result<Network> network_in(std::string_view name, const onnx::Model& file) {
  auto network = read_network(file.graph());
  if (network) return network;
  return Error{
      fmt::format("{}: the model {}; kanaria takes a multilayer perceptron (see docs/model.md)",
                  name, network.error().sentence)};
}

using Metadata = std::map<std::string, std::string>;

std::string text_of(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : found->second;
}

// Nullopt when the text is not wholly a number.
template <typename Number>
std::optional<Number> number_in(const std::string& text) {
  Number value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename Number>
std::optional<Number> number_of(const Metadata& metadata, const char* key) {
  return number_in<Number>(text_of(metadata, key));
}

// What stands between commas; of an empty text nothing.
std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  for (size_t at = 0; !text.empty() && at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    names.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return names;
}

struct Decision {
  int lens_version;
  Calibration calibration;
  Thresholds thresholds;
};

// Files without one were trained on log-odds; nullopt when it is there but no two numbers.
std::optional<Calibration> line_of(const Metadata& metadata) {
  if (!metadata.contains(kKeyCalibration)) return Calibration{};
  const std::vector<std::string> parts = split_names(text_of(metadata, kKeyCalibration));
  if (parts.size() != 2) return std::nullopt;
  const auto slope = number_in<double>(parts[0]), intercept = number_in<double>(parts[1]);
  if (!slope || !intercept || !std::isfinite(*slope) || !std::isfinite(*intercept))
    return std::nullopt;
  return Calibration{*slope, *intercept};
}

constexpr size_t kMostPoints = 256;

// Nullopt when they are there but are fewer than two or do not rise.
std::optional<std::vector<CalibrationPoint>> points_of(const Metadata& metadata) {
  std::vector<CalibrationPoint> points;
  if (!metadata.contains(kKeyCalibrationPoints)) return points;
  for (const std::string& text : split_names(text_of(metadata, kKeyCalibrationPoints))) {
    const size_t colon = std::min(text.find(':'), text.size());
    const auto logit = number_in<double>(text.substr(0, colon));
    const auto log_odds = number_in<double>(text.substr(std::min(colon + 1, text.size())));
    const bool rises =
        logit && log_odds && std::isfinite(*logit) && std::isfinite(*log_odds) &&
        (points.empty() || (*logit > points.back().logit && *log_odds >= points.back().log_odds));
    if (!rises || points.size() == kMostPoints) return std::nullopt;
    points.push_back({*logit, *log_odds});
  }
  return points.size() < 2 ? std::nullopt : std::optional(points);
}

// What a verdict rests on is never guessed.
Result<Decision> decision_of(std::string_view name, const Metadata& metadata) {
  const auto lens_version = number_of<int>(metadata, kKeyLensVersion);
  const auto logit = number_of<float>(metadata, kKeyAlarmingLogit);
  const auto share = number_of<double>(metadata, kKeyAlarmingShare);
  const auto unusable = [&](const char* key, std::string_view expected) {
    return Error{fmt::format("{}: the model's {} is '{}', not {}; train it with 'kanaria train'",
                             name, key, text_of(metadata, key).substr(0, 40), expected)};
  };
  if (!lens_version) return unusable(kKeyLensVersion, "a whole number");
  if (!logit || !std::isfinite(*logit)) return unusable(kKeyAlarmingLogit, "a finite number");
  if (!share || !(*share >= 0 && *share < 1))
    return unusable(kKeyAlarmingShare, "a share from 0 to below 1");
  auto calibration = line_of(metadata);
  if (!calibration) return unusable(kKeyCalibration, "two finite numbers");
  auto points = points_of(metadata);
  if (!points)
    return unusable(kKeyCalibrationPoints,
                    "2 to 256 pairs logit:log-odds of finite numbers that rise");
  calibration->points = *std::move(points);
  Thresholds thresholds{*logit, *share};
  if (metadata.contains(kKeyEvidenceThreshold)) {
    thresholds.evidence_threshold = number_of<double>(metadata, kKeyEvidenceThreshold);
    if (!thresholds.evidence_threshold || !(*thresholds.evidence_threshold > 0) ||
        !std::isfinite(*thresholds.evidence_threshold))
      return unusable(kKeyEvidenceThreshold, "a finite number above 0");
  }
  return Decision{*lens_version, *std::move(calibration), thresholds};
}

}  // namespace

Result<Network> network_from_onnx(std::string_view name, std::span<const uint8_t> bytes) {
  onnx::Model file;
  if (auto parsed = parse(name, bytes, file); !parsed) return parsed.error();
  return network_in(name, file);
}

Result<Model> from_onnx(std::string_view name, std::span<const uint8_t> bytes) {
  onnx::Model file;
  if (auto parsed = parse(name, bytes, file); !parsed) return parsed.error();
  auto network = network_in(name, file);
  if (!network) return network.error();

  Metadata metadata;
  for (const onnx::StringEntry& entry : file.metadata_props())
    metadata[entry.key()] = entry.value();
  const std::string lens = text_of(metadata, kKeyLens);
  if (lens.empty())
    return Error{
        fmt::format("{}: the model does not say which lens it was trained with; calibrate it with "
                    "'kanaria train LABELS.csv --from {} --lens pair -o MODEL.onnx'",
                    name, name)};
  const auto decision = decision_of(name, metadata);
  if (!decision) return decision.error();
  Model model{.lens = lens,
              .lens_version = decision->lens_version,
              .value_names = split_names(text_of(metadata, kKeyValueNames)),
              .scaling = std::move(network->scaling),
              .mlp = std::move(network->mlp),
              .calibration = decision->calibration,
              .thresholds = decision->thresholds,
              .provenance = {.training_data = text_of(metadata, kKeyTrainingData),
                             .description = text_of(metadata, kKeyDescription),
                             .seed = number_of<uint64_t>(metadata, kKeySeed).value_or(0),
                             .program_version = text_of(metadata, kKeyVersion)}};
  if (model.value_names.size() != model.mlp.inputs())
    return Error{
        fmt::format("{}: the model names {} values but takes {}; train it with 'kanaria train'",
                    name, model.value_names.size(), model.mlp.inputs())};
  return model;
}

}  // namespace kanaria::model
