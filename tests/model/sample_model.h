// SPDX-License-Identifier: Apache-2.0
// Small models with every field filled, and their ONNX form opened for tampering.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "onnx.pb.h"
#include <fmt/format.h>

#include "base/random.h"
#include "model/model.h"

namespace kanaria::model {

inline Model sample_model(std::vector<size_t> hidden = {5, 3},
                          nn::Activation activation = nn::Activation::kRelu, size_t inputs = 4) {
  Model model{.lens = "pair",
              .lens_version = 3,
              .value_names = {},
              .scaling = {},
              .mlp = nn::Mlp(inputs, hidden, activation),
              .thresholds = {1.25F, 0.375},
              .provenance = {.training_data = "00ff",
                             .description = "a sample, \"quoted\"",
                             .seed = 18446744073709551615U,
                             .program_version = "0.1.0"}};
  Random random(inputs + hidden.size());
  model.mlp.initialise(hidden.size() + 1);
  for (size_t l = 0; l < model.mlp.layers().size(); ++l)
    for (size_t o = 0; o < model.mlp.layers()[l].outputs; ++o)
      model.mlp.bias(l, o) = static_cast<float>(random.uniform(-0.5, 0.5));
  for (size_t i = 0; i < inputs; ++i) {
    model.value_names.push_back(fmt::format("value_{}", i));
    model.scaling.mean.push_back(static_cast<float>(random.uniform(-100, 100)));
    model.scaling.scale.push_back(static_cast<float>(random.uniform(0.1, 100)));
  }
  return model;
}

inline Result<Model> read(const std::string& bytes) {
  return from_onnx("m.onnx", {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

inline std::string tampered(const std::function<void(onnx::Model&)>& tamper) {
  onnx::Model file;
  file.ParseFromString(to_onnx(sample_model()));
  tamper(file);
  return file.SerializeAsString();
}

inline onnx::Node& node(onnx::Model& file, int index) {
  return *file.mutable_graph()->mutable_node(index);
}

inline onnx::Tensor& constant(onnx::Model& file, const std::string& name) {
  for (onnx::Tensor& tensor : *file.mutable_graph()->mutable_initializer())
    if (tensor.name() == name) return tensor;
  return *file.mutable_graph()->add_initializer();
}

inline void set_values(onnx::Tensor& tensor, std::vector<int64_t> dims,
                       const std::vector<float>& values) {
  tensor.clear_raw_data();
  tensor.clear_float_data();
  tensor.clear_dims();
  for (const int64_t dim : dims) tensor.add_dims(dim);
  for (const float value : values) tensor.add_float_data(value);
}

// The graph gives these values and no others.
inline void set_outputs(onnx::Model& file, const std::vector<std::string>& names) {
  file.mutable_graph()->clear_output();
  for (const std::string& name : names) file.mutable_graph()->add_output()->set_name(name);
}

// An empty `value` takes the key away.
inline void set_metadata(onnx::Model& file, const std::string& key, const std::string& value) {
  onnx::Model before = file;
  file.clear_metadata_props();
  for (const onnx::StringEntry& entry : before.metadata_props()) {
    if (entry.key() == key && value.empty()) continue;
    onnx::StringEntry& copy = *file.add_metadata_props();
    copy = entry;
    if (entry.key() == key) copy.set_value(value);
  }
}

}  // namespace kanaria::model
