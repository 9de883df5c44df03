// SPDX-License-Identifier: Apache-2.0
// For people: who mines, with whom, since when, how sure, why; apart from them who may; then what
// could not be judged.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "report/output.h"
#include "report/run_report.h"

namespace kanaria::report {

class TableReport final : public RunReport {
 public:
  TableReport(Output& output, Coverage coverage);

  void begin_input(const std::string& name) override;
  void on_alert(const detect::AlertEvent&) override {}
  void on_flow_end(const detect::FlowEndEvent& event) override;
  void finish(const detect::CaptureQuality& quality) override;

 private:
  void print_miners();
  void print_miner(const detect::ConnectionReport& connection);
  void print_everything();
  void print_summary(const detect::CaptureQuality& quality);

  Output& output_;
  Coverage coverage_;
  std::vector<std::string> inputs_;
  std::vector<detect::ConnectionReport> rows_;  // those that mine, or all
  std::array<uint64_t, 4> verdicts_{};          // connections by verdict
  uint64_t authorised_miners_ = 0;              // of those that mine
};

}  // namespace kanaria::report
