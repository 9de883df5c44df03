// SPDX-License-Identifier: Apache-2.0
#include "train/labelled_rows.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"
#include "capture/bpf_filter.h"
#include "capture/byte_source.h"
#include "capture/capture_file.h"
#include "decode/decoder.h"
#include "flow/segment_events.h"
#include "train/thinning.h"

namespace kanaria::train {
namespace {

// One step of SplitMix64 (Steele et al. 2014).
uint64_t mixed(uint64_t state, uint64_t more) {
  state += more + 0x9e3779b97f4a7c15U;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
  return state ^ (state >> 31);
}

uint64_t seed_of(const LabelledConnection& connection, uint64_t seed, uint64_t piece) {
  const flow::Ends& ends = connection.ends;
  for (const uint64_t part :
       {ends.client.half(0), ends.client.half(1), ends.server.half(0), ends.server.half(1),
        uint64_t{ends.client_port}, uint64_t{ends.server_port},
        static_cast<uint64_t>(connection.start.ns), piece})
    seed = mixed(seed, part);
  return seed;
}

// The segments of a connection to be perturbed.
struct HeldSegments {
  SegmentSequence sequence;
  flow::SegmentChain chain;  // of the pieces before
  uint64_t pieces = 0;
};

// The labelled connections of one capture that are alive, and their rows.
class CaptureRows {
 public:
  CaptureRows(const std::string& capture, const Labels& labels, const RowOptions& options,
              std::unique_ptr<feature::Lens> lens, uint32_t& connections, RowSink& sink)
      : capture_(capture),
        labels_(labels),
        options_(options),
        lens_(std::move(lens)),
        connections_(connections),
        sink_(sink) {
    rows_.width = lens_->width();
  }

  void take(const capture::FrameBurst& burst) {
    packets_.clear();
    decode::decode_burst(burst, packets_, statuses_);
    flow::for_each_epoch(packets_, [this](std::span<const decode::Packet> of_epoch) {
      table_.process(of_epoch, {}, batch_);
      take_batch(of_epoch);
    });
  }
  void finish() {
    table_.end_all({}, batch_);
    take_batch({});
  }

 private:
  struct Alive {
    LabelledConnection connection;
    std::optional<uint32_t> index;  // from its first row on
    std::optional<Thinning> thinning;
    HeldSegments held;
  };

  void take_batch(std::span<const decode::Packet> packets) {
    for (const flow::ConnectionId id : batch_.begun) begin(id);
    if (options_.perturbations.empty())
      add_rows({packets, batch_, table_});
    else
      for (const flow::SegmentEvent& event : batch_.segments) hold(event);
    for (const flow::EndEvent& event : batch_.ended) end(event);
  }

  void begin(flow::ConnectionId id) {
    const flow::Ends ends = flow::ends_of(table_.connection(id));
    const flow::ConnectionRecord& record = table_.record(id);
    const LabelRow* row = labels_.find(capture_, ends, record.first_time);
    if (row == nullptr || row->label == Label::kUnknown) return;
    Alive& alive = alive_[id];
    if (options_.most_rows) alive.thinning.emplace(*options_.most_rows);
    alive.connection = {.ends = ends,
                        .number = record.first_number,
                        .start = record.first_time,
                        .label = row->label,
                        .kind = row->kind,
                        .source = row->source,
                        .group = row->group};
  }

  void add_rows(const feature::LensInput& input) {
    rows_.clear();
    lens_->append_rows(input, rows_);
    for (size_t r = 0; r < rows_.rows(); ++r) add_row(r);
  }

  void add_row(size_t row) {
    const feature::RowOrigin& origin = rows_.origins[row];
    const auto found = alive_.find(origin.connection);
    if (found == alive_.end()) return;
    Alive& alive = found->second;
    if (alive.thinning && !alive.thinning->takes_next()) return;
    if (!alive.index) {
      alive.index = connections_++;
      sink_.begin(*alive.index, capture::input_name(capture_), alive.connection);
    }
    sink_.add(*alive.index, origin.time, rows_.row(row));
  }

  void end(const flow::EndEvent& event) {
    const auto found = alive_.find(event.connection);
    if (found == alive_.end()) return;
    if (!options_.perturbations.empty()) replay(event.connection, found->second, event);
    if (const auto index = found->second.index) sink_.end(*index);
    alive_.erase(found);
  }

  void hold(const flow::SegmentEvent& event) {
    const auto found = alive_.find(event.connection);
    if (found == alive_.end()) return;
    SegmentSequence& sequence = found->second.held.sequence;
    sequence.push_back(flow::timed_segment(event));
    ++held_;
    if (sequence.size() == kLongestSequence) replay(event.connection, found->second, std::nullopt);
    if (held_ == kMostHeld)
      for (auto& [id, alive] : alive_) replay(id, alive, std::nullopt);
  }

  // The rows of what is held of a connection, which goes on unless there is an end.
  void replay(flow::ConnectionId id, Alive& alive, const std::optional<flow::EndEvent>& end) {
    HeldSegments& held = alive.held;
    if (held.sequence.empty() && !end) return;
    held_ -= held.sequence.size();
    Random random(seed_of(alive.connection, options_.seed, held.pieces));
    perturb(held.sequence, options_.perturbations, random);
    replayed_.clear();
    if (held.pieces++ == 0) replayed_.begun.push_back(id);
    for (const flow::TimedSegment& segment : held.sequence)
      flow::append_segment(held.chain, id, flow::kNoPacket, segment, replayed_);
    if (end) {
      flow::append_open_message(held.chain, id, end->number,
                                held.sequence.empty() ? 0 : held.sequence.back().round_trip,
                                replayed_);
      replayed_.ended.push_back(*end);
    }
    SegmentSequence().swap(held.sequence);
    add_rows({{}, replayed_, table_});
  }

  const std::string& capture_;
  const Labels& labels_;
  const RowOptions& options_;
  std::unique_ptr<feature::Lens> lens_;
  uint32_t& connections_;  // of all captures that had a row
  RowSink& sink_;
  flow::ConnectionTable table_{{}};
  std::vector<decode::Packet> packets_;
  decode::StatusCounts statuses_;
  flow::FlowBatch batch_;
  flow::FlowBatch replayed_;
  feature::RowBatch rows_;
  std::unordered_map<flow::ConnectionId, Alive> alive_;
  size_t held_ = 0;  // segments, of all connections
};

Result<std::unique_ptr<capture::FrameSource>> open_filtered(const std::string& capture,
                                                            const std::string& filter,
                                                            const std::atomic<bool>& stop) {
  auto source = capture::open_capture(capture, stop);
  if (!source || filter.empty()) return source;
  return capture::filter_frames(*std::move(source), filter);
}

}  // namespace

Status check_row_options(const RowOptions& options) {
  const auto lens = feature::make_lens(options.lens, options.lens_options);
  if (!lens) return lens.error();
  if (!options.perturbations.empty() && (*lens)->needs_packets())
    return Error{
        fmt::format("lens '{}' describes packets, and a perturbation changes segments and "
                    "messages: choose another lens, or none of the two",
                    options.lens)};
  return capture::check_filter(options.filter);
}

Result<std::vector<Error>> read_labelled_rows(const Labels& labels, const RowOptions& options,
                                              const std::atomic<bool>& stop,
                                              const std::function<void(double)>& progress,
                                              RowSink& sink) {
  if (const auto checked = check_row_options(options); !checked) return checked.error();
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
    CaptureRows rows(capture, labels, options, *std::move(lens), connections, sink);
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
