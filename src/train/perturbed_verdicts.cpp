// SPDX-License-Identifier: Apache-2.0
#include "train/perturbed_verdicts.h"

#include <memory>
#include <unordered_map>

#include "capture/capture_file.h"
#include "detect/evidence.h"
#include "detect/model_lens.h"
#include "detect/standings.h"
#include "flow/segment_events.h"
#include "nn/inference.h"
#include "train/flow_walk.h"
#include "train/outcome_list.h"

namespace kanaria::train {
namespace {

Random random_of(const LabelledConnection& connection, uint64_t seed, uint64_t piece) {
  constexpr uint64_t kSpread = 0x9e3779b97f4a7c15;  // 2^64 / the golden ratio
  return Random((seed + piece) * kSpread + static_cast<uint64_t>(connection.start.ns) +
                connection.number);
}

class PerturbedDetection {
 public:
  PerturbedDetection(const DataSet& data, uint32_t capture, const std::vector<bool>& tested,
                     const model::Model& model, std::unique_ptr<feature::Lens> lens, nn::Simd simd,
                     std::span<const Perturbation> perturbations, uint64_t seed)
      : data_(data),
        tested_(tested),
        model_(model),
        lens_(std::move(lens)),
        inference_(model.mlp, model.scaling, simd),
        perturbations_(perturbations),
        seed_(seed),
        known_(data, capture),
        watch_(data, capture),
        outcomes_(data, capture) {
    rows_.width = lens_->width();
  }

  PerturbedVerdicts run(capture::FrameSource& source) {
    const auto take = [this](std::span<const decode::Packet>, const flow::FlowBatch& batch) {
      take_batch(batch);
    };
    capture::FrameBurst burst;
    capture::ReadState state;
    do {
      state = source.read(burst);
      walk_.process(burst, take);
    } while (state == capture::ReadState::kMore);
    walk_.finish(take);
    return {outcomes_.finish(watch_), cost_};
  }

 private:
  struct Alive {
    uint32_t connection = 0;
    SegmentSequence held;
    flow::SegmentChain chain;
    uint64_t pieces = 0;
    uint32_t messages = 0;  // as captured
    detect::Evidence evidence;
    Timestamp last;
  };

  void take_batch(const flow::FlowBatch& batch) {
    for (const flow::ConnectionId id : batch.begun) {
      const auto known = known_.find(walk_.table().record(id).first_number);
      if (known && tested_[*known]) alive_[id].connection = *known;
    }
    for (const flow::MessageEvent& event : batch.messages)
      if (const auto found = alive_.find(event.connection); found != alive_.end())
        ++found->second.messages;
    for (const flow::SegmentEvent& event : batch.segments) hold(event);
    for (const flow::EndEvent& event : batch.ended) end(event);
  }

  // As long as memory has room the whole connection, as read_labelled_rows does.
  void hold(const flow::SegmentEvent& event) {
    const auto found = alive_.find(event.connection);
    if (found == alive_.end()) return;
    SegmentSequence& held = found->second.held;
    held.push_back(flow::timed_segment(event));
    ++held_;
    if (held.size() == kLongestSequence) replay(event.connection, found->second, std::nullopt);
    if (held_ >= kMostHeld)
      for (auto& [id, alive] : alive_) replay(id, alive, std::nullopt);
  }

  void end(const flow::EndEvent& event) {
    const auto found = alive_.find(event.connection);
    if (found == alive_.end()) return;
    replay(event.connection, found->second, event);
    report(event.connection, found->second);
    alive_.erase(found);
  }

