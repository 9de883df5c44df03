// SPDX-License-Identifier: Apache-2.0
#include "train/row_scores.h"

#include "nn/backprop.h"
#include "nn/inference.h"

namespace kanaria::train {

std::vector<float> logits_of(const model::Model& model, const DataSet& data,
                             std::span<const uint32_t> rows, nn::Simd simd) {
  constexpr size_t kRowsAtOnce = 1024;
  nn::Inference inference(model.mlp, model.scaling, simd);
  std::vector<float> logits(rows.size());
  std::vector<float> values;
  for (size_t at = 0; at < rows.size(); at += kRowsAtOnce) {
    const size_t count = std::min(kRowsAtOnce, rows.size() - at);
    values.clear();
    for (const uint32_t row : rows.subspan(at, count)) {
      const auto of_row = data.row(row);
      values.insert(values.end(), of_row.begin(), of_row.end());
    }
    inference.logits(values, std::span(logits).subspan(at, count));
  }
  model.calibration.apply(logits);
  return logits;
}

Confusion confusion(std::span<const float> logits, const DataSet& data,
                    std::span<const uint32_t> rows, float threshold) {
  Confusion counts;
  for (size_t i = 0; i < rows.size(); ++i)
    counts.add(data.labels[rows[i]] > 0.5F, logits[i] > threshold);
  return counts;
}

double mean_loss(std::span<const float> logits, const DataSet& data,
                 std::span<const uint32_t> rows) {
  double sum = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    sum += static_cast<double>(nn::cross_entropy(logits[i], data.labels[rows[i]]).loss);
  return rows.empty() ? 0.0 : sum / static_cast<double>(rows.size());
}

}  // namespace kanaria::train
