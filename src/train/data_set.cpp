// SPDX-License-Identifier: Apache-2.0
#include "train/data_set.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <iterator>
#include <numeric>
#include <unordered_map>
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
    data_.connections.back().from_capture = true;
  }
  void add(uint32_t index, Timestamp, std::span<const float> values) override {
    data_.add_row(index, values);
  }
  void add_of_copy(uint32_t index, uint32_t, Timestamp, std::span<const float> values) override {
    data_.add_row(index, values, DataSet::RowOf::kCopy);
  }
  void end(uint32_t) override {}

 private:
  DataSet& data_;
};

template <typename T>
void move_behind(std::vector<T>& all, std::vector<T>& more) {
  if (all.empty())
    all = std::move(more);
  else
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

// Gives the connections the place of `captures` that has their capture's name.
void join_captures(std::vector<std::string>& captures, DataSet& more) {
  std::unordered_map<std::string, uint32_t> places;
  for (const std::string& capture : captures)
    places.emplace(capture, static_cast<uint32_t>(places.size()));
  std::vector<uint32_t> place_of;
  for (std::string& capture : more.captures) {
    const auto [place, is_new] = places.emplace(capture, static_cast<uint32_t>(places.size()));
    place_of.push_back(place->second);
    if (is_new) captures.push_back(std::move(capture));
  }
  for (LabelledConnection& connection : more.connections)
    connection.capture = place_of[connection.capture];
}

void put_connections_in_order(DataSet& data) {
  const auto capture_of = [&](uint32_t c) { return data.connections[c].capture; };
  std::vector<uint32_t> order(data.connections.size());
  std::iota(order.begin(), order.end(), uint32_t{0});
  if (std::ranges::is_sorted(order, {}, capture_of)) return;
  std::ranges::stable_sort(order, {}, capture_of);
  std::vector<LabelledConnection> ordered;
  std::vector<uint32_t> place_of(order.size());
  for (const uint32_t c : order) {
    place_of[c] = static_cast<uint32_t>(ordered.size());
    ordered.push_back(std::move(data.connections[c]));
  }
  data.connections = std::move(ordered);
  for (uint32_t& connection : data.connection) connection = place_of[connection];
}

}  // namespace

void append(DataSet& data, DataSet more) {
  assert(data.value_names == more.value_names && "rows of one lens");
  join_captures(data.captures, more);
  for (uint32_t& connection : more.connection)
    connection += static_cast<uint32_t>(data.connections.size());
  for (uint32_t& copy : more.copies) copy += static_cast<uint32_t>(data.rows());
  move_behind(data.copies, more.copies);
  move_behind(data.connections, more.connections);
  move_behind(data.values, more.values);
  move_behind(data.connection, more.connection);
  move_behind(data.labels, more.labels);
  move_behind(data.faults, more.faults);
  put_connections_in_order(data);
}

void DataSet::add_row(uint32_t of, std::span<const float> row_values, RowOf what) {
  if (what == RowOf::kCopy) copies.push_back(static_cast<uint32_t>(rows()));
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
  if (data.rows() == 0) return nothing_matches(labels);
  return data;
}

void make_background(DataSet& data) {
  for (LabelledConnection& connection : data.connections) {
    connection.background = true;
    connection.from_capture = false;
  }
}

size_t connections_from_captures(const DataSet& data) {
  return static_cast<size_t>(
      std::ranges::count(data.connections, true, &LabelledConnection::from_capture));
}

std::string fingerprint(const DataSet& data) {
  Fingerprint print;
  print.add(data.values);
  print.add(data.labels);
  return print.hexadecimal();
}

}  // namespace kanaria::train