  void replay(flow::ConnectionId id, Alive& alive, const std::optional<flow::EndEvent>& end) {
    if (alive.held.empty() && !end) return;
    held_ -= alive.held.size();
    const LabelledConnection& connection = data_.connections[alive.connection];
    Random random = random_of(connection, seed_, alive.pieces);
    const PerturbationCost cost = perturb_at_cost(alive.held, perturbations_, random);
    if (connection.label == Label::kMining) cost_ += cost;
    replayed_.clear();
    if (alive.pieces++ == 0) replayed_.begun.push_back(id);
    for (const flow::TimedSegment& segment : alive.held)
      flow::append_segment(alive.chain, id, flow::kNoPacket, segment, replayed_);
    if (end) {
      const Nanoseconds round_trip = alive.held.empty() ? 0 : alive.held.back().round_trip;
      flow::append_open_message(alive.chain, id, end->number, round_trip, replayed_);
      replayed_.ended.push_back(*end);
    }
    if (!alive.held.empty()) alive.last = alive.held.back().time;
    SegmentSequence().swap(alive.held);
    watch_.take(replayed_, walk_.table());
    judge(alive);
  }

  // In the order in which detect::Worker tells evidence of messages and rows.
  void judge(Alive& alive) {
    rows_.clear();
    lens_->append_rows({{}, replayed_, walk_.table()}, rows_);
    log_odds_.resize(rows_.rows());
    inference_.logits(rows_.values, log_odds_);
    model_.calibration.apply(log_odds_);
    size_t row = 0;
    const auto rows_up_to = [&](uint64_t number) {
      for (; row < rows_.rows() && rows_.origins[row].number < number; ++row) {
        const feature::RowOrigin& origin = rows_.origins[row];
        alive.evidence.add_row(log_odds_[row], origin.messages, {origin.time, origin.number, 0},
                               model_.thresholds);
      }
    };
    for (const flow::MessageEvent& event : replayed_.messages) {
      rows_up_to(event.number);
      alive.evidence.add_message(event.message, event.round_trip);
    }
    rows_up_to(flow::kInputEndNumber);
  }

  void report(flow::ConnectionId id, const Alive& alive) {
    const LabelledConnection& connection = data_.connections[alive.connection];
    detect::ConnectionReport report;
    report.ends = flow::ends_of(walk_.table().connection(id));
    report.start = connection.start;
    report.end = alive.last;
    report.first_number = connection.number;
    report.messages = alive.messages;
    report.verdict = alive.evidence.verdict(model_.thresholds);
    report.evidence = alive.evidence.strength(model_.thresholds);
    report.alarm = alive.evidence.alarm();
    outcomes_.add(report);
    if (standings_.add(report).channel_now_mining || report.alarm)
      outcomes_.add_channel_alarm(report);
  }

  const DataSet& data_;
  const std::vector<bool>& tested_;
  const model::Model& model_;
  std::unique_ptr<feature::Lens> lens_;
  nn::Inference inference_;
  std::span<const Perturbation> perturbations_;
  uint64_t seed_;
  ConnectionIndex known_;
  FlowWalk walk_;
  TrafficWatch watch_;
  OutcomeList outcomes_;
  detect::Standings standings_;
  std::unordered_map<flow::ConnectionId, Alive> alive_;
  size_t held_ = 0;  // segments, of all connections
  flow::FlowBatch replayed_;
  feature::RowBatch rows_;
  std::vector<float> log_odds_;
  PerturbationCost cost_;
};

}  // namespace

Result<PerturbedVerdicts> perturbed_verdicts(const DataSet& data, uint32_t capture,
                                             const std::vector<bool>& tested,
                                             const model::Model& model,
                                             std::span<const Perturbation> perturbations,
                                             uint64_t seed) {
  const std::atomic<bool> stop{false};
  auto source = capture::open_capture(data.captures[capture], stop);
  if (!source) return source.error();
  auto lens = detect::lens_of(model, {});
  if (!lens) return lens.error();
  const auto simd = nn::choose_simd();
  if (!simd) return simd.error();
  PerturbedDetection detection(data, capture, tested, model, *std::move(lens), *simd, perturbations,
                               seed);
  return detection.run(**source);
}

}  // namespace kanaria::train
