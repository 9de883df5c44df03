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
#include "flow/segment_events.h"
#include "train/augmentation.h"
#include "train/connection_random.h"
#include "train/thinning.h"

namespace kanaria::train {
namespace {

// A connection as it is, perturbed or not, or a copy of it: how far its rows have come.
struct Progress {
  flow::SegmentChain chain;  // of the pieces replayed
  std::optional<Thinning> thinning;
};

// The segments of a connection to be changed.
struct HeldSegments {
  SegmentSequence sequence;
  uint64_t pieces = 0;  // that were replayed
};

bool changes_sequences(const RowOptions& options) {
  return !options.perturbations.empty() || options.copies > 0;
}

// The labelled connections of one capture that are alive, and their rows.
class CaptureRows {
 public:
  CaptureRows(const std::string& capture, const Labels& labels, const RowOptions& options,
              std::vector<std::unique_ptr<feature::Lens>> lenses, uint32_t& connections,
              RowSink& sink)
      : capture_(capture),
        labels_(labels),
        options_(options),
        lenses_(std::move(lenses)),
        connections_(connections),
        sink_(sink) {
    rows_.width = lenses_.front()->width();
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
    std::optional<uint32_t> index;   // from its first row on
    std::vector<Progress> progress;  // its own, then that of each copy
    HeldSegments held;
  };

  void take_batch(std::span<const decode::Packet> packets) {
    for (const flow::ConnectionId id : batch_.begun) begin(id);
    if (options_.perturbations.empty()) add_rows(0, {packets, batch_, table_});
    if (changes_sequences(options_))
      for (const flow::SegmentEvent& event : batch_.segments) hold(event);
    for (const flow::EndEvent& event : batch_.ended) end(event);
  }

  void begin(flow::ConnectionId id) {
    const flow::Ends ends = flow::ends_of(table_.connection(id));
    const flow::ConnectionRecord& record = table_.record(id);
    const LabelRow* row = labels_.find(capture_, ends, record.first_time);
    if (row == nullptr || row->label == Label::kUnknown) return;
    Alive& alive = alive_[id];
    alive.progress.resize(1 + options_.copies);
    if (options_.most_rows)
      for (Progress& progress : alive.progress) progress.thinning.emplace(*options_.most_rows);
    alive.connection = {.ends = ends,
                        .number = record.first_number,
                        .start = record.first_time,
                        .label = row->label,
                        .kind = row->kind,
                        .source = row->source,
                        .group = row->group};
  }

  // `copy`: 0 for the connections themselves.
  void add_rows(uint32_t copy, const feature::LensInput& input) {
    rows_.clear();
    lenses_[copy]->append_rows(input, rows_);
    for (size_t r = 0; r < rows_.rows(); ++r) add_row(copy, r);
  }

  // A connection without a row of its own has no copies.
  void add_row(uint32_t copy, size_t row) {
    const feature::RowOrigin& origin = rows_.origins[row];
    const auto found = alive_.find(origin.connection);
    if (found == alive_.end()) return;
    Alive& alive = found->second;
    if (copy > 0 && !alive.index) return;
    auto& thinning = alive.progress[copy].thinning;
    if (thinning && !thinning->takes_next()) return;
    if (!alive.index) {
      alive.index = connections_++;
      sink_.begin(*alive.index, capture::input_name(capture_), alive.connection);
    }
    const uint32_t index = *alive.index;
    if (copy > 0)
      sink_.add_of_copy(index, copy, origin.time, rows_.row(row));
    else
      sink_.add(index, origin.time, rows_.row(row));
  }

  void end(const flow::EndEvent& event) {
    const auto found = alive_.find(event.connection);
    if (found == alive_.end()) return;
    if (changes_sequences(options_)) replay(event.connection, found->second, event);
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
    if (!options_.perturbations.empty()) {
      Random random = random_of(alive.connection, options_.seed, held.pieces);
      perturb(held.sequence, options_.perturbations, random);
      replay_changed(id, alive, 0, held.sequence, end);
    }
    const uint32_t copies = both_sides_seen(id) ? options_.copies : 0;
    for (uint32_t copy = 1; copy <= copies; ++copy) {
      SegmentSequence changed = held.sequence;
      make_copy(changed, alive.connection, options_.seed, copy, held.pieces);
      replay_changed(id, alive, copy, changed, end);
    }
    ++held.pieces;
    SegmentSequence().swap(held.sequence);
  }

  // What is rebuilt of a side that is not seen are messages without segments: copies would lack it.
  bool both_sides_seen(flow::ConnectionId id) const {
    const auto& seen = table_.connection(id).direction_seen;
    return seen[0] && seen[1];
  }

  void replay_changed(flow::ConnectionId id, Alive& alive, uint32_t copy,
                      const SegmentSequence& sequence, const std::optional<flow::EndEvent>& end) {
    flow::SegmentChain& chain = alive.progress[copy].chain;
    replayed_.clear();
    if (alive.held.pieces == 0) replayed_.begun.push_back(id);
    for (const flow::TimedSegment& segment : sequence)
      flow::append_segment(chain, id, flow::kNoPacket, segment, replayed_);
    if (end) {
      flow::append_open_message(chain, id, end->number,
                                sequence.empty() ? 0 : sequence.back().round_trip, replayed_);
      replayed_.ended.push_back(*end);
    }
    add_rows(copy, {{}, replayed_, table_});
  }

  const std::string& capture_;
  const Labels& labels_;
  const RowOptions& options_;
  // Of the connections, and of each copy: a connection and its copies have one id.
  std::vector<std::unique_ptr<feature::Lens>> lenses_;
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

Result<std::vector<std::unique_ptr<feature::Lens>>> make_lenses(const RowOptions& options) {
  std::vector<std::unique_ptr<feature::Lens>> lenses;
  for (uint32_t copy = 0; copy <= options.copies; ++copy) {
    auto lens = feature::make_lens(options.lens, options.lens_options);
    if (!lens) return lens.error();
    lenses.push_back(*std::move(lens));
  }
  return lenses;
}

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
  if (changes_sequences(options) && (*lens)->needs_packets())
    return Error{fmt::format(
        "lens '{}' describes packets, and {} changes segments and messages: choose another lens, "
        "or none of the two",
        options.lens, options.perturbations.empty() ? "augmentation" : "a perturbation")};
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
    auto lenses = make_lenses(options);
    if (!lenses) return lenses.error();
    auto opened = open_filtered(capture, options.filter, stop);
    if (stopped()) break;
    if (!opened) return opened.error();
    capture::FrameSource& source = **opened;
    CaptureRows rows(capture, labels, options, *std::move(lenses), connections, sink);
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
