// SPDX-License-Identifier: Apache-2.0
#include "train/generated_rows.h"

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "feature/pair_lens.h"
#include "flow/segment_events.h"
#include "train/augmentation.h"
#include "train/conversation.h"
#include "train/thinning.h"

namespace kanaria::train {
namespace {

// The standard says what std::seed_seq gives: the same on every platform.
std::array<uint32_t, 4> mixed(const Dialect& dialect, std::initializer_list<uint64_t> numbers) {
  std::vector<uint32_t> parts(dialect.name.begin(), dialect.name.end());
  for (const uint64_t number : numbers) {
    parts.push_back(static_cast<uint32_t>(number));
    parts.push_back(static_cast<uint32_t>(number >> 32));
  }
  std::array<uint32_t, 4> words{};
  std::seed_seq(parts.begin(), parts.end()).generate(words.begin(), words.end());
  return words;
}

// Within 2001:db8::/32 (RFC 3849): bytes 4-7 name the dialect, 8-11 the side, 12-15 the connection.
IpAddress address(const Dialect& dialect, uint32_t side, uint32_t index) {
  const std::array<uint32_t, 4> words{0x20010db8, mixed(dialect, {})[0], side, index};
  std::array<uint8_t, 16> octets{};
  for (size_t i = 0; i < octets.size(); ++i)
    octets[i] = static_cast<uint8_t>(words[i / 4] >> (24 - 8 * (i % 4)));
  return IpAddress::v6(octets.data());
}

LabelledConnection connection_of(const Dialect& dialect, uint32_t index) {
  constexpr uint16_t kFirstEphemeral = 49152;  // RFC 6335 §6
  return {.capture = 0,
          .ends = {.client = address(dialect, 1, index),
                   .server = address(dialect, 2, index),
                   .client_port = kFirstEphemeral,
                   .server_port = 443},
          .number = 1,
          .start = {},
          .label = dialect.label,
          .kind = dialect.name,
          .source = "generator",
          .group = dialect.family.empty() ? "generator" : "generator-" + dialect.family};
}

// The rows of one connection after the other.
class Replay {
 public:
  Replay(feature::Lens& lens, const GenerateOptions& options, RowSink& sink)
      : lens_(lens), options_(options), sink_(sink) {
    rows_.width = lens.width();
  }

  void add(const std::string& capture, const GeneratedConnection& generated) {
    replay(generated.sequence);
    if (rows_.rows() == 0) return;
    sink_.begin(connections_, capture, generated.connection);
    for_each_row_taken([&](Timestamp time, auto values) { sink_.add(connections_, time, values); });
    for (uint32_t copy = 1; copy <= options_.copies; ++copy) {
      SegmentSequence changed = generated.sequence;
      make_copy(changed, generated.connection, options_.seed, copy, 0);
      replay(changed);
      for_each_row_taken([&](Timestamp time, auto values) {
        sink_.add_of_copy(connections_, copy, time, values);
      });
    }
    sink_.end(connections_++);
  }

 private:
  template <typename Use>
  void for_each_row_taken(Use use) {
    std::optional<Thinning> thinning;
    if (options_.most_rows) thinning.emplace(*options_.most_rows);
    for (size_t r = 0; r < rows_.rows(); ++r)
      if (!thinning || thinning->takes_next()) use(rows_.origins[r].time, rows_.row(r));
  }

  void replay(const SegmentSequence& sequence) {
    constexpr flow::ConnectionId kId = flow::make_id(0, 0);
    batch_.clear();
    rows_.clear();
    batch_.begun.push_back(kId);
    flow::SegmentChain chain;
    for (const flow::TimedSegment& segment : sequence)
      flow::append_segment(chain, kId, flow::kNoPacket, segment, batch_);
    if (!sequence.empty())
      flow::append_open_message(chain, kId, flow::kInputEndNumber, sequence.back().round_trip,
                                batch_);
    batch_.ended.push_back({kId, flow::kInputEndNumber, flow::EndReason::kInputEnd});
    lens_.append_rows({{}, batch_, table_}, rows_);
  }

  feature::Lens& lens_;
  const GenerateOptions& options_;
  RowSink& sink_;
  flow::ConnectionTable table_{{}};
  flow::FlowBatch batch_;
  feature::RowBatch rows_;
  uint32_t connections_ = 0;
};

size_t dialects_of(std::span<const DialectFile> files) {
  size_t count = 0;
  for (const DialectFile& file : files) count += file.dialects.size();
  return count;
}

}  // namespace

Result<std::vector<DialectFile>> read_dialect_files(std::span<const std::string> paths) {
  std::vector<DialectFile> files;
  std::map<std::string, std::string> where;
  for (const std::string& path : paths) {
    auto dialects = read_dialects(path);
    if (!dialects) return dialects.error();
    for (const Dialect& dialect : *dialects)
      if (const auto [known, is_new] = where.try_emplace(dialect.name, path); !is_new)
        return Error{fmt::format("{}: dialect '{}' is in {} already; rename one of the two", path,
                                 dialect.name, known->second)};
    files.push_back({std::filesystem::path(path).stem().string(), *std::move(dialects)});
  }
  return files;
}

Status check_generating_lens(const feature::Lens& lens) {
  if (!lens.needs_packets() && lens.name() != feature::PairLens::kName &&
      lens.name() != feature::PairLens::kLengthsName)
    return Done{};
  return Error{
      fmt::format("lens '{}' looks at values of headers, which a dialect does not describe: "
                  "choose another lens, such as rhythm",
                  lens.name())};
}

GeneratedConnection generate_connection(const Dialect& dialect, uint32_t index,
                                        const GenerateOptions& options) {
  const auto words = mixed(dialect, {index, options.seed});
  Random random(uint64_t{words[0]} << 32 | words[1]);
  GeneratedConnection generated{connection_of(dialect, index), {}};
  generated.sequence = converse(dialect, generated.connection.start, options.most_messages, random);
  return generated;
}

Status generate_rows(std::span<const DialectFile> files, const GenerateOptions& options,
                     feature::Lens& lens, const std::atomic<bool>& stop,
                     const std::function<void(double)>& progress, RowSink& sink) {
  const auto all = static_cast<double>(dialects_of(files) * options.per_dialect);
  double done = 0;
  Replay replay(lens, options, sink);
  for (const DialectFile& file : files)
    for (const Dialect& dialect : file.dialects)
      for (uint32_t index = 0; index < options.per_dialect; ++index) {
        if (stop.load(std::memory_order_relaxed)) return Done{};
        replay.add("generated:" + file.name, generate_connection(dialect, index, options));
        if (const auto fault = sink.fault()) return *fault;
        progress(++done / all);
      }
  return Done{};
}

}  // namespace kanaria::train
