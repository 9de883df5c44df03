// SPDX-License-Identifier: Apache-2.0
// Everything that a run of detection tells: results on stdout, and a page when it is asked for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "capture/byte_sink.h"
#include "cli/detect_options.h"
#include "model/model.h"
#include "report/detection_page.h"
#include "report/output.h"
#include "report/run_report.h"

namespace kanaria::cli {

class DetectReports final : public report::RunReport {
 public:
  // `output` must outlive it.
  DetectReports(const DetectOptions& options, const model::Model& model, report::Output& output);

  // Makes sure that the page can be written when the run is over. To be called when there is
  // something to read, and not before: an older page is emptied by it.
  Status create_files();
  void begin_input(const std::string& name) override;
  void on_alert(const detect::AlertEvent& event) override;
  void on_flow_end(const detect::FlowEndEvent& event) override;
  void finish(const detect::CaptureQuality& quality) override;
  // A sentence for stderr and the page.
  void warn(const std::string& sentence);
  // The page is on disk then. After finish().
  Status complete_files();

  // Whether any mining was told that nobody authorised.
  bool mining_found() const { return mining_found_; }

 private:
  const DetectOptions& options_;
  std::unique_ptr<report::RunReport> results_;
  std::optional<report::DetectionPage> page_;
  std::unique_ptr<capture::ByteSink> page_file_;
  bool mining_found_ = false;
};

}  // namespace kanaria::cli
