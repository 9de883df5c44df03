// SPDX-License-Identifier: Apache-2.0
#include "train/data_set.h"

#include <atomic>
#include <utility>

#include "train/fingerprint.h"

namespace kanaria::train {
namespace {

class Gatherer final : public RowSink {
 public:
  explicit Gatherer(DataSet& data) : data_(data) {}

  void begin(uint32_t, const std::string& capture, const LabelledConnection& connection) override {
    if (data_.captures.empty() || data_.captures.back() != capture)
      data_.captures.push_back(capture);
    data_.connections.push_back(connection);
    data_.connections.back().capture = static_cast<uint32_t>(data_.captures.size() - 1);
  }
  void add(uint32_t index, Timestamp, std::span<const float> values) override {
    data_.add_row(index, values);
  }
  void end(uint32_t) override {}

 private:
  DataSet& data_;
};

}  // namespace

void DataSet::add_row(uint32_t of, std::span<const float> row_values) {
  values.insert(values.end(), row_values.begin(), row_values.end());
  connection.push_back(of);
  labels.push_back(connections[of].label == Label::kMining ? 1.0F : 0.0F);
  ++connections[of].rows;
}

Result<DataSet> build_data_set(const Labels& labels, const RowOptions& options,
                               const std::function<void(double)>& progress) {
  const auto lens = feature::make_lens(options.lens, options.lens_options);
  if (!lens) return lens.error();
  DataSet data;
  data.lens = (*lens)->name();
  data.lens_version = (*lens)->version();
  data.value_names = {(*lens)->value_names().begin(), (*lens)->value_names().end()};
  const std::atomic<bool> never_stopped{false};
  Gatherer gatherer(data);
  auto faults = read_labelled_rows(labels, options, never_stopped, progress, gatherer);
  if (!faults) return faults.error();
  data.faults = *std::move(faults);
  data.from_captures = true;
  if (data.rows() == 0) return nothing_matches(labels);
  return data;
}

std::string fingerprint(const DataSet& data) {
  Fingerprint print;
  print.add(data.values);
  print.add(data.labels);
  return print.hexadecimal();
}

}  // namespace kanaria::train
