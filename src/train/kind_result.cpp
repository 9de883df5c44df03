// SPDX-License-Identifier: Apache-2.0
#include "train/kind_result.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace kanaria::train {
namespace {

template <typename Result>
void put_miners_first(std::vector<Result>& results) {
  std::stable_sort(results.begin(), results.end(), [](const auto& a, const auto& b) {
    return std::tuple(!a.mining, b.connections) < std::tuple(!b.mining, a.connections);
  });
}

// Calls `add(connection, outcome)` for those with at least that many messages.
template <typename Add>
void for_each_judged(const DataSet& data, const Evaluation& evaluation, uint32_t least_messages,
                     Add&& add) {
  for (const ConnectionOutcome& outcome : evaluation.connections)
    if (outcome.messages >= least_messages) add(data.connections[outcome.connection], outcome);
}

void add_outcome(KindResult& kind, const ConnectionOutcome& outcome) {
  ++kind.connections;
  kind.found += outcome.verdict == detect::Verdict::kMining ? 1U : 0U;
  kind.undecided += outcome.verdict == detect::Verdict::kUndecided ? 1U : 0U;
  kind.hours += outcome.traffic.seconds() / 3600;
}

// Of mining channels.
struct Waits {
  std::vector<Wait> seconds, messages;
};

std::map<std::string, Waits> waits_by_kind(const DataSet& data,
                                           std::span<const ChannelOutcome> channels) {
  std::map<std::string, Waits> waits;
  for (const ChannelOutcome& channel : channels) {
    if (!channel.mining) continue;
    Waits& of_kind = waits[data.connections[channel.connection].kind];
    of_kind.seconds.push_back(channel.seconds_to_alarm());
    of_kind.messages.push_back(channel.messages_to_alarm());
  }
  return waits;
}

void add_waits(KindResult& kind, Waits waits) {
  kind.seconds_to_alarm = found_within(std::move(waits.seconds), 0.5);
  kind.messages_to_alarm = found_within(std::move(waits.messages), 0.5);
}

}  // namespace

std::vector<SourceResult> by_source(const DataSet& data, const Evaluation& evaluation,
                                    uint32_t least_messages) {
  std::map<std::pair<std::string, bool>, SourceResult> sources;
  for_each_judged(data, evaluation, least_messages,
                  [&](const LabelledConnection& connection, const ConnectionOutcome& outcome) {
                    const bool mining = connection.label == Label::kMining;
                    SourceResult& source = sources[{connection.source, mining}];
                    source.source = connection.source;
                    source.mining = mining;
                    ++source.connections;
                    source.found += outcome.verdict == detect::Verdict::kMining ? 1U : 0U;
                  });
  std::vector<SourceResult> result;
  result.reserve(sources.size());
  for (const auto& [key, source] : sources) result.push_back(source);
  put_miners_first(result);
  return result;
}

std::vector<KindResult> by_kind(const DataSet& data, const Evaluation& evaluation,
                                std::span<const ChannelOutcome> channels, uint32_t least_messages) {
  std::map<std::pair<std::string, bool>, KindResult> kinds;
  for_each_judged(data, evaluation, least_messages,
                  [&](const LabelledConnection& connection, const ConnectionOutcome& outcome) {
                    const bool mining = connection.label == Label::kMining;
                    KindResult& kind = kinds[{connection.kind, mining}];
                    kind.kind = connection.kind;
                    kind.mining = mining;
                    add_outcome(kind, outcome);
                  });
  auto waits = waits_by_kind(data, channels);
  std::vector<KindResult> result;
  result.reserve(kinds.size());
  for (auto& [key, kind] : kinds) {
    if (kind.mining) add_waits(kind, std::move(waits[kind.kind]));
    result.push_back(kind);
  }
  put_miners_first(result);
  return result;
}

std::optional<double> macro_recall(std::span<const KindResult> kinds) {
  double sum = 0;
  size_t count = 0;
  for (const KindResult& kind : kinds) {
    if (!kind.mining || kind.connections < kLeastCases) continue;
    sum += static_cast<double>(kind.found) / static_cast<double>(kind.connections);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

}  // namespace kanaria::train
