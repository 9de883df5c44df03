// SPDX-License-Identifier: Apache-2.0
// Scores random rows with a model and writes them for another runtime to score as well:
// dump_logits MODEL.onnx ROWS SEED > float32 [ROWS, inputs + 2]: the raw row, logit, score.
// Rows lie up to 30 standard deviations from the mean: far beyond the clip, where sums are largest.
#include <cstdio>
#include <cstdlib>

#include "base/random.h"
#include "model/model.h"
#include "nn/backprop.h"
#include "nn/inference.h"

int main(int argc, char** argv) {
  using namespace kanaria;
  if (argc != 4) return 2;
  const auto model = model::load_model(argv[1]);
  const auto simd = nn::choose_simd();
  if (!model || !simd) {
    std::fprintf(stderr, "%s\n", (model ? simd.error() : model.error()).sentence.c_str());
    return 1;
  }
  const size_t rows = std::strtoul(argv[2], nullptr, 10), inputs = model->mlp.inputs();
  Random random(std::strtoull(argv[3], nullptr, 10));
  std::vector<float> values(rows * inputs), logits(rows);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = model->scaling.mean[i % inputs] +
                static_cast<float>(random.uniform(-30, 30)) * model->scaling.scale[i % inputs];
  nn::Inference(model->mlp, model->scaling, *simd).logits(values, logits);
  for (size_t r = 0; r < rows; ++r) {
    const float scored[] = {logits[r], nn::sigmoid(logits[r])};
    std::fwrite(&values[r * inputs], sizeof(float), inputs, stdout);
    std::fwrite(scored, sizeof(float), 2, stdout);
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
