// SPDX-License-Identifier: Apache-2.0
// Suricata's EVE JSON, one object a line (docs/output.md): "alert" when a verdict becomes `mining`,
// and "flow" for each connection that ended, with --all. Valid by Suricata's own schema: everything
// of ours stands under alert.context.kanaria.
#pragma once

#include <string>
#include <vector>

#include "report/output.h"
#include "report/run_report.h"

namespace kanaria::report {

enum class InputKind : uint8_t { kFile, kInterface };

class EveReport final : public RunReport {
 public:
  EveReport(Output& output, Coverage coverage, InputKind input_kind);

  void begin_input(const std::string& name) override;
  void on_alert(const detect::AlertEvent& event) override;
  void on_flow_end(const detect::FlowEndEvent& event) override;
  void finish(const detect::CaptureQuality&) override { output_.flush(); }

 private:
  std::string head(const detect::ConnectionReport& connection, Timestamp time,
                   std::string_view event_type, const detect::Alarm* alarm) const;
  std::string tail(uint32_t input) const;

  Output& output_;
  Coverage coverage_;
  InputKind input_kind_;
  std::vector<std::string> inputs_json_;

  // The parts that the alerts of one packet share: a tenth of the run time where alarms are many.
  struct AlertText {
    uint32_t input = 0;
    uint64_t number = 0;  // 0: none yet
    std::string head;
    std::string grading;
    std::string findings;
    std::string flow;
  };
  AlertText alert_text_;
};

}  // namespace kanaria::report
