// SPDX-License-Identifier: Apache-2.0
// Everything that a run of detection tells: results on stdout, and when they are asked for a page
// and the packets of those who mine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/byte_sink.h"
#include "cli/alarmed_packets.h"
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

  // Makes sure that there are files to write to. To be called when there is something to read, and
  // not before: older files of these names are emptied by it.
  Status create_files();
  void begin_input(const std::string& name) override;
  void on_alert(const detect::AlertEvent& event) override;
  void on_flow_end(const detect::FlowEndEvent& event) override;
  void finish(const detect::CaptureQuality& quality) override;
  // A sentence for stderr and the page.
  void warn(const std::string& sentence);
  // The page and the packets are on disk then. After finish(). `frames_read`: of each of the
  // inputs' names.
  Status complete_files(const std::vector<uint64_t>& frames_read);
  // Packets that can be read but once are written as they come.
  bool writes_on_the_way() const { return packets_ && !packets_->reads_again(); }
  // Requires: writes_on_the_way(), and all that the burst gives rise to was told.
  void write_packets(const capture::FrameBurst& burst) {
    if (packets_) packets_->write_since_alarms(burst, inputs_ - 1);
  }

  // Whether any mining was told that nobody authorised.
  bool mining_found() const { return mining_found_; }

 private:
  const DetectOptions& options_;
  std::unique_ptr<report::RunReport> results_;
  std::optional<report::DetectionPage> page_;
  std::unique_ptr<capture::ByteSink> page_file_;
  std::optional<AlarmedPackets> packets_;
  uint32_t inputs_ = 0;
  bool mining_found_ = false;
};

}  // namespace kanaria::cli
