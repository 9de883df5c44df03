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
inline constexpr char kKeyTrainingData[] = "kanaria.training_data";
inline constexpr char kKeyDescription[] = "kanaria.description";
inline constexpr char kKeySeed[] = "kanaria.seed";
inline constexpr char kKeyVersion[] = "kanaria.version";

// onnx.TensorProto.DataType
inline constexpr int32_t kOnnxFloat = 1;
// onnx.AttributeProto.AttributeType
inline constexpr int32_t kOnnxAttributeInt = 2;

}  // namespace kanaria::model
