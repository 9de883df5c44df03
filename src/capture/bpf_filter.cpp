// SPDX-License-Identifier: Apache-2.0
#include "capture/bpf_filter.h"

#include <map>
#include <utility>

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace kanaria::capture {
namespace {

constexpr int kLinkEthernet = 1;
constexpr int kLinkIeee80211 = 105;
constexpr int kSnapLength = 262144;

// libpcap's own numbers are those of the file formats but for raw IP (pcap-linktype(7)).
int data_link_type(LinkType link_type) {
  constexpr LinkType kRaw = 101, kRawOfOpenBsd = 14;
  return link_type == kRaw || link_type == kRawOfOpenBsd ? DLT_RAW : link_type;
}

class Program {
 public:
  Program(LinkType link_type, const std::string& expression) {
    pcap_t* dead = pcap_open_dead(data_link_type(link_type), kSnapLength);
    compiled_ = pcap_compile(dead, &program_, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!compiled_) reason_ = pcap_geterr(dead);
    pcap_close(dead);
  }
  ~Program() {
    if (compiled_) pcap_freecode(&program_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool compiled() const { return compiled_; }
  const std::string& reason() const { return reason_; }
  // An expression that did not compile matches nothing.
  bool matches(const Frame& frame) const {
    if (!compiled_) return false;
    const pcap_pkthdr header{{}, frame.captured, frame.original};
    return pcap_offline_filter(&program_, &header, frame.bytes) != 0;
  }

 private:
  bpf_program program_{};
  bool compiled_ = false;
  std::string reason_;
};

class FilteredSource final : public FrameSource {
 public:
  FilteredSource(std::unique_ptr<FrameSource> source, std::string expression)
      : source_(std::move(source)), expression_(std::move(expression)) {}

  ReadState read(FrameBurst& burst) override {
    const ReadState state = source_->read(burst);
    size_t kept = 0;
    for (size_t i = 0; i < burst.size; ++i)
      if (program_for(burst.frames[i].link_type).matches(burst.frames[i]))
        burst.frames[kept++] = burst.frames[i];
    burst.size = kept;
    return state;
  }
  const std::optional<Error>& fault() const override { return source_->fault(); }
  double progress() const override { return source_->progress(); }
  std::string_view format() const override { return source_->format(); }
  std::optional<uint64_t> dropped() const override { return source_->dropped(); }

 private:
  // A link type for which the expression has no meaning ("ether" on raw IP) does not compile.
  const Program& program_for(LinkType link_type) {
    auto& program = programs_[link_type];
    if (!program) program = std::make_unique<Program>(link_type, expression_);
    return *program;
  }

  std::unique_ptr<FrameSource> source_;
  std::string expression_;
  std::map<LinkType, std::unique_ptr<Program>> programs_;
};

}  // namespace

Status check_filter(const std::string& expression) {
  if (expression.empty()) return Done{};
  const Program on_ethernet(kLinkEthernet, expression);
  if (on_ethernet.compiled() || Program(kLinkIeee80211, expression).compiled()) return Done{};
  return Error{fmt::format("filter '{}' is not understood ({}); see pcap-filter(7)", expression,
                           on_ethernet.reason())};
}

Result<std::unique_ptr<FrameSource>> filter_frames(std::unique_ptr<FrameSource> source,
                                                   const std::string& expression) {
  if (auto checked = check_filter(expression); !checked) return checked.error();
  return std::unique_ptr<FrameSource>(
      std::make_unique<FilteredSource>(std::move(source), expression));
}

}  // namespace kanaria::capture
