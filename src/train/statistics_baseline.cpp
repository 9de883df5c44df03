// SPDX-License-Identifier: Apache-2.0
#include "train/statistics_baseline.h"

#include <cmath>
#include <span>

#include "train/flow_statistics.h"
#include "train/row_scores.h"

namespace kanaria::train {
namespace {

// Flow records as rows, of the same connections.
Result<DataSet> statistics_of(const DataSet& data) {
  DataSet records;
  records.lens = "flow statistics";
  records.value_names = {flow_statistic_names().begin(), flow_statistic_names().end()};
  records.captures = data.captures;
  records.connections = data.connections;
  for (LabelledConnection& connection : records.connections) connection.rows = 0;
  for (uint32_t capture = 0; capture < data.captures.size(); ++capture) {
    const auto of_capture = flow_records(data, capture);
    if (!of_capture) return of_capture.error();
    for (const FlowRecord& record : *of_capture)
      records.add_row(record.connection, record.statistics);
  }
  return records;
}

// The rows of `records` whose connection has one of these rows of `data`.
std::vector<uint32_t> rows_of_same_connections(const DataSet& records, const DataSet& data,
                                               std::span<const uint32_t> rows) {
  std::vector<bool> chosen(data.connections.size(), false);
  for (const uint32_t row : rows) chosen[data.connection[row]] = true;
  std::vector<uint32_t> result;
  for (uint32_t row = 0; row < records.rows(); ++row)
    if (chosen[records.connection[row]]) result.push_back(row);
  return result;
}

}  // namespace

Result<std::optional<std::vector<bool>>> found_by_statistics(const DataSet& data,
                                                             const std::vector<Split>& splits,
                                                             const TrainOptions& options,
                                                             nn::Simd simd,
                                                             const std::atomic<bool>& stop) {
  const float threshold = std::log(0.99F / 0.01F);
  const auto records = statistics_of(data);
  if (!records) return records.error();
  std::vector<bool> found(data.connections.size(), false);
  for (const Split& split : splits) {
    const auto learnt = rows_of_same_connections(*records, data, split.train);
    const auto tested = rows_of_same_connections(*records, data, split.test);
    if (!check_classes(*records, learnt)) return std::optional<std::vector<bool>>();
    const auto model =
        train_model(*records, learnt, options, simd, stop, [](const EpochResult&) {});
    if (!model) return model.error();
    const auto logits = logits_of(*model, *records, tested, simd);
    for (size_t i = 0; i < tested.size(); ++i)
      if (logits[i] > threshold) found[records->connection[tested[i]]] = true;
  }
  return std::optional(std::move(found));
}

}  // namespace kanaria::train
