// SPDX-License-Identifier: Apache-2.0
// Keys of an ONNX file's metadata_props that kanaria writes and reads (docs/model.md).
#pragma once

#include <cstdint>

namespace kanaria::model {

inline constexpr char kKeyLens[] = "kanaria.lens";
inline constexpr char kKeyLensVersion[] = "kanaria.lens_version";
inline constexpr char kKeyValueNames[] = "kanaria.value_names";  // comma-separated
inline constexpr char kKeyAlarmingLogit[] = "kanaria.alarming_logit";
inline constexpr char kKeyAlarmingShare[] = "kanaria.alarming_share";
inline constexpr char kKeyCalibration[] = "kanaria.calibration";               // slope,intercept
inline constexpr char kKeyCalibrationPoints[] = "kanaria.calibration_points";  // logit:log-odds,…
inline constexpr char kKeyEvidenceThreshold[] = "kanaria.evidence_threshold";
inline constexpr char kKeyTrainingData[] = "kanaria.training_data";
inline constexpr char kKeyDescription[] = "kanaria.description";
inline constexpr char kKeySeed[] = "kanaria.seed";
inline constexpr char kKeyVersion[] = "kanaria.version";

// onnx.TensorProto.DataType
inline constexpr int32_t kOnnxUndefined = 0;
inline constexpr int32_t kOnnxFloat = 1;
inline constexpr int32_t kOnnxInt32 = 6;
inline constexpr int32_t kOnnxInt64 = 7;
inline constexpr int32_t kOnnxBool = 9;
inline constexpr int32_t kOnnxDouble = 11;
// onnx.AttributeProto.AttributeType
inline constexpr int32_t kOnnxAttributeInt = 2;

}  // namespace kanaria::model
