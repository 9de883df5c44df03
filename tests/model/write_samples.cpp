// SPDX-License-Identifier: Apache-2.0
// Writes sample models of every activation and several depths into a folder, for programs that
// compare kanaria's scores with another runtime's: write_samples FOLDER.
#include <cstdio>

#include "tests/model/sample_model.h"

int main(int argc, char** argv) {
  using namespace kanaria;
  if (argc != 2) return 2;
  for (const auto activation : {nn::Activation::kLinear, nn::Activation::kRelu,
                                nn::Activation::kTanh, nn::Activation::kSoftsign})
    for (const auto& hidden : {std::vector<size_t>{}, {40, 40}, {65, 9, 20, 33}}) {
      const std::string path =
          fmt::format("{}/{}-{}.onnx", argv[1], name(activation), hidden.size());
      if (auto saved = save_model(model::sample_model(hidden, activation, 18), path); !saved) {
        std::fprintf(stderr, "%s\n", saved.error().sentence.c_str());
        return 1;
      }
    }
  return 0;
}
