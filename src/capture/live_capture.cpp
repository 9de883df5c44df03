// SPDX-License-Identifier: Apache-2.0
#include "capture/live_capture.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace kanaria::capture {
namespace {

// How long an interrupt, or a verdict on what has arrived, may have to wait.
constexpr int kLongestWaitMs = 100;
// The kernel holds packets back for kLongestWaitMs to fill a block: one wait may be too short.
constexpr int kEmptyReadsWhenDrained = 2;

struct PcapClose {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapClose>;

class LiveCapture final : public FrameSource {
 public:
  LiveCapture(PcapHandle handle, std::string interface, size_t snap_length,
              const std::atomic<bool>& stop)
      : handle_(std::move(handle)),
        interface_(std::move(interface)),
        snap_length_(snap_length),
        link_type_(static_cast<LinkType>(pcap_datalink(handle_.get()))),
        arena_(kBurstFrames * snap_length),
        stop_(stop) {}

  ReadState read(FrameBurst& burst) override {
    burst.size = 0;
    burst_ = &burst;
    if (is_stopped() && is_drained()) return ReadState::kEnd;
    wait_for_packets();
    const int got = pcap_dispatch(handle_.get(), kBurstFrames, &LiveCapture::on_packet,
                                  reinterpret_cast<u_char*>(this));
    if (got == PCAP_ERROR)
      fault_ = Error{fmt::format("{}: capturing stopped ({}); check that the interface is still up",
                                 interface_, pcap_geterr(handle_.get()))};
    empty_reads_ = got == 0 ? empty_reads_ + 1 : 0;
    return got < 0 ? ReadState::kEnd : ReadState::kMore;
  }

  const std::optional<Error>& fault() const override { return fault_; }
  double progress() const override { return -1.0; }
  std::optional<uint64_t> dropped() const override {
    pcap_stat counts{};
    if (pcap_stats(handle_.get(), &counts) != 0) return std::nullopt;
    return uint64_t{counts.ps_drop} + counts.ps_ifdrop;
  }

 private:
  bool is_stopped() const { return stop_.load(std::memory_order_relaxed); }

  // Whether the packets taken before the stop were handed out: a later one was seen, or none comes.
  bool is_drained() {
    if (!stopped_at_) {
      timespec now{};
      clock_gettime(CLOCK_REALTIME, &now);  // what the kernel stamps packets with
      stopped_at_ = Timestamp{now.tv_sec * kSecond + now.tv_nsec};
      empty_reads_ = 0;
    }
    return newest_ >= *stopped_at_ || empty_reads_ >= kEmptyReadsWhenDrained;
  }

  // Waits here and not in libpcap, whose wait may outlast its own timeout when no packet comes, and
  // goes on after a signal.
  void wait_for_packets() const {
    pollfd ready{pcap_get_selectable_fd(handle_.get()), POLLIN, 0};
    poll(&ready, 1, kLongestWaitMs);
  }

  static void on_packet(u_char* self, const pcap_pkthdr* header, const u_char* bytes) {
    reinterpret_cast<LiveCapture*>(self)->keep(*header, bytes);
  }

  // libpcap reuses its buffer after each callback, so the headers are copied into ours.
  void keep(const pcap_pkthdr& header, const u_char* bytes) {
    uint8_t* place = arena_.data() + burst_->size * snap_length_;
    const auto captured = static_cast<uint32_t>(std::min<size_t>(header.caplen, snap_length_));
    std::memcpy(place, bytes, captured);
    // Opened with nanosecond precision: tv_usec holds nanoseconds.
    newest_ = {header.ts.tv_sec * kSecond + header.ts.tv_usec};
    burst_->push({.bytes = place,
                  .captured = captured,
                  .original = header.len,
                  .time = newest_,
                  .number = ++frames_,
                  .link_type = link_type_});
  }

  PcapHandle handle_;
  std::string interface_;
  size_t snap_length_;
  LinkType link_type_;
  std::vector<uint8_t> arena_;
  const std::atomic<bool>& stop_;
  FrameBurst* burst_ = nullptr;
  uint64_t frames_ = 0;
  Timestamp newest_;
  int empty_reads_ = 0;  // in a row
  std::optional<Timestamp> stopped_at_;
  std::optional<Error> fault_;
};

Error activation_error(const std::string& interface, int code, pcap_t* handle) {
  if (code == PCAP_ERROR_NO_SUCH_DEVICE)
    return Error{
        fmt::format("{}: there is no such interface; list them with 'ip link'", interface)};
  if (code == PCAP_ERROR_PERM_DENIED)
    return Error{
        fmt::format("{}: no permission to capture; run as root or grant CAP_NET_RAW", interface)};
  return Error{fmt::format("{}: cannot capture there ({}: {})", interface, pcap_statustostr(code),
                           pcap_geterr(handle))};
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_interface(const LiveOptions& options,
                                                    const std::atomic<bool>& stop) {
  char reason[PCAP_ERRBUF_SIZE] = "";
  PcapHandle handle(pcap_create(options.interface.c_str(), reason));
  if (!handle)
    return Error{fmt::format("{}: cannot capture there ({})", options.interface, reason)};
  pcap_set_snaplen(handle.get(), options.snap_length);
  pcap_set_promisc(handle.get(), 1);
  pcap_set_timeout(handle.get(), kLongestWaitMs);
  pcap_set_buffer_size(handle.get(), options.buffer_bytes);
  pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
  if (const int code = pcap_activate(handle.get()); code < 0)
    return activation_error(options.interface, code, handle.get());
  if (!options.filter.empty()) {
    bpf_program program{};
    if (pcap_compile(handle.get(), &program, options.filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) !=
            0 ||
        pcap_setfilter(handle.get(), &program) != 0)
      return Error{fmt::format("filter '{}' is not understood ({}); see pcap-filter(7)",
                               options.filter, pcap_geterr(handle.get()))};
    pcap_freecode(&program);
  }
  if (pcap_setnonblock(handle.get(), 1, reason) != 0)
    return Error{fmt::format("{}: cannot capture there ({})", options.interface, reason)};
  return std::unique_ptr<FrameSource>(std::make_unique<LiveCapture>(
      std::move(handle), options.interface, static_cast<size_t>(options.snap_length), stop));
}

}  // namespace kanaria::capture
