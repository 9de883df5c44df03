// SPDX-License-Identifier: Apache-2.0
// Writes sample models of every activation, of one to seven dense layers, with and without
// calibration, for programs that compare kanaria's scores with another runtime's: write_samples
// FOLDER.
#include <cstdio>

#include "tests/model/sample_model.h"

int main(int argc, char** argv) {
  using namespace kanaria;
  if (argc != 2) return 2;
  for (const auto activation : {nn::Activation::kLinear, nn::Activation::kRelu,
                                nn::Activation::kTanh, nn::Activation::kSoftsign})
    for (const auto& hidden :
         {std::vector<size_t>{}, {7}, {40, 40}, {65, 9, 20, 33}, {8, 1, 16, 9, 24, 5}}) {
      const std::string path =
          fmt::format("{}/{}-{}.onnx", argv[1], name(activation), hidden.size());
      model::Model sample = model::sample_model(hidden, activation, 18);
      if (hidden.size() % 2 == 0) sample.calibration = {-2.5, 0.75};
      if (auto saved = save_model(sample, path); !saved) {
        std::fprintf(stderr, "%s\n", saved.error().sentence.c_str());
        return 1;
      }
    }
  return 0;
}
