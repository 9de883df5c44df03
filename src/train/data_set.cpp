// SPDX-License-Identifier: Apache-2.0
#include "train/data_set.h"

#include <atomic>
#include <unordered_map>

#include <fmt/format.h>

#include "capture/capture_file.h"
#include "decode/decoder.h"
#include "train/fingerprint.h"

namespace kanaria::train {
namespace {

// Rows of one capture, straight into the data set.
class CaptureRows {
 public:
  CaptureRows(DataSet& data, const Labels& labels, std::unique_ptr<feature::Lens> lens)
      : data_(data), labels_(labels), lens_(std::move(lens)), table_({}) {
    rows_.width = lens_->width();
  }

  void read(capture::FrameSource& source) {
    capture::FrameBurst burst;
    capture::ReadState state;
    do {
      state = source.read(burst);
      packets_.clear();
      decode::decode_burst(burst, packets_, statuses_);
      table_.process(packets_, {}, batch_);
      take_rows();
    } while (state == capture::ReadState::kMore);
  }

 private:
  static constexpr uint32_t kUnlabelled = UINT32_MAX;

  void take_rows() {
    for (const flow::ConnectionId id : batch_.begun) known_[id] = label(id);
    rows_.clear();
    lens_->append_rows({packets_, batch_, table_}, rows_);
    for (size_t r = 0; r < rows_.rows(); ++r) {
      const uint32_t connection = known_[rows_.origins[r].connection];
      if (connection == kUnlabelled) continue;
      LabelledConnection& labelled = data_.connections[connection];
      ++labelled.rows;
      const auto row = rows_.row(r);
      data_.values.insert(data_.values.end(), row.begin(), row.end());
      data_.connection.push_back(connection);
      data_.labels.push_back(labelled.label == Label::kMining ? 1.0F : 0.0F);
    }
  }

  uint32_t label(flow::ConnectionId id) {
    const auto ends = flow::ends_of(table_.connection(id));
    const Timestamp start = table_.record(id).first_time;
    const LabelRow* row = labels_.find(data_.captures.back(), ends, start);
    if (row == nullptr || row->label == Label::kUnknown) return kUnlabelled;
    data_.connections.push_back({static_cast<uint32_t>(data_.captures.size() - 1), ends, start,
                                 row->label, row->kind, row->source, row->group, 0});
    return static_cast<uint32_t>(data_.connections.size() - 1);
  }

  DataSet& data_;
  const Labels& labels_;
  std::unique_ptr<feature::Lens> lens_;
  flow::ConnectionTable table_;
  std::vector<decode::Packet> packets_;
  decode::StatusCounts statuses_;
  flow::FlowBatch batch_;
  feature::RowBatch rows_;
  std::unordered_map<flow::ConnectionId, uint32_t> known_;
};

}  // namespace

Result<DataSet> build_data_set(const Labels& labels, const std::string& lens_name,
                               const std::function<void(size_t)>& progress) {
  DataSet data;
  const std::atomic<bool> stop{false};
  for (const std::string& capture : labels.captures()) {
    auto lens = feature::make_lens(lens_name, {});
    if (!lens) return lens.error();
    if (data.captures.empty()) {
      data.lens = lens_name;
      data.lens_version = (*lens)->version();
      for (const std::string_view name : (*lens)->value_names())
        data.value_names.emplace_back(name);
    }
    auto source = capture::open_capture(capture, stop);
    if (!source) return source.error();
    data.captures.push_back(capture);
    CaptureRows(data, labels, *std::move(lens)).read(**source);
    if (const auto& fault = (*source)->fault()) data.faults.push_back(*fault);
    progress(data.captures.size());
  }
  if (data.rows() == 0)
    return Error{
        fmt::format("the labels match no connection of their {} captures; check file names and "
                    "addresses in the labels",
                    data.captures.size())};
  return data;
}

std::string fingerprint(const DataSet& data) {
  Fingerprint print;
  print.add(data.values);
  print.add(data.labels);
  return print.hexadecimal();
}

}  // namespace kanaria::train
