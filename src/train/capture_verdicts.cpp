// SPDX-License-Identifier: Apache-2.0
#include "train/capture_verdicts.h"

#include "capture/capture_file.h"
#include "detect/detector.h"
#include "train/flow_walk.h"
#include "train/outcome_list.h"

namespace kanaria::train {
namespace {

class OutcomeSink final : public detect::EventSink {
 public:
  explicit OutcomeSink(OutcomeList& outcomes) : outcomes_(outcomes) {}

  void on_alert(const detect::AlertEvent& event) override {
    if (event.scope == detect::Scope::kChannel) outcomes_.add_channel_alarm(event.connection);
  }
  void on_flow_end(const detect::FlowEndEvent& event) override { outcomes_.add(event.connection); }

 private:
  OutcomeList& outcomes_;
};

}  // namespace

Result<std::vector<ConnectionOutcome>> capture_verdicts(const DataSet& data, uint32_t capture,
                                                        const model::Model& model) {
  const std::atomic<bool> stop{false};
  auto source = capture::open_capture(data.captures[capture], stop);
  if (!source) return source.error();
  OutcomeList outcomes(data, capture);
  OutcomeSink sink(outcomes);
  auto detector = detect::Detector::create({}, model, sink);
  if (!detector) return detector.error();
  (*detector)->begin_input();
  FlowWalk walk;
  TrafficWatch watch(data, capture);
  const auto look = [&](std::span<const decode::Packet>, const flow::FlowBatch& batch) {
    watch.take(batch, walk.table());
  };
  capture::FrameBurst burst;
  capture::ReadState state;
  do {
    state = (*source)->read(burst);
    (*detector)->process(burst);
    walk.process(burst, look);
  } while (state == capture::ReadState::kMore);
  (*detector)->finish();
  walk.finish(look);
  return outcomes.finish(watch);
}

}  // namespace kanaria::train
