// SPDX-License-Identifier: Apache-2.0
// Prints connections, segments, messages and (with --rows) the rows of lenses `pair` and `rhythm`
// as JSON lines, for tests/reference/compare.py.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <span>
#include <string>
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
  std::vector<std::string> rhythm;
};

struct Finished {
  uint64_t first;
  std::string line;
};

std::string line_of(const flow::ConnectionTable& table, flow::ConnectionId id, const Dumped& dumped,
                    bool with_rows) {
  const auto ends = flow::ends_of(table.connection(id));
  const auto& record = table.record(id);
  return fmt::format(
      R"({{"first":{},"client":"{} {}","server":"{} {}","packets":{},"segments":[{}],"retransmissions":{},)"
      R"("keep_alives":{},"pure_acks":{},"reused_tuple":{},"messages":[{}]{}}})",
      record.first_number, to_string(ends.client), ends.client_port, to_string(ends.server),
      ends.server_port, record.packet_count(), fmt::join(dumped.segments, ","),
      record.retransmissions, record.keep_alives, record.pure_acks, record.reused_tuple,
      fmt::join(dumped.messages, ","),
      with_rows ? fmt::format(R"(,"pairs":[{}],"rhythm":[{}])", fmt::join(dumped.pairs, ","),
                              fmt::join(dumped.rhythm, ","))
                : "");
}

// JSON knows no NaN and no infinity.
std::string value_text(float value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

std::string row_text(std::span<const float> row) {
  std::vector<std::string> values;
  for (const float value : row) values.push_back(value_text(value));
  return fmt::format("[{}]", fmt::join(values, ","));
}

// The rows that one lens makes of each batch.
class LensRows {
 public:
  explicit LensRows(std::string_view name) : lens_(*feature::make_lens(name, {})) {
    rows_.width = lens_->width();
  }

  const feature::RowBatch& of(const feature::LensInput& input) {
    rows_.clear();
    lens_->append_rows(input, rows_);
    return rows_;
  }
  std::span<const std::string_view> value_names() const { return lens_->value_names(); }

 private:
  std::unique_ptr<feature::Lens> lens_;
  feature::RowBatch rows_;
};

class Dump {
 public:
  explicit Dump(bool with_rows)
      : with_rows_(with_rows), table_({}), pair_("pair"), rhythm_("rhythm") {}

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
    fmt::print(R"({{"frames":{},"tcp":{},"stray":{},"acked_unseen":{},"rhythm_values":["{}"]}})"
               "\n",
               frames, counts_.of(decode::DecodeStatus::kTcp), totals.stray, totals.acked_unseen,
               fmt::join(rhythm_.value_names(), "\",\""));
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
    const auto& pairs = pair_.of({packets_, batch_, table_});
    for (size_t r = 0; r < pairs.rows(); ++r)
      open_[pairs.origins[r].connection].pairs.push_back(row_text(pairs.row(r)));
    const auto& rhythm = rhythm_.of({packets_, batch_, table_});
    for (size_t r = 0; r < rhythm.rows(); ++r) {
      const feature::RowOrigin& origin = rhythm.origins[r];
      open_[origin.connection].rhythm.push_back(
          fmt::format("[{},{},{}]", origin.number, origin.time.ns, row_text(rhythm.row(r))));
    }
    for (const auto& event : batch_.ended) {
      const auto found = open_.try_emplace(event.connection).first;
      finished_.push_back({table_.record(event.connection).first_number,
                           line_of(table_, event.connection, found->second, with_rows_)});
      open_.erase(found);
    }
  }

  bool with_rows_;
  flow::ConnectionTable table_;
  LensRows pair_;
  LensRows rhythm_;
  std::vector<decode::Packet> packets_;
  decode::StatusCounts counts_;
  flow::FlowBatch batch_;
  std::map<flow::ConnectionId, Dumped> open_;
  std::vector<Finished> finished_;
};

}  // namespace

int main(int argc, char** argv) {
  const bool with_rows = argc == 3 && std::string_view(argv[1]) == "--rows";
  if (argc != 2 && !with_rows) {
    fmt::print(stderr, "usage: dump_flow [--rows] FILE\n");
    return 2;
  }
  const std::atomic<bool> stop{false};
  auto source = capture::open_capture(argv[argc - 1], stop);
  if (!source) {
    fmt::print(stderr, "dump_flow: {}\n", source.error().sentence);
    return 1;
  }
  Dump dump(with_rows);
  capture::FrameBurst burst;
  capture::ReadState state;
  do {
    state = (*source)->read(burst);
    dump.add(burst);
  } while (state == capture::ReadState::kMore);
  dump.finish();
  return 0;
}
