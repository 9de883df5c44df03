// SPDX-License-Identifier: Apache-2.0
#include "train/labelled_rows.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "capture/bpf_filter.h"
#include "capture/byte_source.h"
#include "capture/capture_file.h"
#include "decode/decoder.h"

namespace kanaria::train {
namespace {

// The labelled connections of one capture that are alive, and their rows.
class CaptureRows {
 public:
  CaptureRows(const std::string& capture, const Labels& labels, std::unique_ptr<feature::Lens> lens,
              uint32_t& connections, RowSink& sink)
      : capture_(capture),
        labels_(labels),
        lens_(std::move(lens)),
        connections_(connections),
        sink_(sink) {
    rows_.width = lens_->width();
  }

  void take(const capture::FrameBurst& burst) {
    packets_.clear();
    decode::decode_burst(burst, packets_, statuses_);
    for (std::span<const decode::Packet> left = packets_; !left.empty();) {
      const auto packets = flow::first_epoch(left);
      table_.process(packets, {}, batch_);
      take_batch(packets);
      left = left.subspan(packets.size());
    }
  }
  void finish() {
    table_.end_all({}, batch_);
    take_batch({});
  }

 private:
  struct Alive {
    LabelledConnection connection;
    std::optional<uint32_t> index;  // from its first row on
  };

  void take_batch(std::span<const decode::Packet> packets) {
    for (const flow::ConnectionId id : batch_.begun) begin(id);
    rows_.clear();
    lens_->append_rows({packets, batch_, table_}, rows_);
    for (size_t r = 0; r < rows_.rows(); ++r) add_row(r);
    for (const flow::EndEvent& event : batch_.ended) end(event.connection);
  }

  void begin(flow::ConnectionId id) {
    const flow::Ends ends = flow::ends_of(table_.connection(id));
    const flow::ConnectionRecord& record = table_.record(id);
    const LabelRow* row = labels_.find(capture_, ends, record.first_time);
    if (row == nullptr || row->label == Label::kUnknown) return;
    alive_[id].connection = {.ends = ends,
                             .number = record.first_number,
                             .start = record.first_time,
                             .label = row->label,
                             .kind = row->kind,
                             .source = row->source,
                             .group = row->group};
  }

  void add_row(size_t row) {
    const feature::RowOrigin& origin = rows_.origins[row];
    const auto found = alive_.find(origin.connection);
    if (found == alive_.end()) return;
    Alive& alive = found->second;
    if (!alive.index) {
      alive.index = connections_++;
      sink_.begin(*alive.index, capture::input_name(capture_), alive.connection);
    }
    sink_.add(*alive.index, origin.time, rows_.row(row));
  }

  void end(flow::ConnectionId id) {
    const auto found = alive_.find(id);
    if (found == alive_.end()) return;
    if (found->second.index) sink_.end(*found->second.index);
    alive_.erase(found);
  }

  const std::string& capture_;
  const Labels& labels_;
  std::unique_ptr<feature::Lens> lens_;
  uint32_t& connections_;  // of all captures that had a row
  RowSink& sink_;
  flow::ConnectionTable table_{{}};
  std::vector<decode::Packet> packets_;
  decode::StatusCounts statuses_;
  flow::FlowBatch batch_;
  feature::RowBatch rows_;
  std::unordered_map<flow::ConnectionId, Alive> alive_;
};

Result<std::unique_ptr<capture::FrameSource>> open_filtered(const std::string& capture,
                                                            const std::string& filter,
                                                            const std::atomic<bool>& stop) {
  auto source = capture::open_capture(capture, stop);
  if (!source || filter.empty()) return source;
  return capture::filter_frames(*std::move(source), filter);
}

}  // namespace

Result<std::vector<Error>> read_labelled_rows(const Labels& labels, const RowOptions& options,
                                              const std::atomic<bool>& stop,
                                              const std::function<void(double)>& progress,
                                              RowSink& sink) {
  const auto stopped = [&stop] { return stop.load(std::memory_order_relaxed); };
  const auto captures = static_cast<double>(labels.captures().size());
  double captures_read = 0;
  uint32_t connections = 0;
  std::vector<Error> faults;
  for (const std::string& capture : labels.captures()) {
    auto lens = feature::make_lens(options.lens, options.lens_options);
    if (!lens) return lens.error();
    auto opened = open_filtered(capture, options.filter, stop);
    if (stopped()) break;
    if (!opened) return opened.error();
    capture::FrameSource& source = **opened;
    CaptureRows rows(capture, labels, *std::move(lens), connections, sink);
    capture::FrameBurst burst;
    capture::ReadState state = capture::ReadState::kMore;
    while (state == capture::ReadState::kMore && !stopped()) {
      state = source.read(burst);
      rows.take(burst);
      if (const auto fault = sink.fault()) return *fault;
      progress((captures_read + std::max(0.0, source.progress())) / captures);
    }
    rows.finish();
    if (stopped()) break;
    if (const auto& fault = source.fault()) faults.push_back(*fault);
    progress(++captures_read / captures);
  }
  return faults;
}

Error nothing_matches(const Labels& labels) {
  return {
      fmt::format("the labels match no connection of their {} captures; check file names and "
                  "addresses in the labels",
                  labels.captures().size())};
}

}  // namespace kanaria::train
