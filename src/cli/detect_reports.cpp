// SPDX-License-Identifier: Apache-2.0
#include "cli/detect_reports.h"

#include <fmt/format.h>

#include "cli/usage.h"
#include "record/file_identity.h"
#include "report/csv_report.h"
#include "report/eve_report.h"
#include "report/table_report.h"

namespace kanaria::cli {
namespace {

std::unique_ptr<report::RunReport> make_results(const DetectOptions& o, report::Output& output) {
  const auto coverage = o.all ? report::Coverage::kEveryConnection : report::Coverage::kAlarms;
  if (o.format == "csv") return std::make_unique<report::CsvReport>(output, coverage);
  if (o.format == "eve")
    return std::make_unique<report::EveReport>(
        output, coverage,
        o.input.is_live() ? report::InputKind::kInterface : report::InputKind::kFile);
  return std::make_unique<report::TableReport>(output, coverage);
}

bool is_input(const Input& input, const std::string& path) {
  const auto identity = record::identity_of_output(path);
  if (!identity) return false;
  for (const std::string& capture : input.captures)
    if (record::identity_of_input(capture) == identity) return true;
  return false;
}

}  // namespace

DetectReports::DetectReports(const DetectOptions& options, const model::Model& model,
                             report::Output& output)
    : options_(options), results_(make_results(options, output)) {
  if (!options.report_path.empty())
    page_.emplace("kanaria " KANARIA_VERSION,
                  fmt::format("lens {} {}", model.lens, model.lens_version));
}

Status DetectReports::create_files() {
  if (inputs_ > 0) return Done{};
  if (page_) {
    if (is_input(options_.input, options_.report_path))
      return Error{fmt::format("{}: is an input as well; name another file with --report",
                               options_.report_path)};
    auto file = capture::create_bytes(options_.report_path);
    if (!file) return file.error();
    page_file_ = *std::move(file);
  }
  if (!options_.packets_path.empty()) {
    auto packets = AlarmedPackets::create(options_.packets_path, options_.input);
    if (!packets) return packets.error();
    packets_.emplace(*std::move(packets));
  }
  return Done{};
}

void DetectReports::begin_input(const std::string& name) {
  ++inputs_;
  results_->begin_input(name);
  if (page_) page_->begin_input(name);
}

void DetectReports::on_alert(const detect::AlertEvent& event) {
  mining_found_ = mining_found_ || !event.connection.authorisation;
  results_->on_alert(event);
  if (packets_) packets_->note(event);
}

void DetectReports::on_flow_end(const detect::FlowEndEvent& event) {
  mining_found_ = mining_found_ || (event.connection.alarm && !event.connection.authorisation);
  results_->on_flow_end(event);
  if (page_) page_->on_flow_end(event);
}

void DetectReports::finish(const detect::CaptureQuality& quality) {
  results_->finish(quality);
  if (page_) page_->finish(quality);
}

void DetectReports::warn(const std::string& sentence) {
  complain(sentence);
  if (page_) page_->add_remark(sentence);
}

Status DetectReports::complete_files(const std::vector<uint64_t>& frames_read) {
  if (packets_) {
    if (packets_->reads_again()) packets_->read_again(options_.input, frames_read);
    if (auto finished = packets_->finish(); !finished) return finished;
  }
  if (!page_) return Done{};
  page_file_->write(page_->to_html());
  return page_file_->finish();
}

}  // namespace kanaria::cli
