// SPDX-License-Identifier: Apache-2.0
#include "train/grid_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <tuple>

#include <fmt/format.h>

#include "train/csv_line.h"

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
bool parse(const std::string& text, Number& number) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc{} && end == text.data() + text.size();
}

std::optional<GridScore> parse_score(const CsvRecord& fields) {
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
  std::ifstream in(path_, std::ios::binary);
  if (!in) return Done{};
  std::string line;
  std::getline(in, line);
  if (line + "\n" != kHeader)
    return Error{fmt::format(
        "{}: is no result of 'kanaria grid'; name another file, or leave --resume out", path_)};
  while (std::getline(in, line) && !in.eof()) {  // eof: the line has no end
    std::istringstream text(line);
    const auto record = read_csv_record(text);
    if (!record || !*record) continue;
    const auto score = parse_score(**record);
    if (!score)
      return Error{fmt::format("{}: '{}' is no row of a grid search; name another file", path_,
                               line.substr(0, 60))};
    if ((**record)[kRun] != run_)
      return Error{fmt::format(
          "{}: holds results of another space, data set or options; name another file, or leave "
          "--resume out to begin anew",
          path_)};
    known_[{score->rung, score->combination}] = *score;
  }
  return Done{};
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
  if (sink_->fault()) return *sink_->fault();
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
  if (sink_->fault()) return *sink_->fault();
  return Done{};
}

Status GridFile::finish() {
  if (auto finished = sink_->finish(); !finished) return finished;
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
  std::ifstream in(path_, std::ios::binary);
  std::string header;
  std::getline(in, header);
  for (;;) {
    const auto record = read_csv_record(in);
    if (!record) return Error{fmt::format("{}: {}", path_, record.error().sentence)};
    if (!*record) return Done{};
    if (const auto score = parse_score(**record)) take(*score);
  }
}

}  // namespace kanaria::train
