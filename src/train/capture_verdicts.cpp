// SPDX-License-Identifier: Apache-2.0
#include "train/capture_verdicts.h"

#include <algorithm>

#include "capture/capture_file.h"
#include "detect/detector.h"
#include "train/connection_index.h"

namespace kanaria::train {
namespace {

class OutcomeSink final : public detect::EventSink {
 public:
  OutcomeSink(const DataSet& data, uint32_t capture) : known_(data, capture) {}

  void on_alert(const detect::AlertEvent&) override {}
  void on_flow_end(const detect::FlowEndEvent& event) override {
    const detect::ConnectionReport& report = event.connection;
    const auto found = known_.find(report.first_number);
    if (!found) return;
    std::optional<double> wait;
    if (report.alarm) wait = seconds(report.alarm->time - report.start);
    outcomes_.push_back({*found, report.messages, report.verdict, report.evidence, wait});
  }

  std::vector<ConnectionOutcome> outcomes() {
    std::sort(outcomes_.begin(), outcomes_.end(),
              [](const auto& a, const auto& b) { return a.connection < b.connection; });
    return std::move(outcomes_);
  }

 private:
  ConnectionIndex known_;
  std::vector<ConnectionOutcome> outcomes_;
};

}  // namespace

Result<std::vector<ConnectionOutcome>> capture_verdicts(const DataSet& data, uint32_t capture,
                                                        const model::Model& model) {
  const std::atomic<bool> stop{false};
  auto source = capture::open_capture(data.captures[capture], stop);
  if (!source) return source.error();
  OutcomeSink sink(data, capture);
  auto detector = detect::Detector::create({}, model, sink);
  if (!detector) return detector.error();
  (*detector)->begin_input();
  capture::FrameBurst burst;
  capture::ReadState state;
  do {
    state = (*source)->read(burst);
    (*detector)->process(burst);
  } while (state == capture::ReadState::kMore);
  (*detector)->finish();
  return sink.outcomes();
}

}  // namespace kanaria::train
