// SPDX-License-Identifier: Apache-2.0
#include "train/grid_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "train/csv_reader.h"

namespace kanaria::train {
namespace {

constexpr std::string_view kHeader =
    "rung,combination,hidden,batch,optimizer,activation,learning_rate,rows_trained,loss,"
    "true_positives,false_negatives,false_positives,true_negatives,recall,false_positive_rate,"
    "precision,f1,mcc,accuracy,run\n";
enum Column : size_t {
  kRung = 0,
  kCombination = 1,
  kRowsTrained = 7,
  kLoss = 8,
  kCounts = 9,
  kRun = 19,
  kColumns = 20
};

template <typename Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc{} && end == text.data() + text.size();
}

std::optional<GridScore> parse_score(CsvRecord fields) {
  GridScore score;
  Confusion& c = score.counts;
  const bool whole =
      fields.size() == kColumns && parse(fields[kRung], score.rung) &&
      parse(fields[kCombination], score.combination) &&
      parse(fields[kRowsTrained], score.rows_trained) && parse(fields[kLoss], score.loss) &&
      parse(fields[kCounts], c.true_positives) && parse(fields[kCounts + 1], c.false_negatives) &&
      parse(fields[kCounts + 2], c.false_positives) && parse(fields[kCounts + 3], c.true_negatives);
  return whole ? std::optional(score) : std::nullopt;
}

bool is_header(CsvRecord fields) { return fmt::format("{}\n", fmt::join(fields, ",")) == kHeader; }

struct Line {
  std::optional<GridScore> score;  // none: it is no row of a search
  std::string run;
  std::string text;
};

Line line_of_fields(CsvRecord fields) {
  const auto score = parse_score(fields);
  return {score, score ? std::string(fields[kRun]) : "", fmt::format("{}", fmt::join(fields, ","))};
}

bool ends_with_line_break(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(-1, std::ios::end);
  return in.get() == '\n';
}

// Calls take(line) for each line but the first; it says what is wrong, or nothing. A full disk cuts
// the last line: without its end it is passed over.
Status read_lines(const std::string& path,
                  const std::function<std::optional<Error>(const Line&)>& take) {
  const std::atomic<bool> never_stopped{false};
  auto bytes = capture::open_bytes(path, never_stopped);
  if (!bytes) return bytes.error();
  CsvReader csv(path, **bytes);
  const auto header = csv.next();
  if (!header) return header.error();
  const std::optional<CsvRecord>& names = *header;
  if (!names || !is_header(*names))
    return Error{fmt::format("{}: is no result of 'kanaria grid'; name another file", path)};
  std::optional<Line> held;  // it may be the last one
  for (;;) {
    const auto record = csv.next();
    if (!record) return record.error();
    const std::optional<CsvRecord>& fields = *record;
    if (held && (fields || ends_with_line_break(path)))
      if (auto fault = take(*held)) return *std::move(fault);
    if (!fields) return Done{};
    held = line_of_fields(*fields);
  }
}

}  // namespace

std::string GridFile::line_of(const GridScore& score) const {
  const Combination combination = space_.at(score.combination);
  const nn::OptimizerKind optimizer = combination.optimizer;
  const Confusion& c = score.counts;
  return fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},{},{},{:.6f},{:.6f},{:.6f},{:.6f},{:.6f},{:.6f},{}\n",
      score.rung, score.combination, widths_text(combination.hidden), combination.batch,
      nn::name(optimizer), nn::name(combination.activation),
      combination.learning_rate.value_or(nn::default_learning_rate(optimizer)), score.rows_trained,
      score.loss, c.true_positives, c.false_negatives, c.false_positives, c.true_negatives,
      c.recall(), c.false_positive_rate(), c.precision(), c.f1(), c.mcc(), c.accuracy(), run_);
}

Status GridFile::resume() {
  if (!std::filesystem::exists(path_)) return Done{};
  return read_lines(path_, [&](const Line& line) -> std::optional<Error> {
    if (!line.score)
      return Error{fmt::format("{}: '{}' is no row of a grid search; name another file", path_,
                               line.text.substr(0, 60))};
    if (line.run != run_)
      return Error{
          fmt::format("{}: holds results of another space, data set or options; name another "
                      "file",
                      path_)};
    known_[{line.score->rung, line.score->combination}] = *line.score;
    return std::nullopt;
  });
}

Status GridFile::begin() {
  auto sink = capture::create_bytes(partial_path());
  if (!sink) return sink.error();
  sink_ = *std::move(sink);
  bytes_ = kHeader.size();
  sink_->write(kHeader);
  for (const auto& [key, score] : known_)
    if (auto added = add(score); !added) return added;
  sink_->flush();
  if (auto whole = written(); !whole) return whole;
  if (std::rename(partial_path().c_str(), path_.c_str()) == 0) return Done{};
  return Error{fmt::format("{}: cannot be replaced ({}); check the folder and its permissions",
                           path_, std::strerror(errno))};
}

Status GridFile::add(const GridScore& score) {
  const std::string line = line_of(score);
  places_.push_back({score.rung, static_cast<uint32_t>(score.combination), bytes_});
  bytes_ += line.size();
  sink_->write(line);
  sink_->flush();
  return written();
}

// The sink knows only the name that the file had before begin() renamed it.
Status GridFile::written() const {
  const std::optional<Error>& fault = sink_->fault();
  if (!fault) return Done{};
  return Error{path_ + fault->sentence.substr(partial_path().size())};
}

Status GridFile::finish() {
  if (!sink_->finish()) return written();
  const auto key = [](const Place& place) { return std::tuple(place.rung, place.combination); };
  const auto before = [&](const Place& a, const Place& b) { return key(a) < key(b); };
  if (std::is_sorted(places_.begin(), places_.end(), before)) return Done{};
  std::sort(places_.begin(), places_.end(), before);
  std::ifstream in(path_, std::ios::binary);
  auto sorted = capture::create_bytes(partial_path());
  if (!sorted) return sorted.error();
  (*sorted)->write(kHeader);
  std::string line;
  for (const Place& place : places_) {
    in.seekg(static_cast<std::streamoff>(place.offset));
    std::getline(in, line);
    (*sorted)->write(line + "\n");
  }
  if (auto finished = (*sorted)->finish(); !finished) return finished;
  if (in && std::rename(partial_path().c_str(), path_.c_str()) == 0) return Done{};
  return Error{
      fmt::format("{}: cannot be put in order ({}); its rows stand in the order in which "
                  "they were finished",
                  path_, std::strerror(errno))};
}

std::optional<GridScore> GridFile::known(uint32_t rung, uint64_t combination) const {
  const auto found = known_.find({rung, combination});
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

Status GridFile::for_each(const std::function<void(const GridScore&)>& take) const {
  return read_lines(path_, [&](const Line& line) -> std::optional<Error> {
    if (line.score) take(*line.score);
    return std::nullopt;
  });
}

}  // namespace kanaria::train
