// SPDX-License-Identifier: Apache-2.0
// A run of detection as an HTML page (docs/report.md): who mines, how each connection came to its
// verdict, what is suspicious, what else there was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/detection_summary.h"
#include "report/html_page.h"
#include "report/run_report.h"

namespace kanaria::report {

// Wants connections with their histories (DetectorOptions::histories): without one there is no
// picture.
class DetectionPage final : public RunReport {
 public:
  // `program` and `model`: what made the verdicts, for the subtitle.
  DetectionPage(std::string program, std::string model)
      : program_(std::move(program)), model_(std::move(model)) {}

  void begin_input(const std::string& name) override { inputs_.push_back(name); }
  void on_alert(const detect::AlertEvent&) override {}
  void on_flow_end(const detect::FlowEndEvent& event) override { summary_.add(event); }
  void finish(const detect::CaptureQuality& quality) override { quality_ = quality; }
  // A sentence that the operator was told on the way.
  void add_remark(std::string_view sentence) { remarks_.emplace_back(sentence); }

  std::string to_html() const;

 private:
  enum class Permission : uint8_t { kNone, kAuthorised };

  void add_figures(HtmlPage& page) const;
  void add_miners(HtmlPage& page, Permission permission) const;
  void add_channels(HtmlPage& page, Permission permission) const;
  void add_pictures(HtmlPage& page, Permission permission) const;
  void add_picture(HtmlPage& page, const PicturedConnection& connection) const;
  void add_suspicious(HtmlPage& page) const;
  void add_others(HtmlPage& page) const;
  void add_what_was_read(HtmlPage& page) const;
  std::string input_of(uint32_t input) const { return inputs_[input]; }

  std::string program_;
  std::string model_;
  std::vector<std::string> inputs_;
  std::vector<std::string> remarks_;
  DetectionSummary summary_;
  detect::CaptureQuality quality_;
};

}  // namespace kanaria::report
