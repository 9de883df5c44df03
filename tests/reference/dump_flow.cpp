// SPDX-License-Identifier: Apache-2.0
// Prints connections, segments, messages and (with --pairs) the rows of lens `pair` as JSON lines,
// for tests/reference/compare.py.
#include <algorithm>
#include <atomic>
#include <map>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "capture/capture_file.h"
#include "decode/decoder.h"
#include "feature/lens.h"
#include "flow/connection_table.h"

using namespace kanaria;

namespace {

struct Dumped {
  std::vector<std::string> segments;
  std::vector<std::string> messages;
  std::vector<std::string> pairs;
};

struct Finished {
  uint64_t first;
  std::string line;
};

std::string line_of(const flow::ConnectionTable& table, flow::ConnectionId id, const Dumped& dumped,
                    bool with_pairs) {
  const auto ends = flow::ends_of(table.connection(id));
  const auto& record = table.record(id);
  return fmt::format(
      R"({{"first":{},"client":"{} {}","server":"{} {}","packets":{},"segments":[{}],"retransmissions":{},)"
      R"("keep_alives":{},"pure_acks":{},"reused_tuple":{},"messages":[{}]{}}})",
      record.first_number, to_string(ends.client), ends.client_port, to_string(ends.server),
      ends.server_port, record.packet_count(), fmt::join(dumped.segments, ","),
      record.retransmissions, record.keep_alives, record.pure_acks, record.reused_tuple,
      fmt::join(dumped.messages, ","),
      with_pairs ? fmt::format(R"(,"pairs":[{}])", fmt::join(dumped.pairs, ",")) : "");
}

class Dump {
 public:
  explicit Dump(bool with_pairs)
      : with_pairs_(with_pairs), table_({}), lens_(*feature::make_lens("pair", {})) {
    rows_.width = lens_->width();
  }

  void add(const capture::FrameBurst& burst) {
    packets_.clear();
    decode::decode_burst(burst, packets_, counts_);
    table_.process(packets_, {}, batch_);
    take_events();
  }

  void finish() {
    packets_.clear();
    table_.end_all({}, batch_);
    take_events();
    std::sort(finished_.begin(), finished_.end(),
              [](const Finished& a, const Finished& b) { return a.first < b.first; });
    uint64_t frames = 0;
    for (const uint64_t count : counts_.frames) frames += count;
    for (const Finished& finished : finished_) fmt::print("{}\n", finished.line);
    const auto totals = table_.counts();
    fmt::print(R"({{"frames":{},"tcp":{},"stray":{},"acked_unseen":{}}})"
               "\n",
               frames, counts_.of(decode::DecodeStatus::kTcp), totals.stray, totals.acked_unseen);
  }

 private:
  void take_events() {
    for (const auto& event : batch_.segments)
      open_[event.connection].segments.push_back(
          fmt::format("[{},{},{}]", packets_[event.packet].number,
                      static_cast<int>(event.segment.direction), event.segment.bytes));
    for (const auto& event : batch_.messages)
      open_[event.connection].messages.push_back(fmt::format(
          "[{},{},{},{},{}]", event.message.start.ns, event.message.end.ns,
          static_cast<int>(event.message.direction), event.message.bytes, event.message.segments));
    rows_.clear();
    lens_->append_rows({packets_, batch_, table_}, rows_);
    for (size_t r = 0; r < rows_.rows(); ++r)
      open_[rows_.origins[r].connection].pairs.push_back(
          fmt::format("[{}]", fmt::join(rows_.row(r), ",")));
    for (const auto& event : batch_.ended) {
      const auto found = open_.try_emplace(event.connection).first;
      finished_.push_back({table_.record(event.connection).first_number,
                           line_of(table_, event.connection, found->second, with_pairs_)});
      open_.erase(found);
    }
  }

  bool with_pairs_;
  flow::ConnectionTable table_;
  std::unique_ptr<feature::Lens> lens_;
  std::vector<decode::Packet> packets_;
  decode::StatusCounts counts_;
  flow::FlowBatch batch_;
  feature::RowBatch rows_;
  std::map<flow::ConnectionId, Dumped> open_;
  std::vector<Finished> finished_;
};

}  // namespace

int main(int argc, char** argv) {
  const bool with_pairs = argc == 3 && std::string_view(argv[1]) == "--pairs";
  if (argc != 2 && !with_pairs) {
    fmt::print(stderr, "usage: dump_flow [--pairs] FILE\n");
    return 2;
  }
  const std::atomic<bool> stop{false};
  auto source = capture::open_capture(argv[argc - 1], stop);
  if (!source) {
    fmt::print(stderr, "dump_flow: {}\n", source.error().sentence);
    return 1;
  }
  Dump dump(with_pairs);
  capture::FrameBurst burst;
  capture::ReadState state;
  do {
    state = (*source)->read(burst);
    dump.add(burst);
  } while (state == capture::ReadState::kMore);
  dump.finish();
  return 0;
}
