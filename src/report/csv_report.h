// SPDX-License-Identifier: Apache-2.0
// A row a connection as RFC 4180 CSV with a header line (docs/output.md).
#pragma once

#include <string>
#include <vector>

#include "report/output.h"
#include "report/run_report.h"

namespace kanaria::report {

class CsvReport final : public RunReport {
 public:
  CsvReport(Output& output, Coverage coverage);

  void begin_input(const std::string& name) override { inputs_.push_back(name); }
  void on_alert(const detect::AlertEvent&) override {}
  void on_flow_end(const detect::FlowEndEvent& event) override;
  void finish(const detect::CaptureQuality&) override { output_.flush(); }

 private:
  Output& output_;
  Coverage coverage_;
  std::vector<std::string> inputs_;
};

}  // namespace kanaria::report
