// SPDX-License-Identifier: Apache-2.0
// Scores random rows with the network of a file, before any calibration, and writes them for
// another runtime to score as well: dump_logits MODEL.onnx ROWS SEED > float32 [ROWS, inputs + 2]:
// the raw row, logit, score. Rows lie up to 30 standard deviations from the mean: far beyond the
// clip, where sums are largest.
#include <cstdio>
#include <cstdlib>

#include "base/random.h"
#include "model/model.h"
#include "nn/backprop.h"
#include "nn/inference.h"

int main(int argc, char** argv) {
  using namespace kanaria;
  if (argc != 5) return 2;
  const auto network = model::load_network(argv[1]);
  const auto simd = nn::choose_simd();
  if (!network || !simd) {
    std::fprintf(stderr, "%s\n", (network ? simd.error() : network.error()).sentence.c_str());
    return 1;
  }
  const size_t rows = std::strtoul(argv[2], nullptr, 10), inputs = network->mlp.inputs();
  Random random(std::strtoull(argv[3], nullptr, 10));
  const double spread = std::strtod(argv[4], nullptr);
  std::vector<float> values(rows * inputs), logits(rows);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] =
        network->scaling.mean[i % inputs] +
        static_cast<float>(random.uniform(-spread, spread)) * network->scaling.scale[i % inputs];
  nn::Inference(network->mlp, network->scaling, *simd).logits(values, logits);
  for (size_t r = 0; r < rows; ++r) {
    const float scored[] = {logits[r], nn::sigmoid(logits[r])};
    std::fwrite(&values[r * inputs], sizeof(float), inputs, stdout);
    std::fwrite(scored, sizeof(float), 2, stdout);
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
